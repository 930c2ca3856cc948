"""The inbox: each fact takes effect once, failures are tried again later, and none is lost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Text, Uuid, func, text
from sqlalchemy import Table as SqlTable

from .metrics import DEAD_LETTERS, RETRIES_WAITING

KEEP_DAYS = 7
DELAYS = (1, 5, 30, 120, 600, 1800, 3600, 10800)
"""Seconds before each further try; after the last one the fact is a dead letter."""

FIRST_TIMES = """
    INSERT INTO inbox (message_id)
    SELECT DISTINCT message_id FROM unnest(CAST($1 AS uuid[])) AS came (message_id)
    ORDER BY message_id
    ON CONFLICT DO NOTHING RETURNING message_id
"""
_PARK = """
    INSERT INTO inbox_retry (message_id, name, body, request_id, error, next_at)
    VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 second')
    ON CONFLICT (message_id) DO NOTHING
"""
_CLAIM = """
    UPDATE inbox_retry SET next_at = clock_timestamp() + interval '2 minutes'
    WHERE message_id IN (
        SELECT message_id FROM inbox_retry
        WHERE dead_at IS NULL AND next_at <= clock_timestamp()
        ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING message_id, name, body, request_id, attempts
"""
_FAILED = """
    UPDATE inbox_retry SET attempts = attempts + 1, error = $2,
        next_at = clock_timestamp() + $3 * interval '1 second',
        dead_at = CASE WHEN $4 THEN clock_timestamp() END
    WHERE message_id = $1
"""
_REDRIVE = """
    UPDATE inbox_retry SET dead_at = NULL, attempts = 0, next_at = clock_timestamp()
    WHERE dead_at IS NOT NULL
"""
_DEAD = """
    SELECT name, dead_at, error, attempts FROM inbox_retry
    WHERE dead_at IS NOT NULL ORDER BY dead_at, message_id
"""
_FIGURES = """
    SELECT count(*) FILTER (WHERE dead_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL)
    FROM inbox_retry
"""


@dataclass(frozen=True)
class Parcel:
    """A fact as it came, before it is read."""

    message_id: UUID
    name: str
    body: str
    request_id: str


@dataclass(frozen=True)
class DeadLetter:
    """A fact that was given up on, as operators may see it: never what it holds."""

    name: str
    dead_at: datetime
    error: str
    attempts: int


def inbox_tables(metadata: MetaData) -> tuple[SqlTable, SqlTable]:
    """The inbox of one service and the facts that wait for another try."""
    seen = SqlTable(
        "inbox",
        metadata,
        Column("message_id", Uuid, primary_key=True),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )
    Index("inbox_received", seen.c.received_at)
    retry = SqlTable(
        "inbox_retry",
        metadata,
        Column("message_id", Uuid, primary_key=True),
        Column("name", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("request_id", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("next_at", DateTime(timezone=True), nullable=False),
        Column("dead_at", DateTime(timezone=True)),
    )
    Index("inbox_retry_due", retry.c.next_at, postgresql_where=text("dead_at IS NULL"))
    return seen, retry


class Retries:
    """Facts whose handling failed, kept in our own database with the time of the next try."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def park(self, parcel: Parcel, error: str) -> None:
        p = parcel
        args = (p.message_id, p.name, p.body, p.request_id, error, DELAYS[0])
        await self._pool.execute(_PARK, *args)

    async def again(self, handle: Callable[[Parcel], Awaitable[str | None]]) -> None:
        """Give each due fact to `handle`, which answers None or what went wrong."""
        for row in await self._pool.fetch(_CLAIM, 20):
            names = ("message_id", "name", "body", "request_id")
            error = await handle(Parcel(**{name: row[name] for name in names}))
            await self._settle(row["message_id"], row["attempts"] + 1, error)

    async def _settle(self, message_id: UUID, attempts: int, error: str | None) -> None:
        if error is None:
            await self._pool.execute("DELETE FROM inbox_retry WHERE message_id = $1", message_id)
            return
        dead = attempts >= len(DELAYS)
        delay = 0 if dead else DELAYS[attempts]
        await self._pool.execute(_FAILED, message_id, error, delay, dead)

    async def redrive(self) -> int:
        """Bring every dead letter of the database back; the number of them."""
        return int((await self._pool.execute(_REDRIVE)).split()[-1])

    async def dead_letters(self) -> list[DeadLetter]:
        """What was given up on, the oldest first."""
        return [DeadLetter(**row) for row in await self._pool.fetch(_DEAD)]

    async def measure(self) -> None:
        figures = await self._pool.fetchrow(_FIGURES)
        assert figures is not None
        RETRIES_WAITING.set(figures[0])
        DEAD_LETTERS.set(figures[1])

    async def prune(self) -> None:
        """Forget messages received a week ago; the broker does not keep one longer."""
        await self._pool.execute(
            "DELETE FROM inbox WHERE received_at < clock_timestamp() - make_interval(days => $1)",
            KEEP_DAYS,
        )
