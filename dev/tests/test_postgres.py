"""The roles of deploy/postgres/provision.sql: everybody has a room and no key to another's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from dev.given import GivenPostgres
from dev.postgres import SERVICES, Postgres
from dev.process import free_port
from dev.testing import TEST_SETTINGS, Database, Databases


@pytest.fixture
def provisioned(databases: Databases) -> Iterator[Callable[[str], Database]]:
    """A database with roles and schemas and, in booking's, one table made by its owner."""
    with databases.empty() as find:
        databases.server.execute(
            "SET ROLE booking_owner",
            "CREATE TABLE booking.visit (id bigint GENERATED ALWAYS AS IDENTITY, note text)",
            "CREATE FUNCTION booking.one() RETURNS int LANGUAGE sql RETURN 1",
            database=find("booking").name,
        )
        yield find


async def run(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_login_role_works_in_its_own_schema_without_naming_it(
    provisioned: Callable[[str], Database],
) -> None:
    url = provisioned("booking").url
    await run(url, "INSERT INTO visit (note) VALUES ('kept')")
    await run(url, "UPDATE visit SET note = 'changed'")
    assert await run(url, "SELECT note FROM visit") == "changed"
    assert await run(url, "SELECT booking.one()") == 1


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "booking"])
@pytest.mark.parametrize("statement", ["SELECT * FROM booking.visit", "SELECT booking.one()"])
async def test_no_other_service_can_read_bookings_schema(
    provisioned: Callable[[str], Database], service: str, statement: str
) -> None:
    for url in (provisioned(service).url, provisioned(service).owner_url):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(url, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE booking.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "ALTER TABLE booking.visit ADD COLUMN more int",
        "DROP TABLE booking.visit",
        "TRUNCATE booking.visit",
        "CREATE SCHEMA mine",
    ],
)
async def test_a_login_role_cannot_change_the_shape_of_anything(
    provisioned: Callable[[str], Database], statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(provisioned("booking").url, statement)


async def test_a_stuck_login_role_is_cut_off_and_a_migration_does_not_wait_for_locks(
    provisioned: Callable[[str], Database],
) -> None:
    assert await run(provisioned("booking").url, "SHOW statement_timeout") == "10s"
    limit = await run(provisioned("booking").url, "SHOW idle_in_transaction_session_timeout")
    assert limit == "15s"
    assert await run(provisioned("booking").owner_url, "SHOW lock_timeout") == "5s"


def test_provisioning_twice_changes_nothing(databases: Databases) -> None:
    rights = (
        "SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace"
        " WHERE nspname NOT LIKE 'pg%' ORDER BY nspname"
    )
    with databases.empty() as find:
        name = find("booking").name
        before = databases.server.execute(rights, database=name)
        databases.server.provision(name, databases.passwords)
        assert databases.server.execute(rights, database=name) == before


async def test_a_server_that_is_not_ours_gets_the_same_roles(databases: Databases) -> None:
    given = GivenPostgres(databases.server.admin_url())
    given.provision("given", databases.passwords)
    url = given.url("notify", databases.passwords["notify"], "given")
    assert await run(url, "SELECT current_user || ' in ' || current_schema()") == "notify in notify"


def test_what_was_committed_outlives_a_killed_server(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres", free_port(), "secret", TEST_SETTINGS)
    try:
        server.start()
        server.execute("CREATE TABLE kept AS SELECT 1 AS one")
        server.kill()
        server.start()
        assert server.execute("SELECT one FROM kept") == "1\n"
    finally:
        server.destroy()
