"""`python -m services.X erase-training` and `go-live`: what a training left is erased in one step
before the service opens to the public, and never again after that.

Each service says of each of its tables whether it is erased or kept (`TrainingTables`). Two people
approve each step. See docs/adr/0062.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import asyncpg
from sqlalchemy import CheckConstraint, Column, DateTime, MetaData, Text, func
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import ARRAY

from .connections import connect
from .process import database_or_exit, settings_or_exit
from .settings import MigrateSettings

T = TypeVar("T")
ERASE, LIVE = "erase-training", "go-live"
_APPROVED = "--approved-by"
_USE = f"Use: {ERASE} | {LIVE}, each with {_APPROVED} NAME {_APPROVED} NAME"
# Other sessions that may write here; whoever only reads (a backup) is left alone.
_OTHERS = """
    SELECT DISTINCT usename::text FROM pg_stat_activity
    JOIN pg_roles ON rolname = usename AND NOT rolsuper
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND has_table_privilege(usename, 'went_live', 'INSERT')
    ORDER BY 1
"""
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'"
_SINCE = "SELECT at FROM went_live"
_GO_LIVE = "INSERT INTO went_live (approved_by) VALUES ($1)"


def went_live_table(metadata: MetaData) -> SqlTable:
    """One row from the moment on in which the service is live: nothing is erased any more."""
    return SqlTable(
        "went_live",
        metadata,
        Column("at", DateTime(timezone=True), primary_key=True, server_default=func.now()),
        Column("approved_by", ARRAY(Text), nullable=False),
        CheckConstraint("cardinality(approved_by) = 2", name="went_live_two"),
    )


@dataclass(frozen=True)
class TrainingTables:
    """What becomes of the tables of a service, by their names: all of them are in one of the two.
    `listed` are erased unless somebody asks to keep them: lists that are already the real ones."""

    service: str
    erased: frozenset[str]
    kept: frozenset[str]
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ErasureReport:
    """Rows by table: of what is gone, before and after, and of what stays."""

    service: str
    at: datetime
    approved_by: tuple[str, str]
    before: Mapping[str, int]
    after: Mapping[str, int]
    kept: Mapping[str, int]

    @property
    def line(self) -> str:
        """One line of JSON, for the report."""
        return json.dumps({**self.__dict__, "at": self.at.isoformat()}, ensure_ascii=False)


class NotErased(Exception):
    """Nothing was changed; the text is for the operator."""


async def erase(
    owner_url: str, tables: TrainingTables, approved_by: tuple[str, str], keep_lists: bool = False
) -> ErasureReport:
    """Raises NotErased."""
    gone = tables.erased - (tables.listed if keep_lists else frozenset())
    stays = (tables.kept | tables.listed) - gone
    connection = await connect(owner_url)
    try:
        async with connection.transaction():
            await connection.execute(_LOCK_TIMEOUT)
            await _check(connection)
            before, kept = await _count(connection, gone), await _count(connection, stays)
            await connection.execute(f"TRUNCATE {', '.join(sorted(gone))} RESTART IDENTITY")
            after = await _count(connection, gone)
            at: datetime = await connection.fetchval("SELECT now()")
    finally:
        await connection.close()
    return ErasureReport(tables.service, at, approved_by, before, after, kept)


async def check(owner_url: str) -> None:
    """Raises NotErased where the service is live; for who asks before anything is stopped."""
    connection = await connect(owner_url)
    try:
        await _not_live(connection)
    finally:
        await connection.close()


async def go_live(owner_url: str, approved_by: tuple[str, str]) -> datetime:
    """From when on the service is live; said again it stays as it was."""
    connection = await connect(owner_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE went_live IN EXCLUSIVE MODE")
            if not await connection.fetchval(_SINCE):
                await connection.execute(_GO_LIVE, list(approved_by))
            since: datetime = await connection.fetchval(_SINCE)
            return since
    finally:
        await connection.close()


async def _check(connection: asyncpg.Connection) -> None:
    await connection.execute("LOCK TABLE went_live IN EXCLUSIVE MODE")
    await _not_live(connection)
    others = [row[0] for row in await connection.fetch(_OTHERS)]
    if others:
        raise NotErased(f"Still at work here: {', '.join(others)}. Stop every process first.")


async def _not_live(connection: asyncpg.Connection) -> None:
    since = await connection.fetchval(_SINCE)
    if since:
        raise NotErased(
            f"This service is live since {since:%Y-%m-%d %H:%M} UTC: nothing is erased."
        )


async def _count(connection: asyncpg.Connection, tables: Iterable[str]) -> dict[str, int]:
    return {
        table: await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
        for table in sorted(tables)
    }


def command(tables: TrainingTables, arguments: list[str]) -> None:
    """What `python -m services.X erase-training …` and `go-live …` do; a line of JSON each."""
    if arguments == [ERASE, "--check"]:
        _run(check(settings_or_exit(MigrateSettings).url))
        return
    keep_lists = "--keep-lists" in arguments and bool(tables.listed)
    match [each for each in arguments if each != "--keep-lists"]:
        case [("erase-training" | "go-live") as step, "--approved-by", one, "--approved-by", other]:
            approved_by = _two_people(one, other)
        case _:
            sys.exit(_USE)
    url = settings_or_exit(MigrateSettings).url
    if step == LIVE:
        since = _run(go_live(url, approved_by))
        live = {"service": tables.service, "live_since": since.isoformat()}
        sys.stdout.write(json.dumps(live) + "\n")
        return
    sys.stdout.write(_run(erase(url, tables, approved_by, keep_lists)).line + "\n")


def _run(work: Coroutine[None, None, T]) -> T:
    with database_or_exit():
        try:
            return asyncio.run(work)
        except NotErased as refused:
            sys.exit(str(refused))


def _two_people(one: str, other: str) -> tuple[str, str]:
    if not one.strip() or not other.strip() or one.strip() == other.strip():
        sys.exit(f"Two different people approve this. {_USE}")
    return one.strip(), other.strip()
