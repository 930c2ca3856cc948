"""RabbitMQ as the services use it: one topic exchange, one quorum queue per service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractQueue
from aio_pika.exceptions import AMQPConnectionError, AMQPError, ChannelInvalidStateError
from yarl import URL

EXCHANGE = "facts"
CONNECT_SECONDS = 10.0
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
    address = URL(amqp_url).update_query(heartbeat=HEARTBEAT_SECONDS)
    connection = await aio_pika.connect(address, timeout=CONNECT_SECONDS)
    try:
        yield connection
    finally:
        try:
            async with asyncio.timeout(5):
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
    dead: dict[str, Any] = {"x-queue-type": "quorum", "x-max-length": QUEUE_LIMIT}
    await channel.declare_queue(dead_queue(service), durable=True, arguments=dead)
    inbox: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-max-length": QUEUE_LIMIT,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(service),
        "x-dead-letter-strategy": "at-least-once",
    }
    queue = await channel.declare_queue(inbox_queue(service), durable=True, arguments=inbox)
    for name in fact_names:
        await queue.bind(EXCHANGE, name)
    return queue


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
