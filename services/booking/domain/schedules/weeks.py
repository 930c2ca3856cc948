"""One week of an office: what is open for whom, and what of it is taken."""

from collections.abc import Iterable
from datetime import date, timedelta
from math import gcd

from libs.contracts.booking import CELL_MINUTES, ScheduleDay, ScheduleWeek, Series, SlotLoad
from libs.rules.masks import Windows, any_of, moment_of
from libs.rules.timetable import OpenDay, Timetable, day_cells

from .impact import Taken

USUAL_MINUTES = 30


def week_of_table(table: Timetable, week: date, taken: Taken) -> ScheduleWeek:
    days = [week + timedelta(days=n) for n in range(7)]
    series = _of_week(table, week)
    grid = _grid(series)
    return ScheduleWeek(
        office_id=table.office_id,
        week=week,
        grid_minutes=grid,
        series=series,
        days=tuple(_day(table, day, taken.get(day, {}), grid) for day in days),
    )


def _of_week(table: Timetable, week: date) -> tuple[Series, ...]:
    last = week + timedelta(days=6)
    return tuple(s for s in table.series.values() if s.valid_from <= last and week <= s.valid_until)


def _grid(series: Iterable[Series]) -> int:
    """What every unit and every begin is a multiple of."""
    starts = [(s.unit_minutes, s.opens.hour * 60 + s.opens.minute) for s in series]
    return gcd(*(minutes for pair in starts for minutes in pair)) or USUAL_MINUTES


def _day(table: Timetable, day: date, taken: Windows, grid: int) -> ScheduleDay:
    plan = day_cells(table, day)
    return ScheduleDay(
        day=day,
        closed_for=plan.closed_for,
        special=table.special.get(day),
        series_ids=plan.series_ids,
        loads=_loads(day, plan, taken, grid // CELL_MINUTES),
    )


def _loads(day: date, plan: OpenDay, taken: Windows, cells: int) -> tuple[SlotLoad, ...]:
    """From the first to the last cell that is open or taken."""
    used = any_of((*plan.all().values(), *taken.values()))
    if not used:
        return ()
    first = ((used & -used).bit_length() - 1) // cells * cells
    return tuple(
        SlotLoad(
            starts_at=moment_of(day, cell),
            public=_count(plan.public, cell, cells),
            staff=_count(plan.staff, cell, cells),
            taken=_count(taken, cell, cells),
        )
        for cell in range(first, used.bit_length(), cells)
    )


def _count(windows: Windows, cell: int, cells: int) -> int:
    slot = ((1 << cells) - 1) << cell
    return sum(bool(mask & slot) for mask in windows.values())
