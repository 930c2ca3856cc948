"""Saying facts again for subscribers that lost some: what was sent, once more under the same ids,
or what holds now. Both go past the outbox, which live facts keep for themselves."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, tzinfo

import asyncpg
from aio_pika.abc import AbstractExchange

from . import bus
from .broker import facts_exchange
from .database import asyncpg_pool
from .facts import Fact
from .outbox import KEEP_DAYS, Row, row_of
from .settings import ServiceSettings

BATCH = 100
"""Facts under way at once; the next ones wait until the broker has these."""
SECONDS = 60.0
SAFE_DAYS = KEEP_DAYS - 1
"""Inboxes know a message for KEEP_DAYS after it first came. A younger fact is taken in once,
however often it is sent; the day between is for what waits in a queue."""

Send = Callable[[Sequence[Fact]], Awaitable[None]]
Prepare = Callable[[Sequence[Row]], Awaitable[Sequence[Row]]]

_SENT = """
    SELECT id, fact_id, name, body, mandatory, request_id FROM outbox
    WHERE sent_at >= $1 AND sent_at < $2 AND mandatory AND id > $3
        AND created_at > clock_timestamp() - make_interval(days => $4)
    ORDER BY id LIMIT $5
"""


class Publisher:
    """Sends facts and waits until the broker has them in a queue."""

    def __init__(self, exchange: AbstractExchange) -> None:
        self._exchange = exchange

    async def say(self, facts: Sequence[Fact]) -> None:
        """Facts that hold now, under new ids: subscribers go by their versions. Raises
        bus.BROKER_ERRORS."""
        await self.send([row_of(fact) for fact in facts])

    async def send(self, rows: Sequence[Row]) -> None:
        """Raises bus.BROKER_ERRORS, and then some may have been sent."""
        for start in range(0, len(rows), BATCH):
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*map(self._publish, rows[start : start + BATCH]))

    async def _publish(self, row: Row) -> None:
        fact_id, name, body, mandatory, request_id = row
        message = bus.message(fact_id, name, body, request_id)
        await self._exchange.publish(message, name, mandatory=mandatory)


@asynccontextmanager
async def publishing(service: str, amqp_url: str) -> AsyncIterator[Publisher]:
    async with bus.connected(amqp_url) as connection:
        yield Publisher(await bus.publishing(connection, facts_exchange(service)))


async def as_sent(rows: Sequence[Row]) -> Sequence[Row]:
    """The facts as they were."""
    return rows


async def send_again(
    pool: asyncpg.Pool, publisher: Publisher, since: datetime, prepare: Prepare = as_sent
) -> int:
    """Send each fact again that was sent since then and that a durable subscriber needs; how many.
    Nothing of the outbox changes. `prepare` may leave out what must not be said any more."""
    until = await pool.fetchval("SELECT clock_timestamp()")
    count, last = 0, 0
    while rows := await pool.fetch(_SENT, since, until, last, SAFE_DAYS, BATCH):
        await publisher.send(await prepare([_row(row) for row in rows]))
        count, last = count + len(rows), rows[-1]["id"]
    return count


async def send_sent(service: str, settings: ServiceSettings, since: str, zone: tzinfo) -> None:
    """What `republish --since` does in a service whose facts need no second look."""
    async with publishing(service, settings.amqp_url) as publisher:
        pool = await asyncpg_pool(settings.database_url, 1)
        async with pool:
            show_again(await send_again(pool, publisher, since_or_exit(since, zone)))


def since_or_exit(text: str, zone: tzinfo) -> datetime:
    """What was typed after --since; what is none ends the process in a sentence."""
    try:
        return moment_since(text, datetime.now(zone))
    except ValueError as wrong:
        sys.exit(str(wrong))


def show_again(count: int) -> None:
    sys.stdout.write(f"{count} facts were sent again.\n")


def show_now(counts: Mapping[str, int]) -> None:
    said = ", ".join(f"{count} {what}" for what, count in counts.items())
    sys.stdout.write(f"Said how these are now: {said}.\n")


def _row(row: asyncpg.Record) -> Row:
    return row["fact_id"], row["name"], row["body"], row["mandatory"], row["request_id"]


def moment_since(text: str, now: datetime) -> datetime:
    """What an operator typed after --since. Raises ValueError with a sentence."""
    since = moment_typed(text, now)
    if not now - timedelta(days=SAFE_DAYS) <= since <= now:
        raise ValueError(
            f"Say a moment of the last {SAFE_DAYS} days: for older facts, subscribers cannot "
            "know that they had them. `republish` without --since says how everything is now."
        )
    return since


def moment_typed(text: str, now: datetime) -> datetime:
    """A moment that an operator typed; without a zone it is in that of `now`. Raises ValueError
    with a sentence."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("Say when as 2026-12-01T09:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
