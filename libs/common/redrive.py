"""What operators do about facts that were given up on: list them, and send them round again."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aio_pika
import asyncpg
from aio_pika.abc import (
    AbstractChannel,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from sqlalchemy.exc import DBAPIError

from . import bus
from .broker import FactSources, again_exchange, dead_queue, inbox_queue
from .database import asyncpg_pool
from .inbox import DeadLetter, Retries
from .settings import ServiceSettings

PUBLISH_SECONDS = 5.0
_FAILURES: tuple[type[BaseException], ...] = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    DBAPIError,
    *bus.BROKER_ERRORS,
)


@dataclass(frozen=True)
class DeadLetters:
    """The facts given up on, and the number of messages that could not even be read."""

    facts: list[DeadLetter]
    unread: int


@dataclass(frozen=True)
class Redriven:
    """How many came back: facts from the database, messages from the dead queue. `foreign` are the
    messages that stay there, because they did not come from the owner of such a fact."""

    facts: int
    messages: int
    foreign: int = 0


def main(service: str, settings: ServiceSettings, origins: FactSources) -> None:
    """What `python -m services.X redrive` does."""
    attempt(lambda: _redrive_and_say(service, settings, origins))


def show(service: str, settings: ServiceSettings) -> None:
    """What `python -m services.X dead-letters` does. Shows names and reasons, never a body."""
    attempt(lambda: _list_and_say(service, settings))


async def redrive(service: str, settings: ServiceSettings, origins: FactSources) -> Redriven:
    """The running service takes both in again: the first from its table, the second from its
    queue."""
    pool = await asyncpg_pool(settings.database_url, 1)
    try:
        facts = await Retries(pool).redrive()
    finally:
        await pool.close()
    messages, foreign = await _requeue(service, settings.amqp_url, origins)
    return Redriven(facts, messages, foreign)


async def dead_letters(service: str, settings: ServiceSettings) -> DeadLetters:
    pool = await asyncpg_pool(settings.database_url, 1)
    try:
        facts = await Retries(pool).dead_letters()
    finally:
        await pool.close()
    async with bus.connected(settings.amqp_url) as connection:
        queue = await _dead(await connection.channel(), service)
        return DeadLetters(facts, queue.declaration_result.message_count or 0)


async def _dead(channel: AbstractChannel, service: str) -> AbstractQueue:
    """The dead queue of `service` as it is now. Raises ChannelNotFoundEntity."""
    return await channel.declare_queue(dead_queue(service), passive=True)


async def _requeue(service: str, amqp_url: str, origins: FactSources) -> tuple[int, int]:
    """Move what lies in the dead queue now; what comes back during the move waits its turn. What
    stays is given back at the end, when the connection goes."""
    again = again_exchange(service)
    async with bus.connected(amqp_url) as connection:
        exchange = await bus.publishing(connection, again)
        queue = await _dead(await connection.channel(), service)
        moved, foreign = 0, 0
        for _ in range(queue.declaration_result.message_count or 0):
            message = await _next(queue)
            if message is None:
                break
            if _is_foreign(message, origins, again):
                foreign += 1
                continue
            await _move(message, exchange)
            moved += 1
        return moved, foreign


async def _next(queue: AbstractQueue) -> AbstractIncomingMessage | None:
    async with asyncio.timeout(PUBLISH_SECONDS):
        return await queue.get(fail=False)


async def _move(message: AbstractIncomingMessage, exchange: AbstractExchange) -> None:
    """It leaves the dead queue when the inbox has it."""
    async with asyncio.timeout(PUBLISH_SECONDS):
        await exchange.publish(_copy(message), "", mandatory=True)
        await message.ack()


def _is_foreign(message: AbstractIncomingMessage, origins: FactSources, again: str) -> bool:
    """Whether it came to the inbox through an exchange that may not bring such a fact. The broker
    notes the exchange when it buries a message; a publisher's own notes never get this far."""
    deaths: Any = message.headers.get(bus.DEATHS) or [{}]
    exchange = str(deaths[0].get("exchange", ""))
    return exchange != again and not origins.believes(exchange, message.type or "")


def _copy(message: AbstractIncomingMessage) -> aio_pika.Message:
    """The message as its publisher sent it, without the broker's notes about its death."""
    return aio_pika.Message(
        message.body,
        content_type=message.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=message.message_id,
        type=message.type,
        correlation_id=message.correlation_id,
    )


async def _redrive_and_say(service: str, settings: ServiceSettings, origins: FactSources) -> None:
    back = await redrive(service, settings, origins)
    _say(f"{back.facts} failed facts will be tried again now.")
    _say(f"{back.messages} unread messages were put back into {inbox_queue(service)}.")
    if back.foreign:
        _say(f"{back.foreign} messages stay: they did not come from the owner of such a fact.")


async def _list_and_say(service: str, settings: ServiceSettings) -> None:
    found = await dead_letters(service, settings)
    for letter in found.facts:
        when = letter.dead_at.isoformat(timespec="seconds")
        _say(f"{when}  {letter.name}  {letter.attempts} tries  {letter.error}")
    _say(f"{len(found.facts)} failed facts, {found.unread} unread messages.")


def attempt(work: Callable[[], Awaitable[None]]) -> None:
    """Run a command of operators; a database or broker that does not answer ends it in a sentence.
    What the command does must be as good when it is done twice."""

    async def run() -> None:
        await work()

    for library in ("aio_pika", "aiormq"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        asyncio.run(run())
    except _FAILURES as error:
        sys.exit(
            f"The database or the broker refused ({type(error).__name__}). Nothing is lost; "
            "see that both answer and run this command again."
        )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
