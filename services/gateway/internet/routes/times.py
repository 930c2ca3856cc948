"""The month, the day and taking a time: the same pages for a new booking and for a change."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import HoldRequest
from libs.contracts.times import JST
from services.gateway.internet.availability import Start, period
from services.gateway.internet.door import (
    Door,
    Visit,
    draft_page,
    draft_post,
    go,
    office_of,
    plain,
    procedure_of,
)
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import read_day, read_form_key, read_month, read_start
from services.gateway.internet.months import MonthSpec
from services.gateway.internet.steps import onward, open_before_time
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.link import Refused

from .identify import with_ticket

NEAREST = 3
NOON = 12


@plain
async def month(request: Request[Any], door: Door) -> Response:
    """Says nothing about the draft: links are relative, and the day asks for what is missing."""
    wanted = request.query_params.get("m", "") if request.scope["query_string"] else ""
    ids = request.path_params
    back = "../../visitor" if request.scope["path"].startswith("/book/") else "../../show"
    spec = month_spec(door, ids["procedure"], ids["office"], read_month(wanted), back, choose=True)
    return door.months.answer(spec, door.clock(), request.headers)


def month_spec(
    door: Door, procedure_id: str, office_id: str, wanted: date | None, back: str, *, choose: bool
) -> MonthSpec:
    """The wanted month, if any of its days can be booked; else the first month with places.
    Raises 404 for ids that do not exist."""
    procedure, office = procedure_of(door, procedure_id), office_of(door, office_id)
    now = door.clock()
    first, last = period(procedure, now)
    if wanted is None or not first.replace(day=1) <= wanted <= last:
        wanted = door.months.first_month(procedure, office.office_id, now)
    return MonthSpec(procedure_id, office_id, wanted, back, choose)


@draft_page
async def day(visit: Visit, draft: Draft) -> Response:
    door = visit.door
    wanted = read_day(visit.request.path_params["day"])
    if wanted is None:
        raise HTTPException(404)
    if draft.area == "book" and open_before_time(door, draft):
        return onward(door, draft)
    procedure = procedure_of(door, draft.procedure_id)
    office = office_of(door, draft.office_id)
    now = door.clock()
    starts = door.availability.starts(draft.office_id, draft.procedure_id, wanted, now)
    taken = datetime.fromisoformat(draft.taken) if draft.taken else None
    near = (
        door.availability.nearest(draft.office_id, procedure, taken, now, NEAREST) if taken else ()
    )
    return visit.page(
        "day.html",
        draft=draft,
        procedure=procedure,
        office=office,
        day=wanted,
        halves=_halves(starts),
        taken=taken,
        near=near,
    )


@draft_post
async def take(visit: Visit, draft: Draft, form: Form) -> Response:
    """Hold a time. The old one, and an old booking, are kept until the new one is there."""
    start, key = read_start(form), read_form_key(form)
    if draft.area == "book" and open_before_time(visit.door, draft):
        return onward(visit.door, draft)
    procedure = procedure_of(visit.door, draft.procedure_id)
    try:
        if procedure.needs_card and draft.area == "book" and not draft.ticket_is_fresh:
            draft = visit.keep(await with_ticket(visit, draft))
        request = HoldRequest(
            procedure_id=draft.procedure_id,
            office_id=draft.office_id,
            starts_at=start,
            ticket=draft.ticket or None,
            change=draft.proof,
        )
        hold = await visit.door.booking.hold(visit.actor, _hold_key(key, draft, start), request)
    except Refused as refused:
        return _not_held(visit, draft, start, refused)
    draft = visit.keep(draft.with_hold(hold))
    return onward(visit.door, draft) if draft.area == "book" else go("check")


def _not_held(visit: Visit, draft: Draft, start: datetime, refused: Refused) -> Response:
    match refused.slug:
        case "slot-full" | "not-offered":
            visit.keep(replace(draft, taken=start.isoformat()))
            return go(f"day/{start.date().isoformat()}")
        case "card-elsewhere" | "not-eligible" | "no-match" | "already-collected" | "locked":
            visit.keep(draft.unidentified())
            return go("card?again=1")
        case "already-booked":
            return go("existing")
        case "not-found" | "not-active" | "too-late":
            return go("show")
        case _:
            raise refused


def _hold_key(key: str, draft: Draft, start: datetime) -> str:
    """A double click is one wish; going back and choosing the same time again is another."""
    held = draft.expiry.strftime("%H%M%S%f") if draft.expiry else "none"
    return f"{key}-{start:%Y%m%d%H%M}-{held}"


def _halves(starts: tuple[Start, ...]) -> list[tuple[str, list[Start]]]:
    before = [start for start in starts if start.at.astimezone(JST).hour < NOON]
    after = [start for start in starts if start.at.astimezone(JST).hour >= NOON]
    return [(name, half) for name, half in ((_("午前"), before), (_("午後"), after)) if half]


ROUTES = [
    Route(f"/{area}/{{draft}}{path}", endpoint, methods=[method])
    for area in ("book", "booking")
    for path, endpoint, method in (
        ("/month/{procedure}/{office}", month, "GET"),
        ("/day/{day}", day, "GET"),
        ("/time", take, "POST"),
    )
]
