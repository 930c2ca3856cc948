"""Which windows of an office are open for whom, day by day: a timetable, worked out once a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, reduce
from itertools import combinations
from operator import and_
from typing import TypeVar, cast

from libs.contracts.booking import CELL_MINUTES, Series
from libs.rules.masks import Windows, cell_of, merged, runs_of
from libs.rules.timetable import OpenDay, Timetable, day_cells, held_series, series_cells

T = TypeVar("T")
Wish = tuple[str, ...]
"""The procedures of one visit, the leading one first."""


@dataclass(frozen=True)
class Layout:
    """Answers about one timetable, each kept."""

    table: Timetable

    @cached_property
    def _kept(self) -> dict[object, object]:
        return {}

    def day(self, day: date) -> OpenDay:
        return self._once(("day", day), lambda: day_cells(self.table, day))

    def held(self, day: date) -> list[Series]:
        return self._once(("held", day), lambda: held_series(self.table, day))

    def rooms(self, day: date, wish: Wish) -> Windows:
        """Where a series is open for all of these procedures, for everybody or for staff."""
        return self._once(("rooms", day, wish), lambda: self._rooms(day, wish))

    def starts(self, day: date, wish: Wish, minutes: int, now: datetime) -> Windows:
        """At which times citizens could be given a visit of so many minutes."""
        key = ("starts", day, wish, minutes)
        return self._once(key, lambda: self._starts(day, wish, minutes, now))

    def _rooms(self, day: date, wish: Wish) -> Windows:
        return _common([self._open_for(day, one, self.held(day)) for one in wish])

    def _open_for(self, day: date, procedure_id: str, several: Sequence[Series]) -> Windows:
        return merged(
            series_cells(self.table, day, one, (*one.windows, *one.staff_windows))
            for one in several
            if procedure_id in one.procedure_ids
        )

    def _starts(self, day: date, wish: Wish, minutes: int, now: datetime) -> Windows:
        public = self.day(day).public
        shown = [s for s in self.held(day) if not s.published_from or s.published_from <= now]
        lead = merged(
            {window: runs_of(mask, minutes // CELL_MINUTES) & grid_of(one)
             for window, mask in series_cells(self.table, day, one, one.windows).items()}
            for one in shown if wish[0] in one.procedure_ids
        )  # fmt: skip
        also = [self._open_for(day, one, shown) for one in wish[1:]]
        open_all_along = _common([public, *also])
        return {
            window: mask & runs_of(open_all_along.get(window, 0), minutes // CELL_MINUTES)
            for window, mask in lead.items()
        }

    def _once(self, key: object, work: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = work()
        return cast("T", self._kept[key])


def grid_of(series: Series) -> int:
    """The start times of a series, as a mask."""
    step = series.unit_minutes // CELL_MINUTES
    return sum(1 << cell for cell in range(cell_of(series.opens), cell_of(series.closes), step))


def places_of(series: Series, layout: Layout, day: date) -> int:
    """枠: start times of one series at its windows on a day."""
    windows = (*series.windows, *series.staff_windows)
    cells = series_cells(layout.table, day, series, windows)
    length, grid = series.unit_minutes // CELL_MINUTES, grid_of(series)
    return sum((runs_of(mask, length) & grid).bit_count() for mask in cells.values())


def competing(series: Sequence[Series]) -> list[tuple[Series, Series, tuple[int, ...]]]:
    """Pairs that share windows at the same time."""
    found = []
    for one, other in combinations(series, 2):
        windows = {*one.windows, *one.staff_windows} & {*other.windows, *other.staff_windows}
        if windows and _meet(one, other):
            found.append((one, other, tuple(sorted(windows))))
    return found


def _meet(one: Series, other: Series) -> bool:
    return bool(
        set(one.weekdays) & set(other.weekdays)
        and one.valid_from <= other.valid_until
        and other.valid_from <= one.valid_until
        and one.opens < other.closes
        and other.opens < one.closes
    )


def _common(several: Sequence[Windows]) -> Windows:
    windows = reduce(and_, (set(one) for one in several))
    return {window: reduce(and_, (one[window] for one in several)) for window in windows}
