"""The chain over the operation log: whatever a superuser without the key does to it is found."""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import asyncpg
import pytest

from dev.testing import Database
from libs.common.database import engine
from services.gateway.lgwan.audit.chain import Head, Sealer
from services.gateway.lgwan.audit.numbering import (
    Numberer,
    erase_old,
    erase_person,
    verify,
)
from services.gateway.lgwan.door.staff import Operation
from services.gateway.lgwan.door.store import OpenStore, Store, opener_of_stores
from services.gateway.lgwan.tests.support import sql

ROWS = 60
SAMPLE, ALL = 40, 1000
SEALER = Sealer(b"k" * 32)
COLUMNS = ("actor", "what", "object_kind", "object_id", "office_id", "result", "request_id",
           "address", "detail")  # fmt: skip


Opened = tuple[Database, OpenStore]


@pytest.fixture
async def open_store(
    database: Callable[[str], Database],
) -> AsyncIterator[Opened]:
    made = database("gateway")
    source = engine(made.url, 2)
    yield made, opener_of_stores(source)
    await source.dispose()


async def write(open_store: OpenStore, count: int = ROWS) -> None:
    for number in range(count):
        async with open_store(Store) as store:
            actor = "abe" if number % 3 else "goto"
            store.record(Operation(actor, "booking.cancel", "booking", str(number), "x", "done"))


async def faults(open_store: OpenStore, *heads: Head) -> list[str]:
    return [fault.kind for fault in (await verify(open_store, SEALER, heads)).faults]


async def test_rows_are_numbered_once_without_a_gap_and_the_chain_is_whole(
    open_store: Opened,
) -> None:
    made, opened = open_store
    await write(opened)
    one, other = Numberer(opened, SEALER), Numberer(opened, SEALER)
    assert await one.number() == ROWS
    assert await other.number() == 0
    await write(opened, 3)
    assert await other.number() == 3
    verdict = await verify(opened, SEALER)
    assert (verdict.head.number, verdict.links, verdict.faults) == (ROWS + 3, ROWS + 3, ())
    numbers = "SELECT count(DISTINCT number), max(number) FROM operation_link"
    assert sql(made, numbers) == [f"{ROWS + 3}|{ROWS + 3}"]
    assert sql(made, "SELECT count(*) FROM operation_head") == ["1"]
    newest = await verify(opened, SEALER, newest=10)
    assert (newest.after, newest.links, newest.faults) == (ROWS - 7, 10, ())


async def test_the_login_role_can_only_add(open_store: Opened) -> None:
    made, _ = open_store
    connection = await asyncpg.connect(made.url)
    try:
        for table in ("operation", "operation_link", "operation_head"):
            for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE operation SET actor = 'x'")
    finally:
        await connection.close()


def mutations(chance: random.Random) -> Iterator[str]:
    """Statements of a superuser without the key, each of which does some harm."""
    one, other = chance.sample(range(1, ROWS + 1), 2)
    row = "operation_id = (SELECT operation_id FROM operation_link WHERE number = {})".format
    column = chance.choice(COLUMNS)
    yield f"UPDATE operation SET {column} = {column} || 'x' WHERE {row(one)}"
    yield f"UPDATE operation SET at = at - interval '1 microsecond' WHERE {row(one)}"
    yield f"UPDATE operation SET salt = gen_random_uuid() WHERE {row(one)}"
    yield f"DELETE FROM operation WHERE {row(one)}"
    yield f"DELETE FROM operation_link WHERE number = {one}"
    yield f"DELETE FROM operation WHERE {row(one)}; DELETE FROM operation_link WHERE number = {one}"
    yield f"""
        UPDATE operation_link SET number = -1 WHERE number = {one};
        UPDATE operation_link SET number = {one} WHERE number = {other};
        UPDATE operation_link SET number = {other} WHERE number = -1
    """
    yield f"""
        DELETE FROM operation_link WHERE number = {one};
        UPDATE operation_link SET number = -number WHERE number > {one};
        UPDATE operation_link SET number = -number - 1 WHERE number < 0
    """
    yield f"UPDATE operation_link SET mac = sha256(mac) WHERE number = {one}"
    yield f"UPDATE operation_link SET digest = sha256(digest) WHERE number = {one}"
    yield f"""
        DELETE FROM operation WHERE {row(f"{one} OR number > {one}").replace("= (", "IN (")};
        DELETE FROM operation_link WHERE number >= {one}; DELETE FROM operation_head
    """
    yield f"""
        INSERT INTO operation (actor, what, object_kind, object_id, office_id, result, request_id,
            detail) VALUES ('system', 'log.erase', 'operation', '{one}-{one}', '', 'done', '',
            'sealed {"0" * 64}');
        DELETE FROM operation WHERE {row(one)}
    """


