"""Migrated schema = tables, one newest revision each, and nobody reads another's tables."""

import re
from collections.abc import Callable, Iterator

import asyncpg
import pytest

from dev.environment import MIGRATORS
from dev.testing import Database, Databases, migrate
from libs.common import migrate as migrations
from libs.common.database import engine

by_service = pytest.mark.parametrize("service", MIGRATORS)
Find = Callable[[str], Database]

_OPEN_SCHEMAS = """
    SELECT role, schema FROM unnest($1::text[]) AS role, unnest($2::text[]) AS schema
    WHERE has_schema_privilege(role, schema, 'USAGE')
"""
_OPEN_TABLES = """
    SELECT DISTINCT role, n.nspname::text
    FROM unnest($1::text[]) AS role, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY ($2) AND c.relkind IN ('r', 'v')
        AND has_table_privilege(role, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
"""
_TABLES = """
    relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> 'alembic_version'
"""
_DEFINITIONS = {
    "columns": f"""
        SELECT format('%s.%s %s %s %s', relname, attname, format_type(atttypid, atttypmod),
            CASE WHEN attnotnull THEN 'NOT NULL' END, pg_get_expr(adbin, adrelid)) AS definition
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
            AND NOT attisdropped
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE {_TABLES} ORDER BY definition
    """,
    "constraints": f"""
        SELECT format('%s: %s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
            AS definition
        FROM pg_class JOIN pg_constraint ON conrelid = pg_class.oid
        WHERE {_TABLES} ORDER BY definition
    """,
    "indexes": f"""
        SELECT pg_get_indexdef(indexrelid) AS definition
        FROM pg_class JOIN pg_index ON indrelid = pg_class.oid
        WHERE {_TABLES} ORDER BY definition
    """,
}


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[Find]:
    """One database with the tables of every service, as in production."""
    with databases.empty() as find:
        for service in MIGRATORS:
            migrate(service, find(service).owner_url)
        yield find


@by_service
def test_the_migrated_schema_is_what_the_tables_say(house: Find, service: str) -> None:
    assert migrations.drift(MIGRATORS[service], house(service).owner_url) == []


@by_service
async def test_each_constraint_index_and_default_is_what_the_tables_say(
    databases: Databases, service: str
) -> None:
    """Alembic compares neither defaults nor the conditions of checks and of partial indexes."""
    metadata = migrations.metadata_of(MIGRATORS[service])
    with databases.fresh(service) as database:
        migrated = await definitions(database)
        source = engine(database.owner_url, 1)
        async with source.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
        await source.dispose()
        assert migrated == await definitions(database)
    assert all(migrated.values())


async def definitions(database: Database) -> dict[str, list[str]]:
    """What PostgreSQL says of the tables in the schema of a service, by kind and in order."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        return {
            kind: [row[0] for row in await connection.fetch(query)]
            for kind, query in _DEFINITIONS.items()
        }
    finally:
        await connection.close()


@by_service
def test_migrations_are_numbered_without_gaps_and_have_one_end(service: str) -> None:
    folder = migrations.migrations_folder(MIGRATORS[service])
    names = sorted(file.stem for file in folder.glob("*.py"))
    numbers = [f"{number:04}" for number in range(1, len(names) + 1)]
    assert names
    assert all(re.fullmatch(r"[0-9]{4}_[a-z0-9_]+", name) for name in names)
    assert [name[:4] for name in names] == numbers
    assert migrations.heads(MIGRATORS[service]) == [numbers[-1]]


@pytest.mark.parametrize("question", [_OPEN_SCHEMAS, _OPEN_TABLES], ids=["schemas", "tables"])
async def test_no_role_gets_into_another_services_schema(house: Find, question: str) -> None:
    roles = {role: service for service in MIGRATORS for role in (service, f"{service}_owner")}
    connection = await asyncpg.connect(house("booking").admin_url)
    try:
        rows = await connection.fetch(question, list(roles), list(MIGRATORS))
    finally:
        await connection.close()
    assert {(role, schema) for role, schema in rows} == set(roles.items())
