"""What operators do about facts that were given up on: list them, and send them round again."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aio_pika
import asyncpg
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage, AbstractQueue

from . import bus
from .database import asyncpg_pool
from .inbox import DeadLetter, Retries
from .settings import ServiceSettings

PUBLISH_SECONDS = 5.0
_FAILURES: tuple[type[BaseException], ...] = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    *bus.BROKER_ERRORS,
)


@dataclass(frozen=True)
class DeadLetters:
    """The facts given up on, and the number of messages that could not even be read."""

    facts: list[DeadLetter]
    unread: int


def main(service: str, settings: ServiceSettings) -> None:
    """What `python -m services.X redrive` does."""
    attempt(lambda: _redrive_and_say(service, settings))


def show(service: str, settings: ServiceSettings) -> None:
    """What `python -m services.X dead-letters` does. Shows names and reasons, never a body."""
    attempt(lambda: _list_and_say(service, settings))


async def redrive(service: str, settings: ServiceSettings) -> tuple[int, int]:
    """How many facts came back from the database and how many messages from the dead queue.

    The running service takes both in again: the first from its table, the second from its queue.
    """
    pool = await asyncpg_pool(settings.database_url, 1)
    try:
        facts = await Retries(pool).redrive()
    finally:
        await pool.close()
    return facts, await _requeue(service, settings.amqp_url)


async def dead_letters(service: str, settings: ServiceSettings) -> DeadLetters:
    pool = await asyncpg_pool(settings.database_url, 1)
    try:
        facts = await Retries(pool).dead_letters()
    finally:
        await pool.close()
    async with bus.connected(settings.amqp_url) as connection:
        channel = await connection.channel()
        queue = await bus.declare_dead(channel, service)
        return DeadLetters(facts, queue.declaration_result.message_count or 0)


async def _requeue(service: str, amqp_url: str) -> int:
    """Move what lies in the dead queue now; what comes back during the move waits its turn."""
    async with bus.connected(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        queue = await bus.declare_dead(channel, service)
        again = await bus.declare_again(channel, service)
        moved, wanted = 0, queue.declaration_result.message_count or 0
        while moved < wanted and await _move(queue, again):
            moved += 1
        return moved


async def _move(queue: AbstractQueue, exchange: AbstractExchange) -> bool:
    """Whether there was a message to move. It leaves the queue when the other one has it."""
    async with asyncio.timeout(PUBLISH_SECONDS):
        message = await queue.get(fail=False)
        if message is None:
            return False
        await exchange.publish(_copy(message), "", mandatory=True)
        await message.ack()
    return True


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


async def _redrive_and_say(service: str, settings: ServiceSettings) -> None:
    facts, messages = await redrive(service, settings)
    _say(f"{facts} failed facts will be tried again now.")
    _say(f"{messages} unread messages were put back into {bus.inbox_queue(service)}.")


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

    try:
        asyncio.run(run())
    except _FAILURES as error:
        sys.exit(
            f"The database or the broker refused ({type(error).__name__}). Nothing is lost; "
            "see that both answer and run this command again."
        )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
