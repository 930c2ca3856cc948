"""Taking a time: asked by the calendars, and again by the last button where a hold has ended."""

from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from libs.contracts.booking import HoldRequest, Office
from libs.contracts.times import day_of
from services.gateway.internet.door import Visit, go, procedure_of
from services.gateway.internet.drafts import Draft
from services.gateway.internet.parties import Party
from services.gateway.web.link import Refused

from .identify import with_ticket

NEAREST = 3


@dataclass(frozen=True)
class Around:
    """What else is free: `near` at the same office, `elsewhere` at others. `free`: so is the time
    itself, as far as the door knows."""

    free: bool
    near: list[datetime]
    elsewhere: list[tuple[Office, datetime]]


async def take_hold(
    visit: Visit, draft: Draft, start: datetime, key: str, office_id: str = ""
) -> Draft:
    """The draft with the time held, at its own or at another office. Raises Refused; the old hold
    is then kept."""
    procedure = procedure_of(visit.door, draft.procedure_id)
    if procedure.needs_card and draft.area == "book" and not draft.ticket_is_fresh:
        draft = visit.keep(await with_ticket(visit, draft))
    request = HoldRequest(
        procedure_id=draft.procedure_id,
        office_id=office_id or draft.office_id,
        starts_at=start,
        ticket=draft.ticket or None,
        change=draft.proof,
    )
    hold = await visit.door.booking.hold(visit.actor, _hold_key(key, draft, request), request)
    return visit.keep(draft.at_office(hold.office_id).with_hold(hold))


def not_held(visit: Visit, draft: Draft, start: datetime, refused: Refused) -> Response:
    """Where a refused wish leads; all answers are kept. Raises what no page expects."""
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


def around(visit: Visit, draft: Draft, start: datetime) -> Around:
    """The free times closest to `start`."""
    available, now, wish = visit.door.availability, visit.door.clock(), wish_of(draft)
    starts = available.starts(draft.office_id, wish, day_of(start), now)
    return Around(
        any(one.at == start for one in starts),
        available.nearest(draft.office_id, wish, start, now, NEAREST),
        elsewhere(visit, draft, start),
    )


def elsewhere(
    visit: Visit, draft: Draft, wanted: datetime | None = None
) -> list[tuple[Office, datetime]]:
    """Free times at the other offices, where the procedure lets one go there."""
    procedure = procedure_of(visit.door, draft.procedure_id)
    if procedure.needs_card and not procedure.any_office:
        return []
    now, wish = visit.door.clock(), wish_of(draft)
    return visit.door.availability.elsewhere(draft.office_id, wish, wanted, now, NEAREST)


def wish_of(draft: Draft) -> Party:
    """What times are looked for."""
    return Party((draft.procedure_ids,))


def _hold_key(key: str, draft: Draft, request: HoldRequest) -> str:
    """A double click is one wish; going back and choosing the same time again is another."""
    held = draft.expiry.strftime("%H%M%S%f") if draft.expiry else "none"
    return f"{key}-{request.starts_at:%Y%m%d%H%M}-{request.office_id}-{held}"
