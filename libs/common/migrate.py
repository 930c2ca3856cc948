"""Migrations with Alembic, run by the owner role of a service before its processes start."""

import asyncio
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from .connections import connect
from .database import engine
from .waiting import first_answer

T = TypeVar("T")
LONGEST_SECONDS = 3600.0
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('migrate'), hashtext(current_schema()))"


def upgrade(package: str, owner_url: str) -> None:
    """Bring the schema of `package` ('services.booking') to its newest revision, one at a time.

    Not for use inside a running event loop.
    """
    asyncio.run(_run(owner_url, lambda connection: _upgrade(connection, package)))


async def wait_for_database(owner_url: str, seconds: float) -> None:
    """Until the database answers, for some time. Raises what it met last."""

    async def ask() -> None:
        await (await connect(owner_url)).close()

    def say(error: Exception) -> None:
        kind = type(error).__name__
        print(f"PostgreSQL does not answer ({kind}); waiting up to {seconds:.0f} s.", flush=True)  # noqa: T201

    end = time.monotonic() + seconds
    await first_answer(ask, lambda: time.monotonic() >= end, say)


def drift(package: str, owner_url: str) -> list[object]:
    """What the migrated schema and the tables in code differ in; empty when they agree."""
    return asyncio.run(_run(owner_url, lambda connection: _drift(connection, package)))


def heads(package: str) -> list[str]:
    return list(ScriptDirectory.from_config(_config(package)).get_heads())


def migrations_folder(package: str) -> Path:
    module = importlib.import_module(package)
    assert module.__file__
    return Path(module.__file__).parent / "migrations"


def metadata_of(package: str) -> MetaData:
    """The tables of `package` as its code says them."""
    metadata = importlib.import_module(f"{package}.tables").metadata
    assert isinstance(metadata, MetaData)
    return metadata


def _config(package: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", str(migrations_folder(package)))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, package: str) -> None:
    connection.execute(text(_LOCK))
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    config = _config(package)
    config.attributes.update(connection=connection, metadata=metadata_of(package))
    command.upgrade(config, "head")


def _drift(connection: Connection, package: str) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata_of(package)))


async def _run(owner_url: str, work: Callable[[Connection], T]) -> T:
    source = engine(owner_url, 1, command_seconds=LONGEST_SECONDS)
    try:
        async with source.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await source.dispose()