@pytest.mark.parametrize("count", [SAMPLE, pytest.param(ALL, marks=pytest.mark.soak)])
async def test_every_mutation_by_a_superuser_without_the_key_is_found(
    open_store: Opened, count: int
) -> None:
    """Each on the whole log as it was before. The head is known outside the database."""
    made, opened = open_store
    await write(opened)
    numberer = Numberer(opened, SEALER)
    await numberer.number()
    chance, tried = random.Random(19), 0
    connection = await asyncpg.connect(made.admin_url)
    await connection.execute("SET search_path = gateway")
    kept = {name: await copied(connection, name) for name in TABLES}
    try:
        while tried < count:
            for statement in mutations(chance):
                await connection.execute(statement)
                assert await faults(opened, numberer.head), statement
                await put_back(connection, kept)
                tried += 1
        assert not await faults(opened, numberer.head)
    finally:
        await connection.close()


TABLES = ("operation", "operation_link", "operation_head")


async def copied(connection: asyncpg.Connection, name: str) -> str:
    await connection.execute(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}")
    return f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept_{name}"


async def put_back(connection: asyncpg.Connection, kept: dict[str, str]) -> None:
    for name, statement in kept.items():
        await connection.execute(f"DELETE FROM {name}; {statement}")


async def test_a_numberer_that_saw_the_chain_longer_numbers_nothing_more(
    open_store: Opened,
) -> None:
    made, opened = open_store
    await write(opened)
    numberer = Numberer(opened, SEALER)
    await numberer.number()
    sql(made, "DELETE FROM operation_link WHERE number > 50")
    assert await numberer.number() == 0
    assert await faults(opened, numberer.head) == ["cut"]


async def test_erasing_a_person_or_what_is_old_keeps_the_chain_whole(
    open_store: Opened,
) -> None:
    made, opened = open_store
    await write(opened)
    numberer = Numberer(opened, SEALER)
    await numberer.number()
    assert await erase_person(opened, SEALER, "goto") == ROWS // 3
    assert sql(made, "SELECT count(*) FROM operation WHERE actor = 'goto'") == ["0"]
    await numberer.number()
    assert await faults(opened, numberer.head) == []
    await erase_old(opened, SEALER, 1)
    assert sql(made, "SELECT count(*) FROM operation WHERE actor = 'abe'") == [
        f"{ROWS - ROWS // 3}"
    ]


async def test_what_is_older_than_the_time_of_keeping_goes_with_its_erasures(
    open_store: Opened,
) -> None:
    made, opened = open_store
    await write(opened)
    sql(made, "UPDATE operation SET at = at - interval '2 days'")
    numberer = Numberer(opened, SEALER)
    await numberer.number()
    await erase_old(opened, SEALER, 1)
    await erase_old(opened, SEALER, 1)
    await numberer.number()
    assert sql(made, "SELECT what FROM operation") == ["log.erase"]
    assert await faults(opened, numberer.head) == []


def test_a_head_that_is_kept_elsewhere_is_believed_with_its_signature_only() -> None:
    head = Head(7, b"m" * 32)
    line = SEALER.write_head(datetime(2026, 12, 1, tzinfo=UTC), head)
    assert SEALER.read_head(line) == head
    for wrong in (
        line.replace(" 7 ", " 8 "),
        Sealer(b"o" * 32).write_head(datetime.now(UTC), head),
    ):
        with pytest.raises(ValueError, match="signature"):
            SEALER.read_head(wrong)
