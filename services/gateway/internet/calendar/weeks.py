"""A week as a grid, day × time, and the free days of a period as a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from libs.contracts.times import JST
from services.gateway.internet.offer.availability import Availability, DayState, Start, Wish

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


@dataclass(frozen=True)
class FreeDay:
    """A day with places; `first` and `last` are its free times."""

    day: date
    state: DayState
    first: datetime
    last: datetime


class Weeks:
    """Weeks and lists of free days, from memory."""

    def __init__(self, availability: Availability) -> None:
        self._availability = availability

    def first_monday(self, office_id: str, wish: Wish, now: datetime) -> date:
        """The first week with a place, or the first that can be booked."""
        free = self._availability.first_free(office_id, wish, now)
        return monday_of(free or self._availability.period(wish, now)[0])

    def covers(self, wish: Wish, monday: date, now: datetime) -> bool:
        """Whether any day of the week can be booked."""
        first, last = self._availability.period(wish, now)
        return first < monday + timedelta(days=DAYS) and monday <= last

    def week(self, office_id: str, wish: Wish, monday: date, now: datetime) -> tuple[Week, float]:
        """The week, and until when (seconds since 1970) it stays like this by itself."""
        first, last = self._availability.period(wish, now)
        days = [monday + timedelta(days=n) for n in range(DAYS)]
        found = {day: self._availability.day(office_id, wish, day, now) for day in days}
        shown = tuple(day for day in days if found[day].state not in ("off", "closed"))
        week = Week(
            monday,
            shown,
            tuple(lines([found[day].starts for day in shown])),
            earlier=monday - timedelta(days=DAYS) if first < monday else None,
            later=monday + timedelta(days=DAYS) if days[-1] < last else None,
        )
        return week, min(day.until for day in found.values())

    def free_days(self, office_id: str, wish: Wish, now: datetime) -> list[FreeDay]:
        first, last = self._availability.period(wish, now)
        listed = []
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            found = self._availability.day(office_id, wish, day, now)
            if found.starts:
                ends = found.starts[0].at, found.starts[-1].at
                listed.append(FreeDay(day, found.state, *ends))
        return listed


def lines(days: list[tuple[Start, ...]]) -> Iterator[WeekLine]:
    """Every time that is free on any of the days, in order."""
    by_time = [{start.at.astimezone(JST).time(): start for start in starts} for starts in days]
    for at in sorted({at for day in by_time for at in day}):
        yield WeekLine(at, tuple(day.get(at) for day in by_time))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
