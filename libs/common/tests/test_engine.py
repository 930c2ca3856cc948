"""After the database hung up, the next transaction simply works."""

import asyncio
from collections.abc import Callable

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dev.testing import Database
from libs.common.database import engine


async def test_a_connection_that_the_server_closed_is_replaced_unseen(
    database: Callable[[str], Database],
) -> None:
    reporting = database("reporting")
    source = engine(reporting.url, 3)
    try:
        await _use(source, 3)
        admin = await asyncpg.connect(reporting.admin_url)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'reporting' AND datname = $1",
            reporting.name,
        )
        await admin.close()
        await asyncio.sleep(0.5)
        for _ in range(5):
            await _use(source, 3)
    finally:
        await source.dispose()


async def _use(source: AsyncEngine, connections: int) -> None:
    opened = [source.connect() for _ in range(connections)]
    for connection in opened:
        await connection.start()
        await connection.execute(text("SELECT 1"))
    for connection in opened:
        await connection.close()
