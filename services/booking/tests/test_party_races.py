"""Parties race for the same times on a real PostgreSQL: all of it or nothing, never two at one
window. Small here, large with -m soak.

`take_what_is_there` keeps what it could get, one time after the other. It leaves parts in the same
harness, which shows that the harness would see them.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import permutations
from uuid import uuid4

import asyncpg
import pytest

from dev.testing import Database
from libs.contracts.booking import BookingProof, HoldRequest
from services.booking.domain import (
    AlreadyBooked,
    Busy,
    HoldExpired,
    PartyFull,
    SlotFull,
    plan_visit,
    seats,
)
from services.booking.domain.holding import Holding

from .city import BORN, PROCEDURES, STANDING_PERSONS, City, at, new_person, office, open_city
from .test_never_twice import cells_disagreeing_with_bookings, replay_history

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
async def test_no_party_is_told_full_while_others_roll_back(city: City, rounds: int) -> None:
    """Two parties of four fit. A 'full' is only right when two hold; some roll back instead."""
    for _ in range(rounds):
        results = await asyncio.gather(*(hold_or_roll_back(city) for _ in range(12)))
        held = results.count("held")
        assert await taken_windows(city) == 4 * held <= 8
        assert held == 2 or "full" not in results
        assert await holds_without_their_cells(city) == []
        await forget_holds(city)


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_parties_and_single_visitors_hold_whole_times_of_their_own(
    city: City, rounds: int
) -> None:
    for _ in range(rounds):
        await asyncio.gather(*(choose_and_choose_again(city) for _ in range(24)))
        assert await holds_without_their_cells(city) == []
        assert await cells_without_a_hold(city) == 0
        await forget_holds(city)


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_parties_and_single_visitors_are_booked_and_never_share_a_window(
    city: City, rounds: int
) -> None:
    for _ in range(max(1, rounds // 5)):
        await asyncio.gather(*(choose_book_or_cancel(city) for _ in range(30)))
        assert await city.double_taken() == []
        assert await cells_disagreeing_with_bookings(city) == 0
        assert await parties_of_which_a_part_is_missing(city) == []
    assert await city.pool.fetchval("SELECT count(DISTINCT party_id) FROM booking") > 0
    assert await replay_history(city) == []


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_of_parties_with_the_same_people_in_any_order_one_is_booked(
    city: City, rounds: int
) -> None:
    orders = list(permutations(("ヒトア", "ヒトイ", "ヒトウ")))
    for _ in range(rounds):
        results = await asyncio.gather(
            *(book_party(city, order, at(9 + m)) for m, order in enumerate(orders))
        )
        assert sorted(results) == ["already-booked"] * 5 + ["booked"]
        assert await city.pool.fetchval(STANDING_PERSONS) == 3
        await forget_bookings(city)


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_many_who_add_somebody_at_once_stop_at_the_limit(city: City, rounds: int) -> None:
    for _ in range(rounds):
        first = await city.booked(at(9))
        results = await asyncio.gather(*(add_to(city, first.number) for _ in range(8)))
        assert sorted(results) == ["booked"] * 3 + ["party-full"] * 5
        assert await city.pool.fetchval("SELECT count(DISTINCT party_id) FROM booking") == 1
        await forget_bookings(city)


async def party_of_four(city: City) -> str:
    try:
        await city.hold_all(uuid4(), at(10), *("slow",) * 4)
    except SlotFull:
        return "full"
    return "held"


async def hold_or_roll_back(city: City) -> str:
    """'held', 'full', or 'rolled back' for the three in ten that take it and do not commit."""
    if random.random() >= 0.3:
        return await party_of_four(city)
    visit = plan_visit(SLOW, office("here", 8).series, "here", at(10))
    with suppress(RolledBackError):
        async with city.desk.open_store() as store:
            until = await store.now() + timedelta(minutes=10)
            windows = seats([await store.cells.free_windows(visit)] * 4, "together")
            if windows:
                await store.claims.claim_all(
                    uuid4(), [visit] * 4, windows, Holding(until, until), None
                )
            await asyncio.sleep(random.uniform(0, 0.01))
            raise RolledBackError
    return "rolled back"


class RolledBackError(Exception):
    """Somebody changed their mind before the commit."""


async def take_what_is_there(city: City) -> int:
    """One window after the other, each for good: how many there were."""
    visit = plan_visit(SLOW, office("here", 4).series, "here", at(10))
    ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(10))
    taken = 0
    for _ in range(4):
        async with city.desk.open_store() as store:
            request = city.desk.request("hold", str(uuid4()), ask)
            until = await store.now() + timedelta(minutes=10)
            held = Holding(until, until)
            taken += await store.claims.claim(uuid4(), visit, held, request)
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


async def choose_book_or_cancel(city: City) -> None:
    """Somebody's wandering: alone or with others, for one thing or two, and perhaps not at all."""
    session = uuid4()
    people = random.choices(("slow", "pin", "slow+pin"), k=random.choice((1, 1, 2, 3, 4)))
    try:
        for _ in range(random.randint(1, 2)):
            start = at(9) + timedelta(minutes=30 * random.randrange(0, 11))
            arrangement = random.choice(("together", "in_turn"))
            await city.hold_all(session, start, *people, arrangement=arrangement)
        if random.random() < 0.8:
            booking = await city.book_all(session, *(new_person() for _ in people))
            if random.random() < 0.4:
                await city.cancel(booking)
    except (SlotFull, HoldExpired, Busy):
        pass


async def book_party(city: City, people: Sequence[str], starts_at: datetime) -> str:
    session = uuid4()
    await city.hold_all(session, starts_at, *("slow" for _ in people))
    try:
        await city.book_all(session, *people)
    except AlreadyBooked as refused:
        return refused.slug
    return "booked"


async def add_to(city: City, number: str) -> str:
    session = uuid4()
    await city.hold(session, at(10))
    try:
        await city.book(session, joins=BookingProof(number=number, born=BORN))
    except PartyFull as refused:
        return refused.slug
    return "booked"


async def parties_of_which_a_part_is_missing(city: City) -> list[asyncpg.Record]:
    """Parties whose lines do not run from the first to the last."""
    return await city.pool.fetch("""
        SELECT party_id FROM booking WHERE party_id IS NOT NULL GROUP BY party_id
        HAVING count(*) <> max(party_line) + 1 OR count(*) = 1""")


async def forget_bookings(city: City) -> None:
    await city.pool.execute("UPDATE booking SET status = 'cancelled', party_id = NULL")
    await forget_holds(city)


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
