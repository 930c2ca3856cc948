"""A service as small as can be: one kind of fact that it publishes and takes in, one table."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import asyncpg
from aio_pika import Message
from aio_pika.abc import AbstractChannel
from sqlalchemy import Column, Integer, MetaData, Table, text

from libs.common import bus
from libs.common.broker import FactSources, facts_exchange, inbox_queue
from libs.common.consumer import DRAIN_SECONDS, Consumer, Subscriptions
from libs.common.database import SqlStore
from libs.common.facts import Fact
from libs.common.inbox import Retries, inbox_tables
from libs.common.outbox import Relay, outbox_table

SERVICE = "booking"
"""The user whose rights at the broker and whose schema the tests borrow."""

ORIGINS = FactSources(lambda fact: fact.partition(".")[0])
"""Here the first word of a fact is the name of its owner."""

metadata = MetaData()
Table("effect", metadata, Column("number", Integer, nullable=False))
outbox_table(metadata)
inbox_tables(metadata)


class Happened(Fact):
    name: ClassVar[str] = "booking.happened.v1"
    number: int


class Ignored(Fact):
    """Nobody has a queue for this one, and it may not be lost."""

    name: ClassVar[str] = "booking.ignored.v1"
    number: int


class Noticed(Fact):
    """Nobody needs to hear this one."""

    name: ClassVar[str] = "booking.noticed.v1"
    mandatory: ClassVar[bool] = False
    number: int


class Store(SqlStore):
    async def note(self, number: int) -> None:
        statement = text("INSERT INTO effect (number) VALUES (:number)")
        await self.session.execute(statement, {"number": number})


OpenStore = Callable[[], AbstractAsyncContextManager[Store]]


@dataclass
class Handler:
    """Notes the number of each fact, unless the test broke it; `seen` counts the tries."""

    broken: bool = False
    seconds: float = 0.0
    seen: list[int] = field(default_factory=list)

    async def __call__(self, fact: Happened, store: Store) -> None:
        self.seen.append(fact.number)
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise ValueError("Oita Taro cannot be handled")
        await store.note(fact.number)


@dataclass
class Parts:
    """The pieces of the small service, and what tests ask about its tables."""

    pool: asyncpg.Pool
    open_store: OpenStore
    amqp_url: str
    operator_url: str

    def relay(self) -> Relay:
        return Relay(SERVICE, self.pool, self.amqp_url)

    def consumer(
        self, handler: Handler, amqp_url: str | None = None, drain_seconds: float = DRAIN_SECONDS
    ) -> Consumer:
        url, retries = amqp_url or self.amqp_url, Retries(self.pool)
        handlers: Subscriptions[Store] = {Happened: handler}
        return Consumer(SERVICE, url, ORIGINS, handlers, self.open_store, retries, drain_seconds)

    async def publish(self, *facts: Fact) -> None:
        async with self.open_store() as store:
            for fact in facts:
                store.publish(fact)

    async def effects(self) -> list[int]:
        rows = await self.pool.fetch("SELECT number FROM effect ORDER BY number")
        return [row["number"] for row in rows]

    async def unsent(self) -> int:
        return int(await self.pool.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL"))

    async def retry_row(self) -> asyncpg.Record | None:
        return await self.pool.fetchrow(
            "SELECT name, body, error, attempts, dead_at,"
            " extract(epoch FROM next_at - clock_timestamp())::float8 AS wait FROM inbox_retry"
        )

    async def make_retries_due(self) -> None:
        await self.pool.execute("UPDATE inbox_retry SET next_at = clock_timestamp()")

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[AbstractChannel]:
        """A channel with every right, for looking at queues and for sending odd messages."""
        async with bus.connected(self.operator_url) as connection:
            yield await connection.channel(on_return_raises=True)

    async def listen(self, channel: AbstractChannel) -> list[Any]:
        """The ids of the messages that the service's queue gets from now on."""
        ids: list[Any] = []

        async def take(message: Any) -> None:
            ids.append(message.message_id)

        queue = await channel.get_queue(inbox_queue(SERVICE))
        await queue.consume(take, no_ack=True)
        return ids

    async def send(self, *messages: Message, routing_key: str = Happened.name) -> None:
        """Put messages on the exchange of facts, past the outbox."""
        async with self.channel() as channel:
            exchange = await channel.get_exchange(facts_exchange(SERVICE))
            for message in messages:
                await exchange.publish(message, routing_key)

    async def waiting_in(self, queue: str) -> int:
        """How many messages lie ready in a queue."""
        async with self.channel() as channel:
            declared = await channel.declare_queue(queue, passive=True)
            return declared.declaration_result.message_count or 0


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    """Wait until `check` is true; fail the test when it does not become so."""
    async with asyncio.timeout(seconds):
        while not await check():  # noqa: ASYNC110 - it asks a server, which sets no event
            await asyncio.sleep(0.05)
