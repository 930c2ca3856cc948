"""One week of an office as staff see it: what is open for whom, and what of it is taken."""

from collections.abc import Iterable
from datetime import date, timedelta
from math import gcd

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    CELL_MINUTES,
    NationalStopList,
    ScheduleDay,
    ScheduleWeek,
    Series,
    SlotLoad,
    counter_offices,
)
from libs.contracts.times import day_of
from libs.rules.masks import Windows, any_of
from libs.rules.timetable import OpenDay, Timetable, day_cells
from services.booking.actions.desk import BookingContext
from services.booking.store.timetables import moment_of

USUAL_MINUTES = 30


async def week_of(desk: BookingContext, caller: Caller, office_id: str, week: date) -> ScheduleWeek:
    """Raises NotFound, also for an office that the caller does not serve; Malformed."""
    if week.weekday():
        raise Malformed("A week begins on a Monday.", fields=["week"])
    async with desk.open_store() as store:
        table = (await store.timetables.timetables()).get(office_id)
        if table is None or not {office_id, EVERY_OFFICE} & counter_offices(caller):
            raise NotFound("There is no such office.")
        end = moment_of(week + timedelta(days=7), 0)
        taken = await store.cells.taken([office_id], moment_of(week, 0), end)
    days = [week + timedelta(days=n) for n in range(7)]
    series = _of_week(table, week)
    grid = _grid(series)
    return ScheduleWeek(
        office_id=office_id,
        week=week,
        grid_minutes=grid,
        series=series,
        days=tuple(_day(table, day, taken.get((office_id, day), {}), grid) for day in days),
    )


async def stops_to_come(desk: BookingContext) -> NationalStopList:
    """What is known of the national system from today on."""
    async with desk.open_store() as store:
        stops, today = await store.timetables.stops(), day_of(await store.now())
    return NationalStopList(stops=tuple(stops[day] for day in sorted(stops) if day >= today))


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
