"""RabbitMQ as the services use it: one topic exchange, one quorum queue per service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aio_pika
from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from aio_pika.exceptions import AMQPConnectionError, AMQPError, ChannelInvalidStateError
from yarl import URL

EXCHANGE = "facts"
CONNECT_SECONDS = 10.0
CANCEL_SECONDS = 1.0
CLOSE_SECONDS = 5.0
HEARTBEAT_SECONDS = 10
DELIVERY_LIMIT = 20
QUEUE_LIMIT = 500_000
LIVE_QUEUE_LIMIT = 10_000

CONNECTION_ERRORS: tuple[type[BaseException], ...] = (
    AMQPConnectionError,
    ChannelInvalidStateError,
    ConnectionError,
    asyncio.CancelledError,
)
BROKER_ERRORS: tuple[type[BaseException], ...] = (*CONNECTION_ERRORS, AMQPError, TimeoutError)


@asynccontextmanager
async def connected(amqp_url: str) -> AsyncIterator[AbstractConnection]:
    """A connection for the block, closed in bounded time. Publishing and consuming take one each:
    a broker short of memory blocks the publishing one."""
    connection = await _connect(URL(amqp_url).update_query(heartbeat=HEARTBEAT_SECONDS))
    try:
        yield connection
    finally:
        await _close(connection)


async def _connect(address: URL) -> AbstractConnection:
    """Not `connect(timeout=…)`: that is wait_for, which in Python 3.11 can swallow a cancellation.

    A handshake that is cancelled in the middle leaves its tasks behind, so it may finish first.
    """
    opening = asyncio.create_task(aio_pika.connect(address))
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


def inbox_queue(service: str) -> str:
    return f"{service}.inbox"


def dead_queue(service: str) -> str:
    return f"{service}.dead"


async def declare_inbox(
    channel: AbstractChannel, service: str, fact_names: list[str]
) -> AbstractQueue:
    """The durable queue of `service`, bound to the facts it listens to, and its dead letters.

    Quorum queues, an explicit delivery limit and at-least-once dead-lettering work alike on
    RabbitMQ 3.10 and 4.x; at-least-once asks for reject-publish.
    """
    await declare_dead(channel, service)
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-max-length": QUEUE_LIMIT,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": dead_queue(service),
        "x-dead-letter-strategy": "at-least-once",
    }
    queue = await channel.declare_queue(inbox_queue(service), durable=True, arguments=arguments)
    for name in fact_names:
        await queue.bind(EXCHANGE, name)
    return queue


async def declare_dead(channel: AbstractChannel, service: str) -> AbstractQueue:
    """Where the broker puts what `service` rejects, through an exchange of the same name.

    An exchange of its own, because nobody may write to the default one: it reaches every queue.
    """
    name = dead_queue(service)
    exchange = await channel.declare_exchange(name, ExchangeType.FANOUT, durable=True)
    arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-max-length": QUEUE_LIMIT}
    queue = await channel.declare_queue(name, durable=True, arguments=arguments)
    await queue.bind(exchange)
    return queue


async def declare_again(channel: AbstractChannel, service: str) -> AbstractExchange:
    """The way back from the dead queue into the inbox of `service`, which must exist."""
    name = f"{service}.again"
    exchange = await channel.declare_exchange(name, ExchangeType.FANOUT, durable=True)
    inbox = await channel.get_queue(inbox_queue(service), ensure=True)
    await inbox.bind(exchange)
    return exchange


async def declare_live(channel: AbstractChannel, name: str, fact_names: list[str]) -> AbstractQueue:
    """A queue that lives as long as its connection and drops its oldest when it is full."""
    arguments: dict[str, Any] = {"x-max-length": LIVE_QUEUE_LIMIT, "x-overflow": "drop-head"}
    queue = await channel.declare_queue(name, exclusive=True, auto_delete=True, arguments=arguments)
    for fact_name in fact_names:
        await queue.bind(EXCHANGE, fact_name)
    return queue


def closed(connection: AbstractConnection, channel: AbstractChannel) -> asyncio.Future[None]:
    """Done when the connection or the channel is gone, for whatever reason."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note(*_: object) -> None:
        if not done.done():
            done.set_result(None)

    connection.close_callbacks.add(note)
    channel.close_callbacks.add(note)
    return done
