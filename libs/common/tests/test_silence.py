"""A database machine that vanishes without a goodbye: seconds, not minutes, until work goes on.

The cable carries nothing more and closes nothing. Its kernel still confirms what it gets, as a
frozen server's does, so nothing but the bounds of the application help here; what the kernel does
about a machine that is really gone is in test_vanished.py.
"""

import socket
import time
from collections.abc import Awaitable

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from dev.testing import Database
from libs.common import connections
from libs.common.connections import (
    CANCEL_SECONDS,
    CLOSE_SECONDS,
    SILENT_SECONDS,
    connect,
    socket_of,
)
from libs.common.database import UNREACHABLE, close_engine, engine, pooled, store_opener
from libs.common.ops import CHECK_SECONDS, Readiness

from .cable import Cable
from .conftest import PlugIn
from .parts import Store

COMMAND = 1.0
BOUND = COMMAND + CANCEL_SECONDS + 1
"""A statement, its cancellation, and a machine that does other things as well."""


@pytest.fixture
async def cable(plug_in: PlugIn, tables: Database) -> Cable:
    return await plug_in(tables.url)


async def seconds_of(attempt: Awaitable[object]) -> float:
    """How long it takes until `attempt` fails because the database is away."""
    began = time.monotonic()
    with pytest.raises(UNREACHABLE):
        await attempt
    return time.monotonic() - began


async def test_an_engine_gives_a_silent_connection_up_and_goes_on_with_another(
    cable: Cable,
) -> None:
    source = engine(cable.url, 1, command_seconds=COMMAND)
    open_store = store_opener(source, Store, lambda: None)

    async def note(number: int) -> None:
        async with open_store() as store:
            await store.note(number)

    await note(1)
    cable.stall()
    assert await seconds_of(note(2)) < BOUND
    await note(3)
    await source.dispose()


async def test_a_pool_gives_a_silent_connection_up_and_goes_on_with_another(
    cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.database.COMMAND_SECONDS", COMMAND)
    async with pooled(cable.url, 1) as pool:

        async def note(number: int) -> None:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("INSERT INTO effect (number) VALUES ($1)", number)

        await note(1)
        cable.stall()
        assert await seconds_of(note(2)) < BOUND
        await note(3)


async def test_a_pool_closes_in_spite_of_a_silent_connection(cable: Cable) -> None:
    async with pooled(cable.url, 1) as pool:
        await pool.fetchval("SELECT 1")
        cable.stall()
        began = time.monotonic()
    assert time.monotonic() - began < CLOSE_SECONDS + 1


async def test_an_engine_closes_in_spite_of_a_silent_connection(cable: Cable) -> None:
    source = engine(cable.url, 1)
    async with source.connect() as connection:
        await connection.execute(text("SELECT 1"))
    cable.stall()
    began = time.monotonic()
    await close_engine(source)
    assert time.monotonic() - began < CLOSE_SECONDS + 1


async def test_readiness_says_so_soon_although_its_only_connection_is_silent(cable: Cable) -> None:
    async with pooled(cable.url, 1) as pool:
        readiness = Readiness()
        readiness.require("schema", lambda: _answers(pool))
        assert await readiness.failing() == []
        cable.stall()
        began = time.monotonic()
        assert await readiness.failing() == ["schema"]
        assert time.monotonic() - began < CHECK_SECONDS + CANCEL_SECONDS + 1
        assert await readiness.failing() == []


async def _answers(pool: asyncpg.Pool) -> bool:
    return bool(await pool.fetchval("SELECT true"))


async def test_the_kernel_is_told_to_care_on_every_connection(tables: Database) -> None:
    connection = await connect(tables.url)
    try:
        given = socket_of(connection)
        patience = given.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert patience == SILENT_SECONDS * 1000
        assert given.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        theirs = await connection.fetchval("SHOW tcp_user_timeout")
        assert int(theirs) == SILENT_SECONDS * 1000
        idle = await connection.fetchval("SHOW tcp_keepalives_idle")
        assert int(idle) == connections.KEEPALIVE["idle"]
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "met",
    [
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    ],
    ids=lambda met: type(met).__name__,
)
async def test_a_server_that_starts_ends_or_is_full_counts_as_away(
    met: Exception, tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise met

    monkeypatch.setattr("asyncpg.connect", refuse)
    source = engine(tables.url, 1)
    with pytest.raises(OperationalError):
        async with source.connect() as connection:
            await connection.execute(text("SELECT 1"))
    await source.dispose()
