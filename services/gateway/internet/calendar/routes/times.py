"""The month, the day and taking a time: the same pages for a new booking and for a change."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import JST, day_of, find_day
from services.gateway.internet.calendar.days import NOON, DayView
from services.gateway.internet.calendar.months import MonthView, first_month
from services.gateway.internet.calendar.present import Present, present_of
from services.gateway.internet.door.door import (
    CitizenRequest,
    DoorContext,
    draft_page,
    draft_post,
    go,
    offered,
    office_of,
    page,
    procedure_of,
)
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.forms import read_form_key, read_month, read_start
from services.gateway.internet.door.holding import Around, around, not_held, take_hold
from services.gateway.internet.door.puzzles import read_work
from services.gateway.internet.door.steps import onward, open_before_time
from services.gateway.internet.door.tickets import CardRefused, check_again
from services.gateway.internet.offer.cached_pages import View
from services.gateway.internet.offer.offered import period
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused


@page
async def month(citizen: CitizenRequest) -> Response:
    """Says nothing about the draft: links are relative, and the day asks for what is missing."""
    request, door = citizen.request, citizen.door
    wanted = request.query_params.get("m", "") if request.scope["query_string"] else ""
    ids, first = request.path_params, read_month(wanted)
    view = month_view(door, ids["procedure"], ids["office"], first, "../../visitor", choose=True)
    return door.cached.personal(view, citizen.secrets, door.clock())


@draft_page
async def month_of_change(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """The same with the present booking in it."""
    ids, wanted = citizen.request.path_params, citizen.request.query_params.get("m", "")
    first = read_month(wanted)
    view = month_view(
        citizen.door, ids["procedure"], ids["office"], first, "../../show", choose=True
    )
    return once(citizen, replace(view, present=await present_of(citizen, draft)))


def month_view(
    door: DoorContext,
    procedure_id: str,
    office_id: str,
    wanted: date | None,
    back: str,
    *,
    choose: bool,
) -> MonthView:
    """The wanted month, if any of its days can be booked; else the first month with places.
    Raises 404 for ids that do not exist."""
    procedure, office = procedure_of(door, procedure_id), office_of(door, office_id)
    now = door.clock()
    first, last = period(procedure, now)
    if wanted is None or not first.replace(day=1) <= wanted <= last:
        wanted = first_month(door.availability, procedure, office.office_id, now)
    return MonthView(procedure_id, office_id, wanted, back, choose)


@draft_page
async def day(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    door = citizen.door
    wanted = find_day(citizen.request.path_params["day"])
    if wanted is None:
        raise HTTPException(404)
    now = door.clock()
    stamp = (door.catalog.revision, day_of(now))
    if citizen.cookie_state.recall("asked", stamp, lambda: _asks_before(door, draft)):
        return onward(door, draft)
    view = citizen.cookie_state.recall(
        "day", (stamp, wanted), lambda: day_view(door, draft, wanted)
    )
    if draft.area == "booking":
        view = replace(view, present=await present_of(citizen, draft))
    if draft.taken or not view.look(door.cached.offer, now)[0].starts:
        return _day_with_others(citizen, draft, view)
    if view.present:
        return once(citizen, view)
    return door.cached.personal(view, citizen.secrets, now)


def once(citizen: CitizenRequest, view: View[Any]) -> Response:
    """A page that is nobody else's, and is not kept."""
    offer, now = citizen.door.cached.offer, citizen.door.clock()
    look, _ = view.look(offer, now)
    return citizen.page(view.template, **view.values(offer, look, now))


def _asks_before(door: DoorContext, draft: BookingDraft) -> bool:
    """Whether something has to be known before a time can be chosen."""
    return draft.area == "book" and open_before_time(door, draft) is not None


def _day_with_others(citizen: CitizenRequest, draft: BookingDraft, view: DayView) -> Response:
    """A day on which others were faster, or that has no times: with what else is free."""
    door, now = citizen.door, citizen.door.clock()
    taken = datetime.fromisoformat(draft.taken) if draft.taken else None
    sought = taken or datetime.combine(view.day, time(NOON), JST)
    values = {
        "taken": taken,
        "why": draft.why,
        "taken_office": office_of(door, draft.taken_office) if draft.taken_office else None,
        "around": _around(citizen, draft, sought, view.present),
    }
    look, _ = view.look(door.cached.offer, now)
    return citizen.page(view.template, **(view.values(door.cached.offer, look, now) | values))


def _around(
    citizen: CitizenRequest, draft: BookingDraft, sought: datetime, present: Present | None
) -> Around:
    """But for times at which the guardian of the booking is with another child."""
    found = around(citizen, draft, sought)
    if present is None:
        return found
    near = [at for at in found.near if present.allows(draft.office_id, at)]
    elsewhere = [(o, at) for o, at in found.elsewhere if present.allows(o.office_id, at)]
    return replace(found, near=near, elsewhere=elsewhere)


def day_view(door: DoorContext, draft: BookingDraft, day: date) -> DayView:
    """Raises 404 for what the city does not offer any more."""
    offered(door, draft.wish)
    office, books = office_of(door, draft.office_id), draft.area == "book"
    return DayView(office.office_id, draft.wish, day, draft.calendar(day), books)


@draft_page
async def time_again(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """A page that answered a choice was opened anew: the choice begins again."""
    if _asks_before(citizen.door, draft):
        return onward(citizen.door, draft)
    return go(draft.path + draft.calendar(draft.start))


@draft_post
async def take(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Hold a time. The old one, and an old booking, are kept until the new one is there."""
    start, key, office_id = read_start(form), read_form_key(form), form.get("office")
    if _asks_before(citizen.door, draft):
        return onward(citizen.door, draft)
    try:
        draft = await take_hold(citizen, draft, start, key, office_id, read_work(form))
    except CardRefused as refused:
        return check_again(citizen, draft, refused.number)
    except Refused as refused:
        return not_held(citizen, draft, start, refused, office_id)
    return onward(citizen.door, draft) if draft.area == "book" else go("check")


BUSIEST = Route("/book/{draft}/day/{day}", day, methods=["GET"])
"""What those who book look at most; it goes before all others."""

ROUTES = [
    *(Route(f"/{area}/{{draft}}/time", take, methods=["POST"]) for area in ("book", "booking")),
    *(
        Route(f"/{area}/{{draft}}/time", time_again, methods=["GET"])
        for area in ("book", "booking")
    ),
    Route("/book/{draft}/month/{procedure}/{office}", month, methods=["GET"]),
    Route("/booking/{draft}/month/{procedure}/{office}", month_of_change, methods=["GET"]),
    Route("/booking/{draft}/day/{day}", day, methods=["GET"]),
]
