"""SIGTERM under load: what was accepted is answered in full, and nothing acknowledged is lost."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice

import asyncpg
import pytest

from bench.journey import Place
from bench.visitor import Visitor

from .crowd import AnyStack, Patient, book_many, new_visitor
from .ledger import as_superuser, assert_nothing_lost, eventually, settled

IN_FLIGHT = 6
COUNT = 60
# What a browser shows as 'cannot connect': refused, or reset while it stood in the port's queue.
# A proxy has stopped coming by then; a browser's second try finds its key where the first got far.
NOT_ACCEPTED = {"ClientConnectorError", "ClientOSError", "ServerDisconnectedError"}


@asynccontextmanager
async def table_locked(stack: AnyStack) -> AsyncIterator[asyncpg.Connection]:
    """Nobody can write a booking inside this block; whoever tries, waits."""
    async with as_superuser(stack) as connection, connection.transaction():
        await connection.execute("LOCK TABLE booking.booking IN EXCLUSIVE MODE")
        yield connection


async def waiting(connection: asyncpg.Connection) -> int:
    """How many wait for the table. pg_stat_activity would stand still within a transaction."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM pg_locks WHERE relation = 'booking.booking'::regclass AND NOT granted"
    )
    return count


async def at_the_last_page(visitor: Visitor, place: Place) -> None:
    """Everything is answered; only the last button is left."""
    office, day, start = place
    born = {"born-era": "ce", "born-year": "1960", "born-month": "4", "born-day": "1"}
    await visitor.prepare(office)
    await visitor.times(day)
    assert await visitor.hold(start)
    kana = "シュウリョウ" + "".join(
        "サシスセソタチツテト"[int(digit)] for digit in str(visitor.name)
    )
    await visitor.post(f"{visitor.draft}/you", kana=kana, email=visitor.email, **born)
    await visitor.get(f"{visitor.draft}/check")


@pytest.mark.parametrize("name", ["internet", "booking"])
async def test_what_is_under_way_is_answered_before_the_process_ends(
    stack: AnyStack, places: Iterator[Place], name: str
) -> None:
    service = stack.services[name]
    visitors = [await new_visitor(stack).__aenter__() for _ in range(IN_FLIGHT)]
    try:
        for visitor, place in zip(visitors, islice(places, IN_FLIGHT), strict=True):
            await at_the_last_page(visitor, place)
        async with table_locked(stack) as connection:
            asked = [asyncio.create_task(press(visitor)) for visitor in visitors]

            async def all_wait() -> bool:
                return await waiting(connection) == IN_FLIGHT

            await eventually("all requests are under way", all_wait)
            service.signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert service.alive
        assert await asyncio.gather(*asked) == ["done"] * IN_FLIGHT
    finally:
        await asyncio.gather(*(visitor.session.close() for visitor in visitors))
    assert service.child
    assert await asyncio.to_thread(service.child.wait, 20) == 0
    service.start()
    await service.wait_ready()
    await settled(stack)


async def press(visitor: Patient) -> str:
    """Press the last button once; the page it leads to. Any failure is one."""
    where = await Visitor.post(visitor, f"{visitor.draft}/confirm")
    return where.rpartition("/")[2]


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("name", "allowed"), [("booking", {"NotNow"}), ("internet", NOT_ACCEPTED)])
async def test_a_restart_under_load_fails_no_request_that_was_accepted(
    stack: AnyStack, places: Iterator[Place], name: str, allowed: set[str]
) -> None:
    """With booking away the door answers 503 in full; with the door away nobody is let in half."""
    crowd = await book_many(stack, places, COUNT, fault=stack.services[name].restart)
    print(crowd.describe())
    assert set(crowd.troubles) <= allowed
    await settled(stack)
    assert await assert_nothing_lost(stack, crowd) == 0
