"""Every day that should have times has them, whoever lays them out and whatever went wrong."""

import asyncio
from datetime import date, timedelta

import pytest
from prometheus_client import REGISTRY

from libs.contracts.booking import Catalog, SpecialDay
from libs.rules.timetable import Timetable
from services.booking.actions.catalog import register
from services.booking.actions.laying_out import lay_out, measure_times

from .city import DAY, City, at, office

AHEAD = 30
CELLS = 8 * 96
"""Of one office on one day."""


async def cells_by_day(city: City, office_id: str) -> dict[date, int]:
    rows = await city.pool.fetch(
        "SELECT (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day, count(*) AS n FROM cell"
        " WHERE office_id = $1 GROUP BY 1", office_id,
    )  # fmt: skip
    return {row["day"]: row["n"] for row in rows}


def full() -> dict[date, int]:
    """What an office has when nothing is missing. No holiday is among these days."""
    days = (DAY + timedelta(days=n) for n in range(AHEAD + 1))
    return {day: CELLS for day in days if day.weekday() < 5}


def figure(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)


@pytest.fixture(autouse=True)
async def _on_the_day(city: City) -> None:
    await city.shift_clock(at(8))


async def test_two_processes_that_lay_out_at_once_leave_no_day_without_times(city: City) -> None:
    await asyncio.gather(*(lay_out(city.desk.open_store, AHEAD) for _ in range(2)))
    assert await cells_by_day(city, "here") == full()
    assert await lay_out(city.desk.open_store, AHEAD) == 0


async def test_a_day_that_is_missing_in_the_middle_is_laid_out(city: City) -> None:
    await lay_out(city.desk.open_store, AHEAD)
    unmarked, emptied = DAY + timedelta(days=8), DAY + timedelta(days=9)
    await city.pool.execute("DELETE FROM laid_out WHERE day = $1", unmarked)
    for day in (unmarked, emptied):
        await city.pool.execute(
            "DELETE FROM cell WHERE (starts_at AT TIME ZONE 'Asia/Tokyo')::date = $1", day
        )
    await measure_times(city.desk.open_store, AHEAD)
    assert (figure("oita_times_laid_out_days"), figure("oita_times_missing_days")) == (AHEAD, 2)
    assert await lay_out(city.desk.open_store, AHEAD) == 2 * 2 * CELLS
    assert await cells_by_day(city, "here") == full()
    await measure_times(city.desk.open_store, AHEAD)
    assert (figure("oita_times_laid_out_days"), figure("oita_times_missing_days")) == (AHEAD, 0)


async def test_an_office_whose_seeding_was_cut_off_gets_its_times_from_the_next_run(
    city: City,
) -> None:
    await lay_out(city.desk.open_store, AHEAD)
    await register(city.desk.open_store, Catalog(offices=(office("new", 8),), procedures=()))
    assert await lay_out(city.desk.open_store, AHEAD) == len(full()) * CELLS
    assert await cells_by_day(city, "new") == full()


async def test_a_day_that_is_closed_on_purpose_is_not_missing(city: City) -> None:
    closed = DAY + timedelta(days=10)
    async with city.desk.open_store() as store:
        for table in (await store.timetables.timetables()).values():
            special = {closed: SpecialDay(day=closed, kind="closed", reason="停電")}
            await store.timetables.save_timetable(Timetable(table.office_id, table.series, special))
    await lay_out(city.desk.open_store, AHEAD)
    assert closed not in await cells_by_day(city, "here")
    await measure_times(city.desk.open_store, AHEAD)
    assert figure("oita_times_missing_days") == 0
    assert await lay_out(city.desk.open_store, AHEAD) == 0


async def test_where_somebody_else_lays_out_the_rest_is_left_to_them_and_a_seed_waits(
    city: City,
) -> None:
    async with city.desk.open_store() as other:
        await other.timetables.lock_laying_out()
        assert await lay_out(city.desk.open_store, AHEAD) == 0
        seeding = asyncio.create_task(lay_out(city.desk.open_store, AHEAD, wait=True))
        await asyncio.wait({seeding}, timeout=0.3)
        assert not seeding.done()
    assert await seeding > 0
    assert await cells_by_day(city, "here") == full()
