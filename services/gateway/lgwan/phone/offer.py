"""The days and the times of one of them, hours by minutes, of a booking for others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from libs.contracts.booking import OpeningDay, Openings
from services.gateway.web.times import local, weekday

DAYS = 14
FURTHEST = timedelta(days=180)
NEAREST = 3
_NOON = 12


@dataclass(frozen=True)
class DayTab:
    """A day of the list: how many places are left before noon and after it, and whether it has any
    start time."""

    day: date
    morning: int
    afternoon: int
    is_open: bool

    @property
    def free(self) -> int:
        return self.morning + self.afternoon

    @property
    def text(self) -> str:
        return f"{self.day.month}/{self.day.day}（{weekday(self.day)}）"


@dataclass(frozen=True)
class Time:
    """A start time of the shown day; `value` is what its button sends."""

    at: datetime
    free: int

    @property
    def value(self) -> str:
        return local(self.at).isoformat()

    @property
    def text(self) -> str:
        return f"{local(self.at):%H:%M}"

    @property
    def long_text(self) -> str:
        return (
            f"{local(self.at).month}/{local(self.at).day}（{weekday(local(self.at))}）{self.text}"
        )


@dataclass(frozen=True)
class PhoneOffer:
    """Days from `first` on, and the times of the one that is `shown`; None where no day is open."""

    first: date
    earliest: date
    tabs: tuple[DayTab, ...]
    shown: date | None
    times: tuple[Time, ...]

    @property
    def full(self) -> list[Time]:
        """The times of the shown day at which no window is free."""
        return [time for time in self.times if not time.free]

    @property
    def minutes(self) -> list[int]:
        """The minutes of an hour at which a visit begins: the columns."""
        return sorted({local(time.at).minute for time in self.times})

    @property
    def hours(self) -> list[tuple[int, list[Time | None]]]:
        """The hours of the day: the rows, with a time or none for each column."""
        found = {(local(time.at).hour, local(time.at).minute): time for time in self.times}
        hours = sorted({hour for hour, _ in found})
        return [(hour, [found.get((hour, minute)) for minute in self.minutes]) for hour in hours]

    @property
    def earlier(self) -> date | None:
        return max(self.first - timedelta(days=DAYS), self.earliest) if self.has_earlier else None

    @property
    def has_earlier(self) -> bool:
        return self.first > self.earliest

    @property
    def later(self) -> date | None:
        later = self.first + timedelta(days=DAYS)
        return later if later - self.earliest <= FURTHEST else None


def offer_of(openings: Openings, wanted: date | None, first: date, today: date) -> PhoneOffer:
    """The day that was chosen, else the first one with a place, else the first that is open."""
    tabs = tuple(map(_tab, openings.days))
    shown = _shown(tabs, wanted)
    starts = next((one.starts for one in openings.days if one.day == shown), ())
    times = tuple(Time(start.starts_at, start.free) for start in starts)
    return PhoneOffer(first, today, tabs, shown, times)


def nearest(openings: Openings, wanted: datetime) -> list[Time]:
    """The free times closest to `wanted`, in order of time."""
    free = [
        Time(start.starts_at, start.free)
        for one in openings.days
        for start in one.starts
        if start.free and start.starts_at != wanted
    ]
    closest = sorted(free, key=lambda time: abs(time.at - wanted))[:NEAREST]
    return sorted(closest, key=lambda time: time.at)


def first_day(wanted: date | None, today: date) -> date:
    """Where the strip begins: never in the past, nor further ahead than anybody books."""
    return min(max(wanted or today, today), today + FURTHEST)


def _shown(tabs: Sequence[DayTab], wanted: date | None) -> date | None:
    open_days = [tab for tab in tabs if tab.is_open]
    if wanted in {tab.day for tab in open_days}:
        return wanted
    return next((tab.day for tab in open_days if tab.free), open_days[0].day if open_days else None)


def _tab(day: OpeningDay) -> DayTab:
    morning = sum(one.free for one in day.starts if local(one.starts_at).hour < _NOON)
    free = sum(one.free for one in day.starts)
    return DayTab(day.day, morning, free - morning, bool(day.starts))
