"""RabbitMQ as the services use it. What is durable there is declared by `libs.topology` alone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
)
from aiormq.exceptions import ChannelAccessRefused
from yarl import URL

from .broker import COMPLETE
from .logs import fields
from .metrics import BROKER_MISSES

log = logging.getLogger(__name__)
T = TypeVar("T")
Take = Callable[[AbstractIncomingMessage], Awaitable[Any]]
Sources = Iterable[tuple[str, str]]

CONNECT_SECONDS = 10.0
CANCEL_SECONDS = 1.0
CLOSE_SECONDS = 5.0
HEARTBEAT_SECONDS = 10
LIVE_QUEUE_LIMIT = 10_000
DEATHS = "x-death"
"""The header with the broker's notes about what happened to a message."""
LOOK_SECONDS = 1.0
SAY_AGAIN = 30
"""Looks between two lines of the log."""

CONNECTION_ERRORS: tuple[type[BaseException], ...] = (
    AMQPConnectionError,
    ChannelInvalidStateError,
    ConnectionError,
    asyncio.CancelledError,
)
BROKER_ERRORS: tuple[type[BaseException], ...] = (*CONNECTION_ERRORS, AMQPError, TimeoutError)
NOT_THERE = (ChannelNotFoundEntity, ChannelAccessRefused)


@asynccontextmanager
async def connected(amqp_url: str) -> AsyncIterator[AbstractConnection]:
    """A connection for the block, closed in bounded time. Publishing and consuming take one each:
    a broker short of memory blocks the publishing one."""
    connection = await _connect(URL(amqp_url).update_query(heartbeat=HEARTBEAT_SECONDS))
    try:
        yield connection
    finally:
        await _close(connection)


class _Connection(aio_pika.Connection):
    """Closed when it could not be opened: else it would do so when it is collected, outside of any
    loop."""

    async def connect(self, timeout: float | None = None) -> None:
        try:
            await super().connect(timeout)
        except BaseException:
            await self.close()
            raise


async def _connect(address: URL) -> AbstractConnection:
    """Not `connect(timeout=…)`: that is wait_for, which in Python 3.11 can swallow a cancellation.

    A handshake that is cancelled in the middle leaves its tasks behind, so it may finish first.
    """
    opening = asyncio.create_task(aio_pika.connect(address, connection_class=_Connection))
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await asyncio.shield(opening)
    except (TimeoutError, asyncio.CancelledError):
        await asyncio.wait({opening}, timeout=CANCEL_SECONDS)
        if not opening.cancel() and not opening.exception():
            await _close(opening.result())
        raise


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await connection.close()
    except TimeoutError:
        pass


def message(fact_id: UUID, name: str, body: str, request_id: str) -> aio_pika.Message:
    return aio_pika.Message(
        body.encode(),
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(fact_id),
        type=name,
        correlation_id=request_id,
    )


@dataclass(frozen=True)
class Subscription:
    """A running consumer. `ended` is done when connection, channel or queue is gone."""

    queue: AbstractQueue
    tag: str
    ended: asyncio.Future[None]


async def subscribe(
    connection: AbstractConnection, name: str, prefetch: int, take: Take, no_ack: bool = False
) -> Subscription:
    """Consume from a queue that others declare. It declares nothing itself, not even passively."""
    channel = await connection.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=prefetch)
    ended = await _ended(connection, channel)
    queue = await channel.get_queue(name, ensure=False)
    return Subscription(queue, await queue.consume(take, no_ack=no_ack), ended)


async def listen(
    connection: AbstractConnection, name: str, sources: Sources, prefetch: int, take: Take
) -> Subscription:
    """Consume from a queue that lives as long as its connection and drops its oldest when full.
    `sources` are the exchange and the name of each fact that it hears."""
    channel = await connection.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=prefetch)
    ended = await _ended(connection, channel)
    arguments: dict[str, Any] = {"x-max-length": LIVE_QUEUE_LIMIT, "x-overflow": "drop-head"}
    queue = await channel.declare_queue(name, exclusive=True, auto_delete=True, arguments=arguments)
    for exchange, fact_name in sources:
        await queue.bind(exchange, fact_name)
    return Subscription(queue, await queue.consume(take, no_ack=True), ended)


async def publishing(connection: AbstractConnection, exchange: str) -> AbstractExchange:
    """An exchange that others declare, on a channel with confirms, once all is there that they
    declare. Raises one of NOT_THERE."""
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    await channel.get_exchange(COMPLETE, ensure=True)
    return await channel.get_exchange(exchange, ensure=True)


async def when_there(what: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Try each second until the broker has `what` and lets us have it: a broker that is new or was
    emptied is set up by another command (`python -m libs.topology`)."""
    waited = 0
    while True:
        try:
            found = await attempt()
        except NOT_THERE as error:
            BROKER_MISSES.labels(what).set(1)
            if waited % SAY_AGAIN == 0:
                log.warning("the broker lacks it: run libs.topology", extra=_lacks(what, error))
            waited += 1
            await asyncio.sleep(LOOK_SECONDS)
        else:
            BROKER_MISSES.labels(what).set(0)
            return found


def _lacks(what: str, error: BaseException) -> Any:
    return fields(what=what, error=type(error).__name__)


async def _ended(connection: AbstractConnection, channel: AbstractChannel) -> asyncio.Future[None]:
    """Done when the connection or the channel is gone, or the broker ended a consumer of it because
    its queue is gone."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note(*_: object) -> None:
        if not done.done():
            done.set_result(None)

    connection.close_callbacks.add(note)
    channel.close_callbacks.add(note)
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(note)
    return done
