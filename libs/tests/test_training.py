"""One step erases what a training left, keeps what the city set up, and never works again later."""

import json
import os
import subprocess
import sys
from importlib import import_module

import asyncpg
import pytest

from dev.environment import MIGRATORS
from dev.postgres import psql
from dev.testing import Database, Databases
from libs.common.training import NotErased, TrainingTables, command, erase
from libs.training_report import SERVICES, report

BOTH = ("田中", "佐藤")
APPROVED = ("--approved-by", "田中", "--approved-by", "佐藤")
_NAMES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relname <> 'alembic_version'
        AND relnamespace = current_schema()::regnamespace
"""
by_service = pytest.mark.parametrize("service", MIGRATORS)


def tables_of(service: str) -> TrainingTables:
    module = import_module(f"{MIGRATORS[service]}.training")
    found: TrainingTables = module.TRAINING_TABLES
    return found


def run(database: Database, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of notify's."""
    return subprocess.run(
        [sys.executable, "-m", "services.notify", *words],
        env={**os.environ, "MIGRATE_DATABASE_URL": database.owner_url},
        capture_output=True,
        text=True,
        check=False,
    )


def rows(database: Database, statement: str) -> list[str]:
    return psql(database.owner_url, "-c", statement).splitlines()


@by_service
async def test_each_table_is_erased_or_kept_and_what_a_migration_wrote_stays(
    databases: Databases, service: str
) -> None:
    tables = tables_of(service)
    assert not tables.erased & tables.kept
    assert tables.listed <= tables.erased
    with databases.fresh(service) as database:
        names = rows(database, _NAMES)
        assert set(names) == tables.erased | tables.kept
        done = await erase(database.owner_url, tables, BOTH)
        assert set(done.before.values()) == {0}
        assert {*done.before, *done.kept} == set(names)


def test_what_came_from_the_training_is_gone_and_a_live_service_is_not_erased(
    databases: Databases,
) -> None:
    with databases.fresh("notify") as database:
        rows(
            database,
            "INSERT INTO inbox (message_id) SELECT gen_random_uuid() FROM generate_series(1, 7)",
        )
        first = json.loads(run(database, "erase-training", *APPROVED).stdout)
        assert (first["before"]["inbox"], first["after"]["inbox"]) == (7, 0)
        assert first["approved_by"] == ["田中", "佐藤"]
        live = run(database, "go-live", *APPROVED)
        again = run(database, "go-live", *APPROVED)
        assert json.loads(live.stdout) == json.loads(again.stdout)
        rows(database, "INSERT INTO inbox (message_id) VALUES (gen_random_uuid())")
        assert run(database, "erase-training", "--check").returncode == 1
        refused = run(database, "erase-training", *APPROVED)
        assert refused.returncode == 1
        assert "live since" in refused.stderr
        assert rows(database, "SELECT count(*) FROM inbox") == ["1"]


@pytest.mark.parametrize(
    "words", [(), APPROVED[:2], ("--approved-by", "田中", "--approved-by", " 田中 ")]
)
def test_one_person_alone_erases_nothing(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="--approved-by NAME --approved-by NAME"):
        command(tables_of("notify"), ["erase-training", *words])


async def test_nothing_is_erased_beside_a_process_that_is_at_work(databases: Databases) -> None:
    with databases.fresh("notify") as database:
        connection = await asyncpg.connect(database.url)
        try:
            with pytest.raises(NotErased, match=r"work here: notify. Stop every process first."):
                await erase(database.owner_url, tables_of("notify"), BOTH)
        finally:
            await connection.close()


async def test_a_real_list_of_people_can_stay(databases: Databases) -> None:
    with databases.fresh("eligibility") as database:
        done = await erase(database.owner_url, tables_of("eligibility"), BOTH, keep_lists=True)
        assert {"person", "batch", "undo_row"} <= set(done.kept)
        assert "pickup" in done.before


def test_the_report_is_whole_or_says_what_is_missing() -> None:
    done = {
        "at": "2026-12-01T03:04:05+00:00",
        "approved_by": ["田中", "佐藤"],
        "before": {"visit": 1200},
        "after": {"visit": 0},
        "kept": {"office": 9},
    }
    lines = [json.dumps({"service": name, **done}) for name in SERVICES]
    text = report(lines)
    for words in (
        "| visit | 1,200 | 0 |",
        "| office | 9 |",
        "2026年12月01日 12時04分05秒",
        "- 佐藤",
    ):
        assert words in text
    with pytest.raises(ValueError, match="not erased yet: notify"):
        report(line for line in lines if "notify" not in line)
