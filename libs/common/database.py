"""PostgreSQL: pools, the transaction that services write through, and the checks at start."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from starlette.requests import Request
from starlette.responses import Response

from . import inbox, outbox
from .again import GAVE_WAY, GaveWay
from .connections import CLOSE_SECONDS, COMMAND_SECONDS, Connection, connect
from .errors import CannotRun, Handler, Unavailable, problem_response
from .facts import Fact
from .logs import describe_error, fields

log = logging.getLogger(__name__)

UNREACHABLE: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OperationalError,
    InterfaceError,
    PoolTimeout,
)
"""What a database that is down, restarting or overrun looks like from here."""
WAIT_SECONDS = 5.0
"""For a connection of a pool that is free."""


class NotDurable(CannotRun):
    """The database may acknowledge what it has not written."""


async def asyncpg_pool(url: str, size: int, **server_settings: str) -> asyncpg.Pool:
    """A pool that survives a restart of the database; `server_settings` hold per connection."""
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        connect=connect,
        connection_class=Connection,
        command_timeout=COMMAND_SECONDS,
        reset=_keep_as_is,
        server_settings=server_settings,
    )


@asynccontextmanager
async def pooled(url: str, size: int, **server_settings: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool for the block. At its end nobody waits for a server that does not answer."""
    pool = await asyncpg_pool(url, size, **server_settings)
    try:
        yield pool
    finally:
        await _close_pool(pool)


async def _close_pool(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except UNREACHABLE:
        pool.terminate()


async def _keep_as_is(_: asyncpg.Connection) -> None:
    """Our transactions leave nothing behind in a session, so the usual round trip that clears it
    would be wasted. A transaction left open is still rolled back."""


def engine(
    url: str,
    size: int,
    command_seconds: float = COMMAND_SECONDS,
    wait_seconds: float = WAIT_SECONDS,
) -> AsyncEngine:
    """An engine whose pool notices, without asking the server, that a connection is gone: after a
    restart of the database the first request sees no error. `wait_seconds` is for a connection
    that is free."""
    created = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait_seconds,
        connect_args={"async_creator_fn": connect, "command_timeout": command_seconds},
    )
    event.listen(created.sync_engine, "checkout", _refuse_closed)
    event.listen(created.sync_engine, "handle_error", _name_what_is_away)
    return created


async def close_engine(source: AsyncEngine) -> None:
    """Nobody waits for a server that does not answer: its connections end with the process."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await source.dispose()
    except UNREACHABLE as error:
        log.warning("connections were left open", extra=fields(error=describe_error(error)))


def _refuse_closed(adapted: Any, *_: object) -> None:
    """asyncpg knows that the server hung up; the pool then opens new connections."""
    if adapted.driver_connection.is_closed():
        raise InvalidatePoolError


def _name_what_is_away(context: ExceptionContext) -> None:
    """SQLAlchemy has no name of its own for a server that starts, ends or is full; without one it
    would look like a mistake of ours. Nor has it one for a transaction that gave way."""
    original = context.original_exception
    if isinstance(original.__cause__, GAVE_WAY):
        raise GaveWay(context.statement, None, original)
    if isinstance(original.__cause__ or original, UNREACHABLE):
        raise OperationalError(context.statement, None, original)


async def assert_durable(pool: asyncpg.Pool) -> None:
    """Raises NotDurable where a commit is acknowledged before it is on disk."""
    if (value := await pool.fetchval("SHOW synchronous_commit")) not in ("on", "remote_apply"):
        raise NotDurable(f"synchronous_commit is {value}: set it to 'on' for this role")


def unreachable_handlers() -> dict[Any, Handler]:
    """Exception handlers for Starlette: without the database the answer is 503, try again."""

    def answer(_: Request, error: Exception) -> Response:
        log.warning("database does not answer", extra=fields(error=describe_error(error)))
        problem = Unavailable("The database does not answer. Please try again in a moment.")
        return problem_response(problem, 503, {"retry-after": "2"})

    return dict.fromkeys(UNREACHABLE, answer)


def newest_revision(migrations: Path) -> str:
    """The newest revision this code knows: migrations are files named 0001_why.py, 0002_….py."""
    return max(file.name.split("_")[0] for file in migrations.glob("[0-9]*_*.py"))


async def schema_is_ready(pool: asyncpg.Pool, migrations: Path) -> bool:
    """An older schema is not ready; a newer one is fine, because releases expand before they
    contract."""
    try:
        current = await pool.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return False
    return current is not None and str(current) >= newest_revision(migrations)


_FIRST_TIMES = text(inbox.FIRST_TIMES.replace("$1", ":ids"))


class SqlStore:
    """One transaction of a service: what the block does is committed with its facts, or not at all.

    Services add their queries in a subclass; nobody else commits.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.outgoing: list[outbox.Row] = []
        self.published = False

    def publish(self, fact: Fact) -> None:
        """Write `fact` into the outbox of this transaction."""
        self.outgoing.append(outbox.row_of(fact))

    async def write_facts(self) -> None:
        """Those so far; the rest at the end. For who publishes more than is kept in memory."""
        if self.outgoing:
            rows = [dict(zip("fnbmr", row, strict=True)) for row in self.outgoing]
            await self.session.execute(_INSERT_FACT, rows)
            self.outgoing, self.published = [], True

    async def first_times(self, message_ids: Sequence[UUID]) -> set[UUID]:
        """Those that have not been taken in before. Comes before anything they lead to."""
        found = await self.session.execute(_FIRST_TIMES, {"ids": message_ids})
        return set(found.scalars())


Store = TypeVar("Store", bound=SqlStore)
_INSERT_FACT = text(
    "INSERT INTO outbox (fact_id, name, body, mandatory, request_id) VALUES (:f, :n, :b, :m, :r)"
)


def store_opener(
    source: AsyncEngine, kind: Callable[[AsyncSession], Store], wake: Callable[[], None]
) -> Callable[[], AbstractAsyncContextManager[Store]]:
    """`async with open_store() as store:` commits at the end of the block or rolls back."""
    sessions = async_sessionmaker(source, expire_on_commit=False)

    @asynccontextmanager
    async def open_store() -> AsyncIterator[Store]:
        async with sessions() as session, session.begin():
            store = kind(session)
            yield store
            await store.write_facts()
        if store.published:
            wake()

    return open_store
