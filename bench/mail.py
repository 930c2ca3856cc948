"""Mails: facts that wait in notify's queue, until the mail server has the last of them."""

import asyncio
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aio_pika
import asyncpg

from dev.postgres import Postgres
from dev.rabbitmq import RabbitMQ
from dev.stack import Stack
from libs.common import bus
from libs.common.broker import facts_exchange
from libs.common.seal import KeyRing
from libs.contracts.booking import BookingConfirmed

from .journey import admin_url

MAILS = 1500


def waiting_facts(contacts: KeyRing, count: int) -> list[BookingConfirmed]:
    """Bookings that were confirmed while notify was away."""
    visit = datetime.now(UTC) + timedelta(days=5)
    return [
        BookingConfirmed(
            booking_id=uuid4(),
            version=1,
            number=f"{n:010}",
            procedure_id="pin",
            office_id="honcho",
            starts_at=visit,
            minutes=15,
            visitor="self",
            channel="web",
            status="confirmed",
            outcome=None,
            language="ja",
            contact=contacts.seal(f"m{n}@example.jp"),
            at=datetime.now(UTC),
        )
        for n in range(count)
    ]


async def publish(amqp_url: str, facts: list[BookingConfirmed]) -> None:
    async with bus.connected(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(facts_exchange("booking"), ensure=False)
        messages: list[aio_pika.Message] = [
            bus.message(uuid4(), fact.name, fact.model_dump_json(), "-") for fact in facts
        ]
        for start in range(0, len(messages), 100):
            batch = messages[start : start + 100]
            await asyncio.gather(*(exchange.publish(m, BookingConfirmed.name) for m in batch))


async def mails_per_second(stack: Stack[Postgres, RabbitMQ], count: int = MAILS) -> float:
    """From the moment notify is ready, with `count` facts waiting, to the last recorded reply."""
    contacts = KeyRing("contact", {1: b64decode(stack.keys["contact"])})
    await asyncio.to_thread(stack.services["notify"].terminate)
    await publish(stack.servers.amqp_url("booking"), waiting_facts(contacts, count))
    connection = await asyncpg.connect(admin_url(stack))
    try:
        done = await _sent(connection)
        stack.services["notify"].start()
        first = await _more_than(connection, done)
        started = time.perf_counter()
        now = await _more_than(connection, done + count - 1)
        return (now - first) / (time.perf_counter() - started)
    finally:
        await connection.close()
        await stack.services["notify"].wait_ready()


async def _more_than(connection: asyncpg.Connection, count: int) -> int:
    """Wait for the recorded replies to pass `count`; how many there are then."""
    async with asyncio.timeout(120):
        while (now := await _sent(connection)) <= count:  # noqa: ASYNC110 (another process writes)
            await asyncio.sleep(0.05)
    return now


async def _sent(connection: asyncpg.Connection) -> int:
    query = "SELECT count(*) FROM notify.delivery WHERE state = 'sent'"
    count: int = await connection.fetchval(query)
    return count
