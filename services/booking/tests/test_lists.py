"""Lists for staff: every filter, every order, page after page, and quickly among very many."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from libs.common.assertion import Caller
from libs.contracts.booking import ListSort, StaffBooking
from libs.contracts.times import JST, day_of
from services.booking.actions import lists
from services.booking.store import Store
from services.booking.store.lists import DaySpan, Filter, read_after

from .city import DAY, NOON_BEFORE, City, at
from .many import add_bookings

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))
BOTH = Caller("lgwan", "kudo", frozenset(), frozenset({"here", "there"}))
NOWHERE = Caller("lgwan", "mori", frozenset(), frozenset())
EVERYWHERE = Caller("lgwan", "admin", frozenset(), frozenset({"*"}))
SORTS: tuple[ListSort, ...] = get_args(ListSort)
KEYS: dict[ListSort, Callable[[StaffBooking], object]] = {
    "starts_at": lambda b: b.starts_at,
    "booked_at": lambda b: b.booked_at,
    "number": lambda b: b.number,
    "office": lambda b: (["here", "there"].index(b.office_id), b.starts_at),
    "procedure": lambda b: (["issuance", "pin", "slow"].index(b.procedure_id), b.starts_at),
    "status": lambda b: (
        ["confirmed", "arrived", "finished", "missed", "cancelled"].index(b.status),
        b.starts_at,
    ),
    "channel": lambda b: (["web", "phone", "counter"].index(b.channel), b.starts_at),
}


async def everything(city: City, caller: Caller, wanted: Filter) -> list[StaffBooking]:
    """All pages of a list."""
    found: list[StaffBooking] = []
    while True:
        page = await lists.list_bookings(city.desk, caller, wanted)
        assert len(page.bookings) <= wanted.limit
        found += page.bookings
        if page.next_after is None:
            return found
        wanted = replace(wanted, after=read_after(wanted.sort, page.next_after))


async def test_every_order_goes_through_all_bookings_once(city: City) -> None:
    await add_bookings(city.owner_url, 700)
    for sort in SORTS:
        for descending in (False, True):
            wanted = Filter(sort=sort, descending=descending, limit=90)
            found = await everything(city, EVERYWHERE, wanted)
            assert len({b.booking_id for b in found}) == len(found) == 700, wanted
            keys = [KEYS[sort](b) for b in found]
            assert keys == sorted(keys, reverse=descending), wanted  # type: ignore[type-var]


async def test_a_row_that_leaves_the_page_behind_does_not_shift_the_next_page(city: City) -> None:
    await add_bookings(city.owner_url, 60)
    first = await lists.list_bookings(city.desk, EVERYWHERE, Filter(limit=20))
    assert first.next_after
    whole = await everything(city, EVERYWHERE, Filter())
    await city.pool.execute(
        "UPDATE booking SET starts_at = '2020-01-01' WHERE booking_id = $1", whole[19].booking_id
    )
    after = read_after("starts_at", first.next_after)
    second = await lists.list_bookings(city.desk, EVERYWHERE, Filter(limit=20, after=after))
    assert second.bookings == tuple(whole[20:40])


async def test_filters_are_combined(city: City) -> None:
    await add_bookings(city.owner_url, 700)
    whole = await everything(city, EVERYWHERE, Filter())
    first, last = DAY - timedelta(days=90), DAY - timedelta(days=30)
    wanted = Filter(
        office_id="here",
        procedure_id="pin",
        status="finished",
        channel="web",
        days=DaySpan(first, last),
        booked=DaySpan(first - timedelta(days=20), None),
        sort="booked_at",
        descending=True,
    )
    fitting = [
        b
        for b in whole
        if (b.office_id, b.procedure_id, b.status, b.channel) == ("here", "pin", "finished", "web")
        and first <= day_of(b.starts_at) <= last
        and day_of(b.booked_at) >= first - timedelta(days=20)
    ]
    found = await everything(city, EVERYWHERE, wanted)
    assert found == sorted(fitting, key=lambda b: b.booked_at, reverse=True)
    assert 0 < len(found) < len(whole)


@pytest.mark.parametrize("sort", ["starts_at", "status"])
async def test_visits_in_vain_and_those_without_a_result_are_found(
    city: City, sort: ListSort
) -> None:
    """完了できず, and 結果未入力: a day that is over with somebody expected or here."""
    for hour, outcome in ((9, "outage"), (10, "papers"), (11, "done")):
        booking = await city.booked(at(hour))
        await city.pool.execute(
            "UPDATE booking SET status = 'finished', outcome = $2 WHERE number = $1",
            booking.number, outcome,
        )  # fmt: skip
    forgotten = await city.booked(at(12))
    to_come = await city.booked(at(12, day=DAY + timedelta(days=1)))

    async def hours(status: str) -> list[int]:
        found = await everything(city, HERE, Filter(status=status, sort=sort))
        return [one.starts_at.astimezone(JST).hour for one in found]

    assert await hours("undone") == [9, 10]
    assert await hours("forgotten") == []
    await city.shift_clock(at(8, day=DAY + timedelta(days=1)))
    (found,) = await everything(city, HERE, Filter(status="forgotten", sort=sort))
    assert found.number == forgotten.number != to_come.number


async def test_a_visit_for_several_procedures_is_found_by_each_in_every_order(city: City) -> None:
    await add_bookings(city.owner_url, 60)
    await city.pool.execute("UPDATE booking SET also = '{slow}' WHERE procedure_id = 'pin'")
    for sort in SORTS:
        found = await everything(city, EVERYWHERE, Filter(procedure_id="slow", sort=sort, limit=7))
        assert {b.procedure_id for b in found} == {"pin", "slow"}
        assert len({b.booking_id for b in found}) == len(found)


async def test_days_are_the_citys_and_both_ends_count(city: City) -> None:
    """9:00 in the city is midnight elsewhere."""
    await city.booked(at(9))
    await city.booked(at(16))
    for days, count in (
        (DaySpan(DAY, DAY), 2),
        (DaySpan(DAY + timedelta(days=1), None), 0),
        (DaySpan(None, DAY - timedelta(days=1)), 0),
        (DaySpan(None, DAY), 2),
    ):
        assert len(await everything(city, HERE, Filter(days=days))) == count
    today = day_of(NOON_BEFORE)
    for booked, count in (
        (DaySpan(today, today), 2),
        (DaySpan(None, today - timedelta(days=1)), 0),
    ):
        assert len(await everything(city, HERE, Filter(booked=booked))) == count


async def test_no_filter_and_no_order_leads_to_another_office(city: City) -> None:
    await add_bookings(city.owner_url, 200)
    foreign = (await everything(city, EVERYWHERE, Filter(office_id="there")))[0]
    for sort in SORTS:
        here = await everything(city, HERE, Filter(sort=sort, limit=30))
        assert {b.office_id for b in here} == {"here"}
        assert len(here) < len(await everything(city, BOTH, Filter(sort=sort))) == 200
        assert await everything(city, HERE, Filter(office_id="there", sort=sort)) == []
        assert await everything(city, NOWHERE, Filter(sort=sort)) == []
        assert await everything(city, HERE, Filter(number=foreign.number, sort=sort)) == []


async def test_a_file_is_read_part_by_part_and_the_first_says_how_many_there_are(
    city: City,
) -> None:
    await add_bookings(city.owner_url, 250)
    wanted = Filter(sort="office", limit=100)
    parts = [part async for part in lists.export_all(city.desk, EVERYWHERE, wanted)]
    assert [len(part.bookings) for part in parts] == [100, 100, 50]
    assert [part.total for part in parts] == [250, None, None]
    assert abs(parts[0].at - NOON_BEFORE) < timedelta(minutes=5)
    mine = [part async for part in lists.export_all(city.desk, HERE, Filter())]
    assert mine[0].total == sum(len(part.bookings) for part in mine) < 250
    async with city.desk.open_store() as store:
        assert await store.lists.count_bookings({"*"}, Filter(), most=99) == 100


async def numbers_by_line(city: City, wanted: Filter, between: Awaitable[object]) -> list[str]:
    """The numbers of a file, in its order; `between` happens after its first part."""
    found: list[str] = []
    async with aclosing(lists.export_all(city.desk, EVERYWHERE, wanted)) as parts:
        async for part in parts:
            if not found:
                await between
            found += [booking.number for booking in part.bookings]
    return found


async def test_a_file_is_of_one_moment_whatever_moves_while_it_is_read(city: City) -> None:
    await add_bookings(city.owner_url, 250)
    before = [b.number for b in await everything(city, EVERYWHERE, Filter())]
    first, last = before[0], before[-1]

    async def exchange() -> None:
        """The first one goes to the end and the last one to the beginning."""
        for number, way in ((first, "+"), (last, "-")):
            await city.pool.execute(
                f"UPDATE booking SET starts_at = starts_at {way} interval '9 years'"
                " WHERE number = $1", number,
            )  # fmt: skip

    assert await numbers_by_line(city, Filter(limit=100), exchange()) == before


MANY = [60_000, pytest.param(200_000, marks=pytest.mark.soak)]
LOOKED_AT = 1 / 5
"""Of all rows what a page may look at: some 30 ms of 200,000. Counted, because a busy machine says
nothing by the clock.

