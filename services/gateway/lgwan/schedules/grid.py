"""A week of an office as a table: days across, times down, each cell in a few signs and words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from libs.contracts.booking import ScheduleDay, ScheduleWeek, Series, SlotLoad
from services.gateway.lgwan.counter.series import clock
from services.gateway.web.times import local

from .places import opens_at
from .says import special_text

STEPS = 4
"""Into so many shades is told how full a cell is."""
ROW_MINUTES = 30
"""Finer loads are put together into rows of half an hour, each as at its busiest moment."""


@dataclass(frozen=True)
class TimeCell:
    """One time of one day. `text` says how many of how many places are taken, `kind` how it looks,
    `letters` which series hold."""

    text: str
    kind: str
    letters: str = ""


@dataclass(frozen=True)
class DayColumn:
    """A day. `note` is why it is closed or special; `cells` are by time."""

    day: date
    note: str
    is_closed: bool
    cells: tuple[TimeCell, ...]


@dataclass(frozen=True)
class Grid:
    """`times` are the rows; `ends` is when the last of them ends."""

    times: tuple[time, ...]
    minutes: int
    columns: tuple[DayColumn, ...]

    def row(self, number: int) -> list[TimeCell]:
        return [column.cells[number] for column in self.columns]

    @property
    def ends(self) -> list[time]:
        """When each row ends."""
        return [_after(at, self.minutes) for at in self.times]


def grid_of(week: ScheduleWeek, letters: dict[str, str]) -> Grid:
    by_id = {series.series_id: series for series in week.series}
    minutes = week.grid_minutes
    if ROW_MINUTES % minutes == 0:
        minutes = ROW_MINUTES
    loads = [_rows(day.loads, minutes) for day in week.days]
    times = tuple(sorted({at for day in loads for at in day}))
    columns = [
        DayColumn(
            day=day.day,
            note=_note(day),
            is_closed=bool(day.closed_for),
            cells=tuple(
                _cell(found.get(at), at, _held(day, by_id), letters, bool(day.closed_for))
                for at in times
            ),
        )
        for day, found in zip(week.days, loads, strict=True)
    ]
    return Grid(times, minutes, tuple(columns))


def _rows(loads: Iterable[SlotLoad], minutes: int) -> dict[time, SlotLoad]:
    """The loads by the begin of their row."""
    found: dict[time, SlotLoad] = {}
    for load in loads:
        at = local(load.starts_at)
        row = (at.hour * 60 + at.minute) // minutes * minutes
        begins = time(row // 60, row % 60)
        known = found.get(begins, load)
        found[begins] = SlotLoad(
            starts_at=known.starts_at,
            public=max(known.public, load.public),
            staff=max(known.staff, load.staff),
            taken=max(known.taken, load.taken),
        )
    return found


def _held(day: ScheduleDay, by_id: dict[str, Series]) -> list[Series]:
    return [by_id[one] for one in day.series_ids if one in by_id]


def _note(day: ScheduleDay) -> str:
    if day.special:
        return special_text(day.special)
    return f"休み（{day.closed_for}）" if day.closed_for else ""


def _cell(
    load: SlotLoad | None,
    at: time,
    held: Sequence[Series],
    letters: dict[str, str],
    is_closed: bool,
) -> TimeCell:
    """3/8: three of eight windows are taken; ＋職員2: two more are for staff."""
    open_windows = load.public + load.staff if load else 0
    taken = load.taken if load else 0
    if load is None or not (open_windows or taken):
        return TimeCell("休" if is_closed else "", "shut")
    holding = "".join(letters.get(s.series_id, "") for s in held if opens_at(s, at))
    if taken > open_windows:
        return TimeCell(f"超過 {taken}/{open_windows}", "over", holding)
    if taken == open_windows:
        return TimeCell(f"満 {taken}/{open_windows}", "full", holding)
    if not load.public:
        return TimeCell(f"職員 {taken}/{load.staff}", "staff", holding)
    staff = f"＋職員{load.staff}" if load.staff else ""
    return TimeCell(f"{taken}/{load.public}{staff}", f"f{taken * STEPS // open_windows}", holding)


def _after(at: time, minutes: int) -> time:
    total = min(at.hour * 60 + at.minute + minutes, 24 * 60 - 1)
    return time(total // 60, total % 60)


def times_of(grid: Grid) -> tuple[list[str], list[str]]:
    """The choices of the plain form: begins and ends, as 9:00."""
    return [clock(at) for at in grid.times], [clock(at) for at in grid.ends]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
