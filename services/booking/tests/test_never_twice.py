"""No place is ever given twice: races on a real PostgreSQL, small here and large with -m soak.

`check_then_insert` is what most products do. It overbooks in the same harness, which shows that
the harness would see it.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from dev.evidence import Evidence
from dev.testing import Database
from libs.common.errors import Problem
from services.booking.domain import Busy, HoldExpired, SlotFull
from services.booking.store.claims import CLAIM

from .city import DAY, NOON_BEFORE, City, at, open_city

PROVES = ["services/booking/store", "services/booking/actions", "services/booking/tables"]
SMALL = pytest.param(40, 3, id="small")
UNTIL = NOON_BEFORE + timedelta(minutes=10)
FULL = pytest.param(500, 100, id="full", marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


@pytest.mark.parametrize(("clients", "rounds"), [SMALL, FULL])
async def test_exactly_eight_of_many_get_one_start_time(
    city: City, clients: int, rounds: int, evidence: Evidence
) -> None:
    for _ in range(rounds):
        results = await asyncio.gather(*(try_to_hold(city, at(10)) for _ in range(clients)))
        assert sum(results) == 8
        assert await held_windows(city) == 8
        await forget_holds(city)
    evidence("never-twice", PROVES, clients=clients, rounds=rounds, windows=8, held=8 * rounds)


@pytest.mark.parametrize(("clients", "rounds"), [SMALL, FULL])
async def test_checking_and_then_inserting_does_overbook(
    city: City, clients: int, rounds: int
) -> None:
    most = 0
    for _ in range(rounds):
        await asyncio.gather(*(check_then_insert(city) for _ in range(clients)))
        most = max(most, await city.pool.fetchval("SELECT count(*) FROM hold"))
        await forget_holds(city)
    assert most > 8


@pytest.mark.parametrize(("clients", "rounds"), [SMALL, FULL])
async def test_long_and_short_visits_never_share_a_window(
    city: City, clients: int, rounds: int
) -> None:
    for _ in range(max(1, rounds // 10)):
        await asyncio.gather(*(hold_book_or_cancel(city) for _ in range(clients)))
        assert await city.double_taken() == []
        assert await cells_disagreeing_with_bookings(city) == 0
    assert await replay_history(city) == []


@pytest.mark.parametrize(("clients", "rounds"), [SMALL, FULL])
async def test_nobody_is_told_full_while_others_roll_back(
    city: City, clients: int, rounds: int
) -> None:
    """30 % of claims are rolled back after a moment; a 'full' is only right when eight are held."""
    for _ in range(rounds):
        results = await asyncio.gather(*(hold_or_roll_back(city) for _ in range(min(clients, 60))))
        said_full = results.count("full")
        assert await held_windows(city) == min(8, results.count("held"))
        assert not said_full or results.count("held") == 8
        await forget_holds(city)


@pytest.mark.parametrize(("clients", "rounds"), [SMALL, FULL])
async def test_one_person_gets_one_booking_through_any_office(
    city: City, clients: int, rounds: int
) -> None:
    for _ in range(max(1, rounds // 20)):
        tries = (book_as(city, "オナジヒト", n) for n in range(min(clients, 200)))
        results = await asyncio.gather(*tries)
        assert sum(results) == 1
        await city.pool.execute("UPDATE booking SET status = 'cancelled'")
        await city.pool.execute("UPDATE cell SET taken_by = NULL, taken_until = '-infinity'")
        await forget_holds(city)


@pytest.mark.parametrize("rounds", [3, pytest.param(200, marks=pytest.mark.soak)])
async def test_at_the_deadline_either_the_holder_or_the_next_has_the_time(
    database: Callable[[str], Database], rounds: int
) -> None:
    """One window, whose hold runs out in the moment of confirming: one of the two, never both."""
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url, windows=1) as city:
        for n in range(rounds):
            start = at(9 + n // 2 % 8, n % 2 * 30)
            session, other = uuid4(), uuid4()
            await city.hold(session, start)
            await city.pool.execute(
                "UPDATE hold SET expires_at = clock() + interval '15 ms' WHERE holder = $1", session
            )
            await city.pool.execute(
                "UPDATE cell SET taken_until = clock() + interval '15 ms' WHERE taken_by = $1",
                session,
            )
            await asyncio.sleep(random.uniform(0.010, 0.020))
            confirmed, taken = await asyncio.gather(
                confirm(city, session), hold_until_free(city, other, start)
            )
            assert confirmed != taken
            assert await city.double_taken() == []
            await city.pool.execute("UPDATE booking SET status = 'cancelled'")
            await city.pool.execute("UPDATE cell SET taken_by = NULL, taken_until = '-infinity'")
            await forget_holds(city)


async def try_to_hold(city: City, starts_at: datetime) -> bool:
    try:
        await city.hold(uuid4(), starts_at)
    except SlotFull:
        return False
    return True


async def check_then_insert(city: City) -> None:
    """Count, then insert: right when alone, wrong in company."""
    async with city.pool.acquire() as connection:
        if await connection.fetchval("SELECT count(*) FROM hold") < 8:
            await connection.execute(
                "INSERT INTO hold (holder, office_id, procedure_id, window_id, starts_at, cells,"
                " expires_at) VALUES ($1, 'here', 'slow', 1, $2, 6, clock() + interval '1 hour')",
                uuid4(),
                at(10),
            )


async def hold_book_or_cancel(city: City) -> None:
    """One citizen's wandering: choose, choose again, confirm or leave, cancel or come."""
    session = uuid4()
    try:
        for _ in range(random.randint(1, 3)):
            kind, unit = random.choice([("slow", 30), ("pin", 15)])
            start = at(9) + timedelta(minutes=unit * random.randrange(0, 120 // unit))
            await city.hold(session, start, kind)
        if random.random() < 0.7:
            booking = await city.book(session)
            if random.random() < 0.4:
                await city.cancel(booking)
    except (SlotFull, HoldExpired, Busy):
        pass


async def hold_or_roll_back(city: City) -> str:
    """'held', 'full', or 'rolled back' for the three in ten that claim and do not commit."""
    if random.random() < 0.3:
        async with city.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            starts = [at(10) + timedelta(minutes=5 * n) for n in range(6)]
            query = CLAIM(
                holder=uuid4(), office_id="here", starts=starts, windows=list(range(1, 9)),
                cells=6, until=UNTIL, procedure_id="slow", scope="scope", key=uuid4().hex,
                digest="digest", fact_id=uuid4(), fact_name="cells.changed.v1", request_id="-",
                extensions=0, first_until=UNTIL, earlier=None,
            )  # fmt: skip
            await connection.fetchrow(*query)
            await asyncio.sleep(random.uniform(0, 0.01))
            await transaction.rollback()
        return "rolled back"
    try:
        await city.hold(uuid4(), at(10))
    except SlotFull:
        return "full"
    return "held"


async def book_as(city: City, person: str, n: int) -> bool:
    session = uuid4()
    try:
        start = at(9) + timedelta(minutes=30 * (n % 16))
        await city.hold(session, start, office_id=("here", "there")[n % 2])
        await city.book(session, person=person)
    except Problem:
        return False
    return True


async def confirm(city: City, session: UUID) -> bool:
    try:
        await city.book(session)
    except HoldExpired:
        return False
    return True


async def hold_until_free(city: City, session: UUID, start: datetime) -> bool:
    """Try for longer than the hold lives; False when the time turned out to be booked."""
    for _ in range(20):
        try:
            await city.hold(session, start)
        except SlotFull:
            await asyncio.sleep(0.003)
        else:
            return True
    return False


async def held_windows(city: City) -> int:
    count: int = await city.pool.fetchval(
        "SELECT count(DISTINCT window_id) FROM cell WHERE starts_at = $1 AND taken_until > clock()",
        at(10),
    )
    return count


async def forget_holds(city: City) -> None:
    await city.pool.execute(
        "UPDATE cell SET taken_by = NULL, taken_until = '-infinity' WHERE taken_until < 'infinity'"
    )
    await city.pool.execute("DELETE FROM hold")


async def cells_disagreeing_with_bookings(city: City) -> int:
    """Cells that are booked for nobody, and living bookings without all of their cells."""
    count: int = await city.pool.fetchval("""
        WITH owned AS (
            SELECT b.booking_id, count(c.starts_at) * 5 AS minutes
            FROM booking b LEFT JOIN cell c ON c.taken_by = b.booking_id
                AND c.taken_until = 'infinity'
            WHERE b.status IN ('confirmed', 'arrived') GROUP BY b.booking_id)
        SELECT (SELECT count(*) FROM owned JOIN booking b USING (booking_id)
                WHERE owned.minutes <> b.minutes)
            + (SELECT count(*) FROM cell c WHERE c.taken_until = 'infinity' AND NOT EXISTS (
                SELECT FROM booking b WHERE b.booking_id = c.taken_by
                    AND b.status IN ('confirmed', 'arrived')))
        """)
    return count


async def replay_history(city: City) -> list[asyncpg.Record]:
    """Play every line of history in the order of the database's clock: the steps at which a window
    was given to one booking while another still had it."""
    lines = await city.pool.fetch(
        "SELECT booking_id, at, status, office_id, window_id, starts_at, minutes"
        " FROM booking_history ORDER BY at, version"
    )
    owner: dict[tuple[str, int, datetime], UUID] = {}
    wrong = []
    for line in lines:
        for cell in [cell for cell, whose in owner.items() if whose == line["booking_id"]]:
            del owner[cell]
        if line["status"] == "cancelled":
            continue
        for n in range(line["minutes"] // 5):
            start = line["starts_at"] + timedelta(minutes=5 * n)
            cell = (line["office_id"], line["window_id"], start)
            if owner.setdefault(cell, line["booking_id"]) != line["booking_id"]:
                wrong.append(line)
    return wrong


def test_the_day_of_these_tests_is_a_working_day() -> None:
    assert DAY.weekday() < 5
    assert NOON_BEFORE.date() < DAY