Rare words are found through their own index; common ones soon fill a page in any order."""

NARROWED = (
    Filter(),
    Filter(office_id="here", status="confirmed"),
    Filter(status="missed", channel="counter"),
    Filter(procedure_id="pin", days=DaySpan(DAY, DAY + timedelta(days=7))),
    Filter(booked=DaySpan(DAY - timedelta(days=60), DAY - timedelta(days=60))),
    Filter(booked=DaySpan(DAY - timedelta(days=40), None), channel="counter"),
    Filter(days=DaySpan(DAY, None)),
    Filter(status="arrived"),
    Filter(status="confirmed", booked=DaySpan(None, DAY)),
)


@pytest.mark.parametrize("many", MANY)
async def test_the_first_page_of_any_list_looks_at_few_of_very_many(city: City, many: int) -> None:
    await add_bookings(city.owner_url, many)
    asked = [
        replace(narrowed, sort=sort, descending=descending, limit=100)
        for narrowed in NARROWED
        for sort in SORTS
        for descending in (False, True)
    ]
    looked_at = {wanted: await _looked_at(city, wanted) for wanted in asked}
    assert {wanted: rows for wanted, rows in looked_at.items() if rows > LOOKED_AT * many} == {}


async def _looked_at(city: City, wanted: Filter) -> float:
    """Rows that the database reads for a page, by the plans of its queries."""
    seen: list[Any] = []
    async with city.pool.acquire() as connection, connection.transaction():
        with connection.query_logger(seen.append):
            await Store(connection).lists.bookings({"*"}, wanted)
            await asyncio.sleep(0)
        lists = [query for query in seen if "FROM booking" in query.query]
        plans = [
            await connection.fetchval(
                f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query.query}", *query.args
            )
            for query in lists
        ]
    assert plans
    return sum(_rows_of(json.loads(plan)[0]["Plan"]) for plan in plans)


def _rows_of(node: dict[str, Any]) -> float:
    below = node.get("Plans", ())
    if below:
        return sum(map(_rows_of, below)) + float(node.get("Rows Removed by Index Recheck", 0))
    removed = node.get("Rows Removed by Filter", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])
