"""A store commits its work with its facts or not at all; a database that may forget is refused."""

from pathlib import Path

import pytest

from dev.testing import Database
from libs.common.database import (
    NotDurable,
    assert_durable,
    asyncpg_pool,
    engine,
    schema_is_ready,
    store_opener,
)

from .parts import Happened, Parts, Store


async def test_work_and_facts_are_committed_together(parts: Parts) -> None:
    async with parts.open_store() as store:
        await store.note(1)
        store.publish(Happened(number=1))
    assert await parts.effects() == [1]
    assert await parts.unsent() == 1


async def test_a_transaction_that_fails_leaves_neither_work_nor_fact(parts: Parts) -> None:
    with pytest.raises(ZeroDivisionError):
        async with parts.open_store() as store:
            await store.note(1)
            store.publish(Happened(number=1))
            raise ZeroDivisionError
    assert await parts.effects() == []
    assert await parts.unsent() == 0


async def test_the_relay_is_woken_after_the_commit_and_only_for_facts(tables: Database) -> None:
    source = engine(tables.url, 2)
    pool = await asyncpg_pool(tables.url, 1)
    woken = []
    open_store = store_opener(source, Store, lambda: woken.append(True))
    async with open_store() as store:
        await store.note(1)
    assert woken == []
    async with open_store() as store:
        store.publish(Happened(number=2))
        assert woken == []
    assert woken == [True]
    await pool.close()
    await source.dispose()


async def test_a_role_that_acknowledges_too_early_is_refused(scratch: Database) -> None:
    for value in ("off", "local", "remote_write"):
        pool = await asyncpg_pool(scratch.url, 1, synchronous_commit=value)
        with pytest.raises(NotDurable, match=value):
            await assert_durable(pool)
        await pool.close()
    pool = await asyncpg_pool(scratch.url, 1, synchronous_commit="on")
    await assert_durable(pool)
    await pool.close()


async def test_an_older_schema_is_not_ready_and_a_newer_one_is(
    tables: Database, tmp_path: Path
) -> None:
    for name in ("0001_initial.py", "0002_more.py", "notes.txt"):
        (tmp_path / name).touch()
    owner = await asyncpg_pool(tables.owner_url, 1)
    pool = await asyncpg_pool(tables.url, 1)
    assert not await schema_is_ready(pool, tmp_path)
    await owner.execute("CREATE TABLE alembic_version (version_num text)")
    assert not await schema_is_ready(pool, tmp_path)
    await owner.execute("INSERT INTO alembic_version VALUES ('0001')")
    assert not await schema_is_ready(pool, tmp_path)
    for newer in ("0002", "0003"):
        await owner.execute("UPDATE alembic_version SET version_num = $1", newer)
        assert await schema_is_ready(pool, tmp_path)
    await pool.close()
    await owner.close()
