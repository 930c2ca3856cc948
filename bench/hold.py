"""The hold statement against the cheapest write there is: one row inserted and committed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from statistics import quantiles
from uuid import uuid4

import asyncpg

from libs.contracts.booking import HoldRequest
from services.booking.actions import holds
from services.booking.domain import Busy, SlotFull, plan_visit
from services.booking.domain.holding import Holding
from services.booking.store import Store
from services.booking.store.base import Request
from services.booking.tests.city import PROCEDURES, City, at, office

CLIENTS = 16
WINDOWS = 8
SECONDS = 4.0
SLOW = next(p for p in PROCEDURES if p.procedure_id == "slow")


async def per_second(clients: int, seconds: float, step: Callable[[int], Awaitable[None]]) -> float:
    """How often `clients` together do `step` in a second."""
    done = 0
    end = time.perf_counter() + seconds

    async def client(number: int) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await step(number)
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(client(n) for n in range(clients)))
    return done / (time.perf_counter() - started)


async def one_row_inserts(pool: asyncpg.Pool, seconds: float = SECONDS) -> float:
    connections = [await pool.acquire() for _ in range(CLIENTS)]

    async def insert(number: int) -> None:
        await connections[number].execute("INSERT INTO inbox (message_id) VALUES ($1)", uuid4())

    try:
        return await per_second(CLIENTS, seconds, insert)
    finally:
        for connection in connections:
            await pool.release(connection)


async def fresh_holds(city: City) -> float:
    """New sessions, each taking its own 30 minutes, until the day is full."""
    days = await days_of(city)
    connections = [await city.pool.acquire() for _ in range(CLIENTS)]
    visits = [
        plan_visit(SLOW, office(place, WINDOWS).series, place, at(9 + n // 2, n % 2 * 30, day))
        for place in ("here", "there")
        for day in days
        for n in range(16)
        for _ in range(8)
    ]
    waiting = iter(visits)
    until = await connections[0].fetchval("SELECT clock()") + timedelta(minutes=10)
    held_until = Holding(until, until)

    async def client(number: int) -> int:
        held = 0
        for visit in waiting:
            key = Request("bench", uuid4().hex, "digest")
            if await Store(connections[number]).claims.claim(uuid4(), visit, held_until, key):
                held += 1
        return held

    started = time.perf_counter()
    held = sum(await asyncio.gather(*(client(n) for n in range(CLIENTS))))
    seconds = time.perf_counter() - started
    for connection in connections:
        await city.pool.release(connection)
    return held / seconds


async def counted(city: City) -> float:
    """Whole choices a second whose origin is counted ÷ those of unknown origin."""
    plain = await _choices(city, lambda _: ())
    await free_everything(city)
    with_origin = await _choices(city, lambda number: (f"{number:064x}",))
    await free_everything(city)
    return with_origin / plain


async def _choices(city: City, origins: Callable[[int], tuple[str, ...]]) -> float:
    """New sessions that each choose a time of one day, each from an origin of its own."""
    numbers = iter(range(16 * WINDOWS))

    async def client() -> None:
        for number in numbers:
            start = at(9 + number % 16 // 2, number % 2 * 30)
            ask = HoldRequest(
                procedure_id="slow", office_id="here", starts_at=start, origins=origins(number)
            )
            session = uuid4()
            request = city.desk.request(f"hold:{session}", uuid4().hex, ask)
            await holds.hold_time(city.desk, session, request, ask)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS // 2)))
    return 16 * WINDOWS / (time.perf_counter() - started)


async def days_of(city: City) -> list[date]:
    rows = await city.pool.fetch(
        "SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day FROM cell ORDER BY 1"
    )
    return [row["day"] for row in rows]


async def free_everything(city: City) -> None:
    """Nothing taken; cells that were free stay untouched, so that no storm meets their traces."""
    await city.pool.execute(
        "UPDATE cell SET taken_by = NULL, taken_until = '-infinity' WHERE taken_by IS NOT NULL"
    )
    await city.pool.execute("DELETE FROM hold")
    await city.pool.execute("DELETE FROM origin_time")


async def storm(city: City, clients: int = 32) -> tuple[int, float]:
    """(holds given, p95 of refusals in ms) when everybody wants the same start at once."""
    refusals: list[float] = []

    async def client() -> int:
        ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(12))
        session = uuid4()
        request = city.desk.request(f"hold:{session}", uuid4().hex, ask)
        started = time.perf_counter()
        try:
            await holds.hold_time(city.desk, session, request, ask)
        except (SlotFull, Busy):
            refusals.append(time.perf_counter() - started)
            return 0
        return 1

    await free_everything(city)
    given = sum(await asyncio.gather(*(client() for _ in range(clients))))
    return given, quantiles(refusals, n=20)[18] * 1000
