"""A month of days: free, few, full, off or closed."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from libs.contracts.booking import Procedure
from libs.contracts.times import day_of
from services.gateway.internet.offer.availability import Availability, DayState
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import ViewedOffer
from services.gateway.internet.offer.offered import period
from services.gateway.web.language import _

from .present import Present, offered_on, present_day

WORDS: dict[DayState, str] = {
    "free": _("空きあり"),
    "few": _("残りわずか"),
    "full": _("空きなし"),
    "off": _("休み"),
    "closed": _("受付期間外"),
}
SIGNS: dict[DayState, str] = {"free": "○", "few": "△", "full": "×", "off": _("休"), "closed": "－"}
WEEKEND = 5
NEAREST = 3
A_MOMENT = 5.0
"""So many seconds a month without places may go without asking what other offices have."""

_WEEKS = Calendar(firstweekday=0)

MonthLook = tuple[tuple[DayState, ...], datetime | None, tuple[tuple[str, date], ...]]
"""The state of each day; the first free time of all; other offices with their first free day, where
no day has a place."""


@dataclass(frozen=True)
class MonthView:
    """`back` is where the back link leads; `choose` makes links of the days. All links are
    relative, so the page belongs to no one; but for that of a change, which knows the `present`
    booking. The procedure and the office exist."""

    procedure_id: str
    office_id: str
    first: date
    back: str
    choose: bool
    present: Present | None = None

    template: ClassVar[str] = "month.html"

    @property
    def books(self) -> bool:
        """Whether the time is for a new booking."""
        return self.choose and self.back.endswith("visitor")

    def revision(self, board: Board) -> int:
        return board.revision(self.office_id)

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[MonthLook, float]:
        days = [
            offered_on(
                offer.availability, self.office_id, self.procedure_id, day, now, self.present
            )
            for day in days_of(self.first)
        ]
        states = tuple(day.state for day in days)
        until = min(day.until for day in days)
        first = self._first_time(offer, now)
        if any(has_place(state) for state in states):
            return (states, first, ()), until
        others = self._elsewhere(offer, now)
        return (states, first, others), min(until, now.timestamp() + A_MOMENT)

    def _first_time(self, offer: ViewedOffer, now: datetime) -> datetime | None:
        """The earliest time that one could take, in whatever month."""
        procedure = offer.catalog.procedure(self.procedure_id)
        assert procedure is not None
        day = offer.availability.first_free(self.office_id, procedure, now)
        if day is None:
            return None
        return offer.availability.starts(self.office_id, procedure, day, now)[0].at

    def _elsewhere(self, offer: ViewedOffer, now: datetime) -> tuple[tuple[str, date], ...]:
        """The other offices that have places, where this one has none at all and one may go
        there."""
        procedure = offer.catalog.procedure(self.procedure_id)
        if procedure is None or procedure.at_card_office:
            return ()
        if offer.availability.first_free(self.office_id, procedure, now):
            return ()
        found = offer.availability.elsewhere(self.office_id, procedure, None, now, NEAREST)
        return tuple((office.office_id, day_of(at)) for office, at in found)

    def values(self, offer: ViewedOffer, look: MonthLook, now: datetime) -> dict[str, Any]:
        states, first_time, elsewhere = look
        procedure = offer.catalog.procedure(self.procedure_id)
        assert procedure is not None
        first, last = period(procedure, now)
        earlier, later = previous_month(self.first), next_month(self.first)
        return {
            "view": self,
            "office": offer.catalog.office(self.office_id),
            "procedure": procedure,
            "week_of_days": _WEEKS.monthdatescalendar(self.first.year, self.first.month)[0],
            "weeks": _weeks(self.first, states),
            "rest": not any(
                has_place(state) and day.weekday() >= WEEKEND
                for day, state in zip(days_of(self.first), states, strict=True)
            ),
            "first_time": first_time,
            "present": self.present,
            "present_day": present_day(self.present, self.office_id),
            "earlier": earlier if earlier >= first.replace(day=1) else None,
            "later": later if later <= last else None,
            "any_free": any(has_place(state) for state in states),
            "last": last,
            "elsewhere": [(offer.catalog.office(office_id), day) for office_id, day in elsewhere],
        }


def first_month(
    availability: Availability, procedure: Procedure, office_id: str, now: datetime
) -> date:
    """The first month with places, or this month where there are none."""
    day = availability.first_free(office_id, procedure, now)
    return (day or day_of(now)).replace(day=1)


@dataclass(frozen=True)
class DayCell:
    """A day of the table."""

    day: date
    state: DayState
    sign: str
    word: str


def _weeks(first: date, states: tuple[DayState, ...]) -> list[list[DayCell | None]]:
    """Weeks from Monday; None where a day belongs to another month."""
    by_day = dict(zip(days_of(first), states, strict=True))
    return [
        [
            DayCell(day, by_day[day], SIGNS[by_day[day]], WORDS[by_day[day]])
            if day in by_day
            else None
            for day in week
        ]
        for week in _WEEKS.monthdatescalendar(first.year, first.month)
    ]


def has_place(state: DayState) -> bool:
    return state in ("free", "few")


def days_of(first: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((next_month(first) - first).days)]


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
