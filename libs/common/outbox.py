"""The outbox: facts are written with their effect and sent until the broker has them."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
from aio_pika.abc import AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError
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
from .metrics import FACTS_PUBLISHED, FACTS_REFUSED, OUTBOX_AGE, OUTBOX_BACKLOG, OUTBOX_PARKED

log = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 0.2
LINGER_SECONDS = 0.02
PUBLISH_SECONDS = 5.0
RENEW_SECONDS = 6.0
"""A channel that first met a queue while it had no leader is refused for ever by RabbitMQ 3.10, and
a new one is not: so a refusal ends a connection that is older than this."""
PARKED_TRIES = 10
"""From so many tries on, about two minutes, a fact counts as one that the broker does not take."""
KEEP_DAYS = 7

INSERT = """
    INSERT INTO outbox (fact_id, name, body, mandatory, request_id) VALUES ($1, $2, $3, $4, $5)
"""
_CLAIM = """
    SELECT id, fact_id, name, body, mandatory, request_id, attempts FROM outbox
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
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8,
        count(*) FILTER (WHERE attempts >= $1)
    FROM (
        SELECT created_at, attempts FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 10000
    ) pending
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


@dataclass(frozen=True)
class Outcome:
    """What became of a batch, by the numbers of the rows."""

    sent: list[int]
    refused: list[int]
    late: list[int]
    nacked: bool
    broken: list[int]
    """Went down with the channel or the connection, or could not even be written to it."""
    kinds: list[str]

    @classmethod
    def of(cls, rows: Sequence[asyncpg.Record], results: Sequence[BaseException | None]) -> Self:
        errors = {row["id"]: e for row, e in zip(rows, results, strict=True) if e is not None}
        refused = [number for number, e in errors.items() if isinstance(e, DeliveryError)]
        late = [number for number, e in errors.items() if isinstance(e, TimeoutError)]
        return cls(
            sent=[row["id"] for row in rows if row["id"] not in errors],
            refused=refused,
            late=late,
            nacked=any(not isinstance(errors[number], PublishError) for number in refused),
            broken=[number for number in errors if number not in {*refused, *late}],
            kinds=sorted({type(error).__name__ for error in errors.values()}),
        )

    @property
    def unanswered(self) -> list[int]:
        return [*self.late, *self.broken]

    def to_wait(self) -> list[int]:
        """The rows that wait, each by itself: those refused; those not confirmed while others were;
        and whatever fails where it was sent alone. What else is unanswered may be as innocent as it
        looks, and comes again in a smaller batch."""
        alone = len(self.sent) + len(self.refused) + len(self.unanswered) == 1
        if alone:
            return [*self.refused, *self.unanswered]
        return [*self.refused, *(self.late if self.sent else [])]

    def tells_nothing(self) -> bool:
        """Whether the connection may be dead: nothing came back over it, or it broke."""
        return bool(self.broken) or not (self.sent or self.refused)


