"""The booking that is to move, in the calendars of its change: where it is, and what only its own
cells make possible."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from libs.contracts.booking import OwnVisit, Procedure
from libs.contracts.times import JST, day_of
from libs.rules.guardians import overlap
from libs.rules.visits import visit_minutes
from services.gateway.internet.door.door import CitizenRequest
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.offer.availability import (
    Availability,
    DayState,
    OfferedDay,
    Start,
    Wish,
)
from services.gateway.web.link import Refused, Unreachable


@dataclass(frozen=True)
class Present:
    """`starts` are the free times of its day and office, as booking says: its own cells are free
    for itself, and the board knows nothing of whose they are. `elsewhere` is when its guardian is
    at a window with another child."""

    office_id: str
    at: datetime
    starts: tuple[Start, ...]
    procedures: tuple[Procedure, ...] = ()
    elsewhere: tuple[OwnVisit, ...] = ()

    def is_on(self, office_id: str, day: date) -> bool:
        return (self.office_id, day_of(self.at)) == (office_id, day)

    def offers(self, office_id: str, day: date, found: OfferedDay) -> OfferedDay:
        """What is offered for it on a day, of which everybody is shown what was `found`."""
        if self.is_on(office_id, day):
            return _with(found, self.starts)
        if any(day_of(visit.starts_at) == day for visit in self.elsewhere):
            return _with(found, tuple(s for s in found.starts if self.allows(office_id, s.at)))
        return found

    def allows(self, office_id: str, at: datetime) -> bool:
        """Whether its guardian can come then."""
        minutes = visit_minutes(self.procedures, office_id, day_of(at)) if self.procedures else 0
        return not any(overlap((o.starts_at, o.minutes), (at, minutes)) for o in self.elsewhere)


async def present_of(citizen: CitizenRequest, draft: BookingDraft) -> Present | None:
    """None for a new booking, and where booking cannot say: the calendars then show what they show
    everybody."""
    if draft.area != "booking" or draft.proof is None:
        return None
    try:
        own = await citizen.door.booking.own_times(citizen.actor, draft.proof)
    except (Refused, Unreachable):
        return None
    starts = tuple(Start(one.at.astimezone(JST), one.free) for one in own.starts)
    catalog = citizen.door.catalog
    wished = (catalog.procedure(one) for one in draft.wish.procedure_ids)
    procedures = tuple(procedure for procedure in wished if procedure)
    at = own.starts_at.astimezone(JST)
    return Present(own.office_id, at, starts, procedures, own.elsewhere)


def present_day(present: Present | None, office_id: str) -> date | None:
    """The day to mark in a calendar of this office."""
    return day_of(present.at) if present and present.office_id == office_id else None


def offered_on(
    available: Availability, office_id: str, wish: Wish, day: date, now: datetime,
    present: Present | None,
) -> OfferedDay:  # fmt: skip
    found = available.day(office_id, wish, day, now)
    return present.offers(office_id, day, found) if present else found


def _with(day: OfferedDay, starts: tuple[Start, ...]) -> OfferedDay:
    state: DayState = "full" if day.starts and not starts else day.state
    if starts and not day.starts:
        state = "few"
    return replace(day, starts=starts, places=sum(start.free for start in starts), state=state)
