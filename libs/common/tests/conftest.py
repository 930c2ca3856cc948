"""The small service on a database and a virtual host of its own, and cables to cut."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from dev.testing import Broker, Database, Databases, VirtualHost, fresh_vhost
from libs.common import bus
from libs.common.broker import facts_exchange, inbox_queue
from libs.common.database import asyncpg_pool, engine, store_opener
from libs.common.tests.cable import Cable
from libs.common.tests.parts import SERVICE, Happened, Parts, Store, metadata

PlugIn = Callable[[str], Awaitable[Cable]]
Assemble = Callable[[str], Awaitable[Parts]]


@pytest.fixture
def scratch(databases: Databases) -> Iterator[Database]:
    """A database with the schemas and roles of production and none of its tables."""
    with databases.empty() as of:
        yield of(SERVICE)


@pytest.fixture
async def tables(scratch: Database) -> AsyncIterator[Database]:
    """The scratch database with the small service's tables."""
    owner = engine(scratch.owner_url, 1)
    async with owner.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield scratch
    await owner.dispose()


@pytest.fixture
async def vhost(rabbitmq: Broker) -> AsyncIterator[VirtualHost]:
    """Where the small service also takes in what it publishes itself."""
    with fresh_vhost(rabbitmq) as fresh:
        async with bus.connected(fresh.url("operator")) as connection:
            inbox = await (await connection.channel()).get_queue(inbox_queue(SERVICE))
            await inbox.bind(facts_exchange(SERVICE), Happened.name)
        yield fresh


@pytest.fixture
async def assemble(tables: Database, vhost: VirtualHost) -> AsyncIterator[Assemble]:
    """Makes the small service on the database at an address, which may lead through a cable."""
    async with AsyncExitStack() as stack:

        async def parts(database_url: str) -> Parts:
            pool = await asyncpg_pool(database_url, 5)
            stack.push_async_callback(pool.close)
            source = engine(database_url, 5)
            stack.push_async_callback(source.dispose)
            open_store = store_opener(source, Store, lambda: None)
            return Parts(pool, open_store, vhost.url(SERVICE), vhost.url("operator"))

        yield parts


@pytest.fixture
async def parts(assemble: Assemble, tables: Database) -> Parts:
    return await assemble(tables.url)


@pytest.fixture
async def plug_in() -> AsyncIterator[PlugIn]:
    """`await plug_in(url)` is a cable to that server, cut at the end of the test."""
    async with AsyncExitStack() as stack:

        async def cable_to(url: str) -> Cable:
            cable = Cable(url)
            await cable.plug()
            stack.push_async_callback(cable.cut)
            return cable

        yield cable_to
