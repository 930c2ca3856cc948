"""The page of a booking for others, from what a request about its form came to."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import Openings
from services.gateway.lgwan.counter import sentences as say
from services.gateway.lgwan.counter.entry import Entry, prefix_of
from services.gateway.lgwan.counter.person import Who
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import session_of
from services.gateway.lgwan.door.desk import Guide
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.staff import Staff
from services.gateway.web.emails import suggest_email
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.times import now

from .modes import Mode
from .offer import DAYS, Time, first_day, nearest, offer_of
from .sitting import Sitting

OVERBOOK = "bookings.overbook"


def offices_of(member: Staff, guide: Guide, mode: Mode) -> dict[str, str]:
    """The offices that a member of staff books for, with their names; at the counter those where
    they work."""
    reaches = member.serves if mode.is_counter else member.sees_bookings_of
    return {key: one.name for key, one in guide.offices.items() if reaches(key) and not one.hidden}


@dataclass(frozen=True)
class Seat:
    """A person of the page: `prefix` begins the names of their fields."""

    number: int
    who: Who

    @property
    def prefix(self) -> str:
        return prefix_of(self.number)

    @property
    def title(self) -> str:
        return f"{say.whose(self.number)}の方"


def told(sitting: Sitting) -> list[tuple[str, str]]:
    """What is to be checked, with the field it is at; of a party also of whom. Whoever has another
    booking is told of apart."""
    clash = sitting.clash.field if sitting.clash else ""
    return [
        (name, _of_whom(sitting.entry, name) + sentence)
        for name, sentence in sitting.errors.items()
        if name != clash
    ]


async def show(request: Request, sitting: Sitting) -> Response:
    member, entry, today = session_of(request).staff, sitting.entry, now().date()
    first = first_day(entry.first, today)
    openings = await _openings(sitting)
    taken, other = sitting.taken, sitting.clash.other if sitting.clash else None
    values: dict[str, Any] = {
        "sitting": sitting,
        "mode": sitting.mode,
        "entry": entry,
        "errors": sitting.errors,
        "offices": sitting.offices,
        "procedures": [one for one in sitting.guide.procedures.values() if not one.hidden],
        "seats": [Seat(n, who) for n, who in enumerate(entry.people)],
        "told": told(sitting),
        "offer": offer_of(openings, entry.day, first, today) if openings else None,
        "near": nearest(openings, taken) if openings and taken else [],
        "taken": Time(taken, 0) if taken else None,
        "may_overbook": member.may(OVERBOOK),
        "other": row_of(other, sitting.guide, may_tick=False) if other else None,
        "meant": suggest_email(entry.email) if entry.email else None,
    }
    return answer(request, "phone.html", values, sitting.status)


def _of_whom(entry: Entry, name: str) -> str:
    if not entry.is_party:
        return ""
    for person in range(len(entry.people) - 1, -1, -1):
        prefix = prefix_of(person)
        if name.startswith(prefix) and name.removeprefix(prefix) in say.OF_A_PERSON:
            return f"{say.whose(person)}："
    return ""


async def _openings(sitting: Sitting) -> Openings | None:
    """None where there is nothing to ask yet, where booking is away, and at the counter, where the
    next time is taken."""
    entry = sitting.entry
    if sitting.mode.is_counter or not sitting.can_hold:
        return None
    first = first_day(entry.first, now().date())
    ask = sitting.services.phone.openings
    try:
        return await ask(
            sitting.actor, entry.office_id, entry.wishes, first, DAYS, entry.arrangement
        )
    except Unreachable:
        sitting.errors["when"] = say.AWAY
    except Refused as refused:
        sitting.refuse(refused)
    return None
