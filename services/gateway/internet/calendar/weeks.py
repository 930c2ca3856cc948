"""A week as a grid, day × time, and the free days of a period as a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from libs.contracts.times import JST
from services.gateway.internet.offer.availability import Availability, DayState, Start, Wish
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import ViewedOffer
from services.gateway.internet.offer.parties import Party
from services.gateway.web.language import _
from services.gateway.web.localised import guidances_in

from .days import NOON
from .present import Present, offered_on, present_day

DAYS = 7


@dataclass(frozen=True)
class WeekLine:
    """A start time of the week: for each day its place, or None where it cannot be had."""

    time: time
    cells: tuple[Start | None, ...]


@dataclass(frozen=True)
class Week:
    """The days on which the office is open for the wish, and every time that is free on any."""

    monday: date
    days: tuple[date, ...]
    lines: tuple[WeekLine, ...]
    earlier: date | None
    later: date | None

    @property
    def halves(self) -> list[tuple[str, list[WeekLine]]]:
        """The lines before noon and after it, with what people call them."""
        parts = [
            (_("午前"), [line for line in self.lines if line.time.hour < NOON]),
            (_("午後"), [line for line in self.lines if line.time.hour >= NOON]),
        ]
        return [(name, found) for name, found in parts if found]


@dataclass(frozen=True)
class DayWithPlaces:
    """A day with places; `first` and `last` are its free times."""

    day: date
    state: DayState
    first: datetime
    last: datetime


@dataclass(frozen=True)
class WeekView:
    """The grid of a week. `month` and `back` are where its links lead. The procedure and the office
    exist."""

    office_id: str
    wish: Party
    monday: date
    month: str
    back: str
    present: Present | None = None

    template: ClassVar[str] = "week.html"

    @property
    def books(self) -> bool:
        """Whether the time is for a new booking."""
        return self.back.endswith("visitor")

    def revision(self, board: Board) -> int:
        return board.revision(self.office_id)

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[Week, float]:
        first, last = offer.availability.period(self.wish, now)
        days = [self.monday + timedelta(days=n) for n in range(DAYS)]
        found = {
            day: offered_on(offer.availability, self.office_id, self.wish, day, now, self.present)
            for day in days
        }
        shown = tuple(day for day in days if found[day].state not in ("off", "closed"))
        week = Week(
            self.monday,
            shown,
            tuple(lines([found[day].starts for day in shown], self._present_time(shown))),
            earlier=self.monday - timedelta(days=DAYS) if first < self.monday else None,
            later=self.monday + timedelta(days=DAYS) if days[-1] < last else None,
        )
        return week, min(day.until for day in found.values())

    def _present_time(self, shown: tuple[date, ...]) -> time | None:
        day = present_day(self.present, self.office_id)
        return self.present.at.time() if self.present and day in shown else None

    def values(self, offer: ViewedOffer, look: Week, now: datetime) -> dict[str, Any]:
        office = offer.catalog.office(self.office_id)
        return {
            "view": self,
            "week": look,
            "present": self.present,
            "present_day": present_day(self.present, self.office_id),
            **offer.catalog.wished(self.wish),
            "office": office,
            "guided": [(day, guidances_in(office, day)) for day in look.days if office],
        }


def first_monday(availability: Availability, office_id: str, wish: Wish, now: datetime) -> date:
    """The first week with a place, or the first that can be booked."""
    free = availability.first_free(office_id, wish, now)
    return monday_of(free or availability.period(wish, now)[0])


def covers(availability: Availability, wish: Wish, monday: date, now: datetime) -> bool:
    """Whether any day of the week can be booked."""
    first, last = availability.period(wish, now)
    return first < monday + timedelta(days=DAYS) and monday <= last


def free_days(
    availability: Availability, office_id: str, wish: Wish, now: datetime,
    present: Present | None = None,
) -> list[DayWithPlaces]:  # fmt: skip
    first, last = availability.period(wish, now)
    listed = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        found = offered_on(availability, office_id, wish, day, now, present)
        if found.starts:
            ends = found.starts[0].at, found.starts[-1].at
            listed.append(DayWithPlaces(day, found.state, *ends))
    return listed


def lines(days: list[tuple[Start, ...]], present: time | None = None) -> Iterator[WeekLine]:
    """Every time that is free on any of the days, in order, and that of the `present` booking."""
    by_time = [{start.at.astimezone(JST).time(): start for start in starts} for starts in days]
    times = {at for day in by_time for at in day} | ({present} if present else set())
    for at in sorted(times):
        yield WeekLine(at, tuple(day.get(at) for day in by_time))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
