"""Parties race for the same times on a real PostgreSQL: all of it or nothing, never two at one
window. Small here, large with -m soak.

`take_what_is_there` keeps what it could get, one time after the other. It leaves parts in the same
harness, which shows that the harness would see them.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from dev.testing import Database
from libs.contracts.booking import HoldRequest
from services.booking.domain import Busy, SlotFull, plan_visit

from .city import PROCEDURES, City, at, office, open_city

SLOW = next(p for p in PROCEDURES if p.procedure_id == "slow")
SMALL = pytest.param(3, id="small")
FULL = pytest.param(100, id="full", marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_one_of_twelve_parties_of_four_gets_the_last_four_places(
    database: Callable[[str], Database], rounds: int
) -> None:
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url, windows=4) as city:
        for _ in range(rounds):
            results = await asyncio.gather(*(party_of_four(city) for _ in range(12)))
            assert sorted(results) == ["full"] * 11 + ["held"]
            assert await city.pool.fetchval("SELECT count(*) FROM hold") == 1
            assert await taken_windows(city) == 4
            assert await holds_without_their_cells(city) == []
            await forget_holds(city)


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_taking_what_is_there_does_leave_parts(
    database: Callable[[str], Database], rounds: int
) -> None:
    booking = database("booking")
    parts = 0
    async with open_city(booking.url, booking.owner_url, windows=4) as city:
        for _ in range(rounds):
            taken = await asyncio.gather(*(take_what_is_there(city) for _ in range(12)))
            parts += sum(0 < windows < 4 for windows in taken)
            await forget_holds(city)
    assert parts > 0


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_parties_and_single_visitors_hold_whole_times_of_their_own(
    city: City, rounds: int
) -> None:
    for _ in range(rounds):
        await asyncio.gather(*(choose_and_choose_again(city) for _ in range(24)))
        assert await holds_without_their_cells(city) == []
        assert await cells_without_a_hold(city) == 0
        await forget_holds(city)


async def party_of_four(city: City) -> str:
    try:
        await city.hold_all(uuid4(), at(10), *("slow",) * 4)
    except SlotFull:
        return "full"
    return "held"


async def take_what_is_there(city: City) -> int:
    """One window after the other, each for good: how many there were."""
    visit = plan_visit(SLOW, office("here", 4).series, "here", at(10))
    ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(10))
    taken = 0
    for _ in range(4):
        async with city.desk.open_store() as store:
            request = city.desk.request("hold", str(uuid4()), ask)
            taken += await store.claim(uuid4(), visit, 10, None, request) is not None
    return taken


async def choose_and_choose_again(city: City) -> None:
    session = uuid4()
    for _ in range(random.randint(1, 3)):
        people = random.choices(("slow", "pin", "slow+pin"), k=random.choice((1, 1, 2, 3, 4)))
        start = at(9) + timedelta(minutes=30 * random.randrange(0, 4))
        arrangement = random.choice(("together", "in_turn"))
        try:
            if people in (["slow"], ["pin"]):
                await city.hold(session, start, people[0])
            else:
                await city.hold_all(session, start, *people, arrangement=arrangement)
        except (SlotFull, Busy):
            pass


async def taken_windows(city: City) -> int:
    count: int = await city.pool.fetchval(
        "SELECT count(DISTINCT window_id) FROM cell WHERE taken_until > clock()"
    )
    return count


PLACES = """
    SELECT holder, office_id, p.window_id, p.starts_at, p.cells FROM hold
    CROSS JOIN LATERAL jsonb_to_recordset(coalesce(lines, jsonb_build_array(jsonb_build_object(
        'window_id', hold.window_id, 'starts_at', hold.starts_at, 'cells', hold.cells))))
        AS p (window_id integer, starts_at timestamptz, cells integer)
"""
ITS_CELLS = """
    c.office_id = place.office_id AND c.window_id = place.window_id AND c.taken_by = place.holder
        AND c.starts_at >= place.starts_at
        AND c.starts_at < place.starts_at + place.cells * interval '5 minutes'
"""


async def holds_without_their_cells(city: City) -> list[asyncpg.Record]:
    """Times of holds that do not own each of their cells."""
    return await city.pool.fetch(f"""
        SELECT * FROM ({PLACES}) place
        WHERE cells <> (SELECT count(*) FROM cell c WHERE {ITS_CELLS} AND taken_until > clock())
        """)


async def cells_without_a_hold(city: City) -> int:
    """Cells that are taken, though the hold of who took them does not have them."""
    count: int = await city.pool.fetchval(f"""
        SELECT count(*) FROM cell c WHERE taken_until > clock()
            AND NOT EXISTS (SELECT FROM ({PLACES}) place WHERE {ITS_CELLS})
        """)
    return count


async def forget_holds(city: City) -> None:
    await city.pool.execute("UPDATE cell SET taken_by = NULL, taken_until = '-infinity'")
    await city.pool.execute("DELETE FROM hold")
