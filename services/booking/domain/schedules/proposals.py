"""Another time for each of those who lose theirs: the nearest that is free, each given once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from libs.contracts.times import JST, day_of
from services.booking.domain.closures import closure_of

from .impact import Standing
from .layout import Layout
from .timetable import Windows, cell_of, runs_of

LEAD_DAYS = 2
"""A proposed time lies so many days ahead at least, so that one can answer before."""

OFFICE_CLOSES = time(17)
"""An answer by telephone is possible until then."""


@dataclass(frozen=True)
class Place:
    """A window and a time that can be given."""

    office_id: str
    window_id: int
    starts_at: datetime


@dataclass
class Free:
    """What is free at offices until the last day that is laid out. `taken` is added to."""

    layouts: Mapping[str, Layout]
    """In the order in which other offices are asked."""
    taken: dict[tuple[str, date], Windows]
    now: datetime
    last_day: date

    def nearest(self, one: Standing) -> Place | None:
        """A time at its own office, else at another one that its procedures allow."""
        elsewhere = [] if one.bound else [o for o in self.layouts if o != one.office_id]
        for office_id in (one.office_id, *elsewhere):
            for day in self._days(one):
                if place := self._on(office_id, day, one):
                    return place
        return None

    def take(self, place: Place, minutes: int) -> None:
        """The place is given, or turned out to be taken."""
        cells = ((1 << minutes // 5) - 1) << cell_of(place.starts_at.astimezone(JST).time())
        windows = self.taken.setdefault((place.office_id, day_of(place.starts_at)), {})
        windows[place.window_id] = windows.get(place.window_id, 0) | cells

    def _days(self, one: Standing) -> Iterator[date]:
        first, wanted = day_of(self.now) + timedelta(days=LEAD_DAYS), one.day
        span = max((self.last_day - wanted).days, (wanted - first).days, 0)
        for ahead in range(span + 1):
            for day in dict.fromkeys((wanted + timedelta(ahead), wanted - timedelta(ahead))):
                if first <= day <= self.last_day:
                    yield day

    def _on(self, office_id: str, day: date, one: Standing) -> Place | None:
        wanted = cell_of(one.starts_at.astimezone(JST).time())
        length = one.minutes // 5
        taken = self.taken.get((office_id, day), {})
        best: tuple[int, int, int] | None = None
        starts = self.layouts[office_id].starts(day, one.wish, one.minutes, self.now)
        for window, mask in starts.items():
            free = mask & runs_of(~taken.get(window, 0) & _DAY, length)
            if free:
                cell = _closest(free, wanted)
                best = min(best or (999, 0, 0), (abs(cell - wanted), cell, window))
        if best is None:
            return None
        midnight = datetime.combine(day, time(), JST)
        return Place(office_id, best[2], midnight + timedelta(minutes=5 * best[1]))


def propose(free: Free, several: Sequence[Standing]) -> list[Place | None]:
    """A place for each, in order of time; none is given twice."""
    found = []
    for one in several:
        place = free.nearest(one)
        if place:
            free.take(place, one.minutes)
        found.append(place)
    return found


def held_until(now: datetime, place: Place, working_days: int) -> datetime:
    """So many working days from now, or the day before the proposed time."""
    day = day_of(now)
    for _ in range(working_days):
        day += timedelta(days=1)
        while day.weekday() > 4 or closure_of(day):
            day += timedelta(days=1)
    day = min(day, day_of(place.starts_at) - timedelta(days=1))
    return datetime.combine(day, OFFICE_CLOSES, JST)


def _closest(mask: int, wanted: int) -> int:
    """The cell of `mask` that is closest to another one."""
    below = mask & ((1 << wanted + 1) - 1)
    above = mask >> wanted
    before = below.bit_length() - 1 if below else -1000
    after = wanted + (above & -above).bit_length() - 1 if above else 1000
    return before if wanted - before <= after - wanted else after


_DAY = (1 << 288) - 1