class Relay:
    """Sends what the outbox holds. Rows are claimed, never 'id greater than the last one':
    numbers are given out before commit, so a later number can be visible first.

    Batches that are not confirmed in time are halved, down to one fact, and grow again afterwards:
    a slow broker gets what it can do, and a fact that it cannot take is found and waits by itself.
    """

    def __init__(
        self,
        service: str,
        pool: asyncpg.Pool,
        amqp_url: str,
        publish_seconds: float = PUBLISH_SECONDS,
        renew_seconds: float = RENEW_SECONDS,
    ) -> None:
        self._exchange = facts_exchange(service)
        self._pool = pool
        self._amqp_url = amqp_url
        self._seconds = publish_seconds
        self._renew_seconds = renew_seconds
        self._connected_at = time.monotonic()
        self._limit = BATCH
        self._written = asyncio.Event()

    def wake(self) -> None:
        """Say that a transaction with facts has just been committed."""
        self._written.set()

    async def run(self) -> None:
        """Send until the connection fails. Belongs under `supervised`."""
        async with bus.connected(self._amqp_url) as connection:
            publishing = partial(bus.publishing, connection, self._exchange)
            exchange = await bus.when_there(self._exchange, publishing)
            self._connected_at = time.monotonic()
            while True:
                if not await self._send_batch(exchange):
                    await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._written.wait()
            await asyncio.sleep(LINGER_SECONDS)
        except TimeoutError:
            pass
        self._written.clear()

    async def _send_batch(self, exchange: AbstractExchange) -> bool:
        """Whether there is more to send at once. Raises ConnectionError."""
        limit, started = self._limit, time.monotonic()
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_CLAIM, limit)
            if not rows:
                return False
            publishes = [_publish(exchange, row) for row in rows]
            outcome = Outcome.of(rows, await _confirmed(publishes, self._seconds))
            await connection.execute(_SENT, outcome.sent)
            await connection.execute(_REFUSED, outcome.to_wait())
        self._pace(outcome, len(rows), time.monotonic() - started)
        _count(rows, outcome)
        if outcome.tells_nothing():
            raise ConnectionError("the broker's connection is gone")
        if outcome.nacked and time.monotonic() - self._connected_at > self._renew_seconds:
            raise ConnectionError("a queue refuses; a new channel may know its new leader")
        return len(rows) == limit

    def _pace(self, outcome: Outcome, tried: int, lasted: float) -> None:
        if outcome.unanswered:
            self._limit = max(1, tried // 2)
        elif lasted < self._seconds / 2:
            self._limit = min(BATCH, self._limit * 2)

    async def measure(self) -> None:
        """Set the figures of the backlog."""
        figures = await self._pool.fetchrow(_BACKLOG, PARKED_TRIES)
        assert figures is not None
        OUTBOX_BACKLOG.set(figures[0])
        OUTBOX_AGE.set(figures[1])
        OUTBOX_PARKED.set(figures[2])

    async def prune(self) -> None:
        """Forget facts that were sent a week ago."""
        await self._pool.execute(_PRUNE, KEEP_DAYS)


def count_from_now(name: str) -> None:
    """0 from the start on, so that the first one is an increase too."""
    for figure in (FACTS_PUBLISHED, FACTS_REFUSED):
        figure.labels(name)


def _count(rows: list[asyncpg.Record], outcome: Outcome) -> None:
    sent, waiting = set(outcome.sent), set(outcome.to_wait())
    for row in rows:
        figure = FACTS_PUBLISHED if row["id"] in sent else FACTS_REFUSED
        figure.labels(row["name"]).inc()
        if row["id"] in waiting and row["attempts"] + 1 == PARKED_TRIES:
            log.error("the broker does not take a fact", extra=fields(fact=row["name"]))
    if len(sent) < len(rows):
        count = len(rows) - len(sent)
        log.warning("facts refused", extra=fields(count=count, kinds=outcome.kinds))


async def _confirmed(
    publishes: Sequence[Coroutine[Any, Any, None]], seconds: float
) -> list[BaseException | None]:
    """What each came to; TimeoutError where the broker had not answered in time."""
    tasks = [asyncio.create_task(publish) for publish in publishes]
    try:
        await asyncio.wait(tasks, timeout=seconds)
        return [_result(task) for task in tasks]
    finally:
        late = [task for task in tasks if task.cancel()]
        if late:
            await asyncio.wait(late, timeout=bus.CANCEL_SECONDS)


def _result(task: asyncio.Task[None]) -> BaseException | None:
    if not task.done():
        return TimeoutError()
    return asyncio.CancelledError() if task.cancelled() else task.exception()


async def _publish(exchange: AbstractExchange, row: asyncpg.Record) -> None:
    message = bus.message(row["fact_id"], row["name"], row["body"], row["request_id"])
    await exchange.publish(message, row["name"], mandatory=row["mandatory"])
