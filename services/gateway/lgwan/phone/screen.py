"""The page of a booking for others, from what a request about its form came to."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import Openings
from services.gateway.lgwan.desk import Guide
from services.gateway.lgwan.domain import Staff
from services.gateway.lgwan.gate import session_of
from services.gateway.lgwan.pages import answer
from services.gateway.lgwan.rows import row_of
from services.gateway.web.emails import suggest_email
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.times import now

from . import sentences as say
from .offer import DAYS, Time, first_day, nearest, offer_of
from .sitting import Mode, Sitting

OVERBOOK = "bookings.overbook"


def offices_of(member: Staff, guide: Guide, mode: Mode) -> dict[str, str]:
    """The offices that a member of staff books for, with their names; at the counter those where
    they work."""
    reaches = member.serves if mode.is_counter else member.sees_bookings_of
    return {key: one.name for key, one in guide.offices.items() if reaches(key) and not one.hidden}


async def show(request: Request, sitting: Sitting) -> Response:
    member, entry, today = session_of(request).staff, sitting.entry, now().date()
    first = first_day(entry.first, today)
    openings = await _openings(sitting)
    taken = sitting.taken
    values: dict[str, Any] = {
        "sitting": sitting,
        "mode": sitting.mode,
        "entry": entry,
        "errors": sitting.errors,
        "offices": sitting.offices,
        "procedures": [one for one in sitting.guide.procedures.values() if not one.hidden],
        "rules": sitting.rules,
        "offer": offer_of(openings, entry.day, first, today) if openings else None,
        "near": nearest(openings, taken) if openings and taken else [],
        "taken": Time(taken, 0) if taken else None,
        "may_overbook": member.may(OVERBOOK),
        "other": row_of(sitting.other, sitting.guide, may_tick=False) if sitting.other else None,
        "meant": suggest_email(entry.email) if entry.email else None,
    }
    return answer(request, "phone.html", values, sitting.status)


async def _openings(sitting: Sitting) -> Openings | None:
    """None where there is nothing to ask yet, where booking is away, and at the counter, where the
    next time is taken."""
    entry = sitting.entry
    if sitting.mode.is_counter or not (entry.procedure_ids and entry.office_id):
        return None
    first = first_day(entry.first, now().date())
    ask = sitting.services.phone.openings
    try:
        return await ask(sitting.actor, entry.office_id, entry.procedure_ids, first, DAYS)
    except Unreachable:
        sitting.errors["when"] = say.AWAY
    except Refused as refused:
        sitting.refuse(refused)
    return None
