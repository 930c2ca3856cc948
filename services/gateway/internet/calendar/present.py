"""The booking that is to move, in the calendars of its change: where it is, and what only its own
cells make possible."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from libs.contracts.times import JST, day_of
from services.gateway.internet.door.door import CitizenRequest
from services.gateway.internet.door.drafts import Draft
from services.gateway.internet.offer.availability import Availability, Day, Start, Wish
from services.gateway.web.link import Refused, Unreachable


@dataclass(frozen=True)
class Present:
    """`starts` are the free times of its day and office, as booking says: its own cells are free
    for itself, and the board knows nothing of whose they are."""

    office_id: str
    at: datetime
    starts: tuple[Start, ...]

    def is_on(self, office_id: str, day: date) -> bool:
        return (self.office_id, day_of(self.at)) == (office_id, day)

    def free(self, day: Day) -> Day:
        """What its own day offers."""
        state = "few" if self.starts and not day.starts else day.state
        return replace(
            day, starts=self.starts, places=sum(s.free for s in self.starts), state=state
        )


async def present_of(citizen: CitizenRequest, draft: Draft) -> Present | None:
    """None for a new booking, and where booking cannot say: the calendars then show what they show
    everybody."""
    if draft.area != "booking" or draft.proof is None:
        return None
    try:
        own = await citizen.door.booking.own_times(citizen.actor, draft.proof)
    except (Refused, Unreachable):
        return None
    starts = tuple(Start(one.at.astimezone(JST), one.free) for one in own.starts)
    return Present(own.office_id, own.starts_at.astimezone(JST), starts)


def present_day(present: Present | None, office_id: str) -> date | None:
    """The day to mark in a calendar of this office."""
    return day_of(present.at) if present and present.office_id == office_id else None


def offered_on(
    available: Availability, office_id: str, wish: Wish, day: date, now: datetime,
    present: Present | None,
) -> Day:  # fmt: skip
    found = available.day(office_id, wish, day, now)
    return present.free(found) if present and present.is_on(office_id, day) else found
