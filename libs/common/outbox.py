"""The outbox: facts are written with their effect and sent until the broker has them."""

import asyncio
import logging
from functools import partial
from uuid import UUID, uuid4

import asyncpg
from aio_pika.abc import AbstractExchange
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy import Table as SqlTable

from . import bus
from .broker import facts_exchange
from .facts import Fact
from .logs import fields, request_id
from .metrics import FACTS_PUBLISHED, FACTS_REFUSED, OUTBOX_AGE, OUTBOX_BACKLOG

log = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 0.2
LINGER_SECONDS = 0.02
PUBLISH_SECONDS = 5.0
KEEP_DAYS = 7

INSERT = """
    INSERT INTO outbox (fact_id, name, body, mandatory, request_id) VALUES ($1, $2, $3, $4, $5)
"""
_CLAIM = """
    SELECT id, fact_id, name, body, mandatory, request_id FROM outbox
    WHERE sent_at IS NULL AND next_at <= clock_timestamp()
    ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_SENT = "UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY($1)"
_REFUSED = """
    UPDATE outbox SET attempts = attempts + 1,
        next_at = clock_timestamp() + least(60, 0.2 * 2 ^ least(attempts, 9)) * interval '1 second'
    WHERE id = ANY($1)
"""
_BACKLOG = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
    FROM (SELECT created_at FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 10000) pending
"""
_PRUNE = "DELETE FROM outbox WHERE sent_at < clock_timestamp() - make_interval(days => $1)"


def outbox_table(metadata: MetaData) -> SqlTable:
    """The outbox of one service, in that service's schema."""
    table = SqlTable(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("fact_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("mandatory", Boolean, nullable=False),
        Column("request_id", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("next_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("sent_at", DateTime(timezone=True)),
    )
    Index("outbox_pending", table.c.id, postgresql_where=text("sent_at IS NULL"))
    Index("outbox_sent", table.c.sent_at, postgresql_where=text("sent_at IS NOT NULL"))
    return table


Row = tuple[UUID, str, str, bool, str]


def row_of(fact: Fact) -> Row:
    """The parameters of INSERT for `fact`, with the request id of the moment."""
    return uuid4(), fact.name, fact.model_dump_json(), fact.mandatory, request_id.get()


class Relay:
    """Sends what the outbox holds. Rows are claimed, never 'id greater than the last one':
    numbers are given out before commit, so a later number can be visible first."""

    def __init__(self, service: str, pool: asyncpg.Pool, amqp_url: str) -> None:
        self._exchange = facts_exchange(service)
        self._pool = pool
        self._amqp_url = amqp_url
        self._written = asyncio.Event()

    def wake(self) -> None:
        """Say that a transaction with facts has just been committed."""
        self._written.set()

    async def run(self) -> None:
        """Send until the connection fails. Belongs under `supervised`."""
        async with bus.connected(self._amqp_url) as connection:
            publishing = partial(bus.publishing, connection, self._exchange)
            exchange = await bus.when_there(self._exchange, publishing)
            while True:
                if await self._send_batch(exchange) < BATCH:
                    await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._written.wait()
            await asyncio.sleep(LINGER_SECONDS)
        except TimeoutError:
            pass
        self._written.clear()

    async def _send_batch(self, exchange: AbstractExchange) -> int:
        """The number of facts tried. Facts that the broker refuses wait, each by itself."""
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_CLAIM, BATCH)
            if not rows:
                return 0
            async with asyncio.timeout(PUBLISH_SECONDS):
                results = await asyncio.gather(
                    *(_publish(exchange, row) for row in rows), return_exceptions=True
                )
            refused = {
                row["id"]: result
                for row, result in zip(rows, results, strict=True)
                if isinstance(result, BaseException)
            }
            sent = [row["id"] for row in rows if row["id"] not in refused]
            await connection.execute(_SENT, sent)
            await connection.execute(_REFUSED, list(refused))
        self._count(rows, refused)
        return len(rows)

    def _count(self, rows: list[asyncpg.Record], refused: dict[int, BaseException]) -> None:
        for row in rows:
            figure = FACTS_REFUSED if row["id"] in refused else FACTS_PUBLISHED
            figure.labels(row["name"]).inc()
        if refused:
            kinds = sorted({type(error).__name__ for error in refused.values()})
            log.warning("facts refused", extra=fields(count=len(refused), kinds=kinds))
            if all(isinstance(error, bus.CONNECTION_ERRORS) for error in refused.values()):
                raise ConnectionError("the broker's connection is gone")

    async def measure(self) -> None:
        """Set the figures of the backlog."""
        figures = await self._pool.fetchrow(_BACKLOG)
        assert figures is not None
        OUTBOX_BACKLOG.set(figures[0])
        OUTBOX_AGE.set(figures[1])

    async def prune(self) -> None:
        """Forget facts that were sent a week ago."""
        await self._pool.execute(_PRUNE, KEEP_DAYS)


async def _publish(exchange: AbstractExchange, row: asyncpg.Record) -> None:
    message = bus.message(row["fact_id"], row["name"], row["body"], row["request_id"])
    await exchange.publish(message, row["name"], mandatory=row["mandatory"])
