"""Laying out times: new days are opened, past ones forgotten, the doors are told."""

from datetime import timedelta

from libs.contracts.booking import CellsChanged
from services.booking.actions.catalog import lay_out

from .city import DAY, City, at


async def test_new_days_are_opened_once_and_the_doors_are_told(city: City) -> None:
    await city.shift_clock(at(8))
    opened = await lay_out(city.desk.open_store, 3, from_today=True)
    assert opened == 2 * 2 * 8 * 96
    told = [CellsChanged.model_validate_json(body) for body in await city.facts(CellsChanged.name)]
    assert {(fact.office_id, fact.many) for fact in told} == {("here", True), ("there", True)}
    assert await lay_out(city.desk.open_store, 3, from_today=True) == 0
    assert await lay_out(city.desk.open_store, 3) == 0


async def test_cells_of_past_days_are_forgotten_and_their_bookings_stay(city: City) -> None:
    await city.booked(at(10))
    await city.shift_clock(at(0, day=DAY + timedelta(days=1)))
    async with city.desk.open_store() as store:
        await store.prune_cells()
    assert await city.pool.fetchval("SELECT min(starts_at) FROM cell") == at(
        9, day=DAY + timedelta(days=1)
    )
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 1
