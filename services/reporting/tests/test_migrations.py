"""The migrated schema is the one that the code describes."""

import asyncio

from dev.testing import Database
from libs.common.migrate import drift, heads


async def test_migrations_make_exactly_the_tables_of_the_code(reporting_database: Database) -> None:
    differences = await asyncio.to_thread(drift, "services.reporting", reporting_database.owner_url)
    assert differences == []
    assert heads("services.reporting") == ["0004"]
