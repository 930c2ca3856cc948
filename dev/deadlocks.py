"""Another transaction that is in the way of ours: for tests of what is run again."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import asyncpg
from prometheus_client import REGISTRY

from .testing import Database

# The server waits by itself: it has one second to do `then` before the other looks for deadlocks.
# This one does not look, or with a busy machine it might be the one that finds it, and ends.
_NEVER_LOOK = "SET deadlock_timeout = '60s'"
_MAY_CHOOSE = "GRANT SET ON PARAMETER deadlock_timeout TO PUBLIC"
_WHEN_WAITED_FOR = """
    DO $do$ BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_locks
            WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
        LOOP PERFORM pg_sleep(0.005); END LOOP;
        EXECUTE $then${}$then$;
    END $do$
"""
LONGEST = 20.0


@contextmanager
def crossing(database: Database, first: str, then: str) -> Iterator[None]:
    """Somebody has done `first` when the block begins, and does `then` as soon as the block waits
    for it. Where the block had done what `then` waits for, that is a deadlock, and PostgreSQL ends
    the block's transaction."""
    begun = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(asyncio.run, _cross(database, first, then, begun))
        assert begun.wait(LONGEST) or other.result(0)
        yield
        other.result(LONGEST)


async def _cross(database: Database, first: str, then: str, begun: threading.Event) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(_MAY_CHOOSE)
    await admin.close()
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(_NEVER_LOOK)
        async with connection.transaction():
            await connection.execute(first)
            begun.set()
            await connection.execute(_WHEN_WAITED_FOR.format(then), timeout=LONGEST)
    finally:
        await connection.close()


def run_again() -> float:
    """How many transactions of this process gave way and were run again."""
    return REGISTRY.get_sample_value("oita_transactions_run_again_total") or 0.0
