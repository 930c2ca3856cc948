"""Starting before the database does: wait, say so, and go on as soon as it is there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
from asyncpg.exceptions import ClientConfigurationError

from .database import UNREACHABLE, assert_durable, pooled, schema_is_ready
from .errors import CannotRun
from .logs import describe_error, fields
from .ops import Readiness

log = logging.getLogger(__name__)

TRY_SECONDS = 1.0
"""A machine that is not there yet answers nothing at all: better to ask it anew soon."""
PAUSE_SECONDS = 0.5
AGAIN_SECONDS = 30.0
NOT_LET_IN = ("28", "3D", "55P03")
"""PostgreSQL: another role or password, no such database, a table that somebody holds."""


@asynccontextmanager
async def ready_pool(
    url: str, size: int, readiness: Readiness, migrations: Path, **server_settings: str
) -> AsyncIterator[asyncpg.Pool]:
    """A pool on a database that answers and keeps what it acknowledges; readiness says from now on
    whether it does and whether its schema is as new as `migrations`. Raises CannotRun."""
    async with pooled(url, size, **server_settings) as pool:
        readiness.require("database", partial(_answers, pool))
        await _wait(pool, readiness)
        readiness.require("schema", partial(schema_is_ready, pool, migrations))
        yield pool


async def _answers(pool: asyncpg.Pool) -> bool:
    return bool(await pool.fetchval("SELECT true"))


async def _wait(pool: asyncpg.Pool, readiness: Readiness) -> None:
    def say(error: Exception) -> None:
        log.warning("waiting for PostgreSQL", extra=fields(error=describe_error(error)))

    try:
        if await first_answer(partial(assert_durable, pool), lambda: readiness.draining, say):
            log.warning("PostgreSQL answers")
    except UNREACHABLE:
        raise CannotRun("Told to end while it waited for PostgreSQL.") from None
    except asyncpg.PostgresError as error:
        if not str(error.sqlstate).startswith(NOT_LET_IN):
            raise
        raise CannotRun(f"{refused(str(error.sqlstate))}.") from None


async def first_answer(
    ask: Callable[[], Awaitable[None]],
    over: Callable[[], bool],
    say: Callable[[Exception], None],
) -> bool:
    """Ask the database until it answers; whether it did not at first. `say` hears why at once, and
    now and then later on. Raises what it met last when it is `over`."""
    loop, said_at = asyncio.get_running_loop(), 0.0
    while True:
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await ask()
        except UNREACHABLE as error:
            if over() or isinstance(error, ClientConfigurationError):
                raise
            if not said_at or loop.time() - said_at >= AGAIN_SECONDS:
                said_at = loop.time()
                say(error)
        else:
            return said_at > 0
        await asyncio.sleep(PAUSE_SECONDS)


def refused(kind: str) -> str:
    """What operators read where the database refuses; `kind` is its code or the error's kind."""
    return (
        f"The database refused ({kind}). See that it answers, and that role and password are right"
    )
