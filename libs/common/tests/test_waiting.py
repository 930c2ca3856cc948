"""A process that starts before its database waits, says so, and goes on when it is there."""

import asyncio
import time
from pathlib import Path

import asyncpg
import pytest

from dev.testing import Database
from libs.common.migrate import wait_for_database

from .cable import Cable
from .conftest import PlugIn
from .parts import eventually
from .test_process import Tiny, tiny

SOON = 2.0
"""After the database is there, on a machine that does nothing else."""
BUSY = 3.0


@pytest.fixture
async def cable(plug_in: PlugIn, tables: Database) -> Cable:
    """To a database with the newest schema."""
    owner = await asyncpg.connect(tables.owner_url)
    await owner.execute("CREATE TABLE alembic_version (version_num text)")
    await owner.execute("INSERT INTO alembic_version VALUES ('0001')")
    await owner.close()
    return await plug_in(tables.url)


@pytest.fixture
def migrations(tmp_path: Path) -> str:
    (tmp_path / "0001_initial.py").touch()
    return str(tmp_path)


async def failing(process: Tiny) -> list[str]:
    answer = await process.http.get(f"{process.ops}/readyz")
    assert answer.status_code == 503
    return list(answer.json()["failing"])


async def says_waiting(process: Tiny) -> None:
    stream = process.process.stdout
    assert stream
    while b"waiting for PostgreSQL" not in await stream.readline():
        pass


@pytest.mark.parametrize("how", ["refuses", "is silent"])
async def test_a_process_waits_for_its_database_and_goes_on_with_it(
    cable: Cable, migrations: str, how: str
) -> None:
    if how == "refuses":
        await cable.cut()
    else:
        cable.muffle()
    async with tiny(DATABASE_URL=cable.url, MIGRATIONS=migrations) as process:
        await says_waiting(process)
        await eventually(process.has_port)
        assert await failing(process) == ["started", "database"]
        began = time.monotonic()
        if how == "refuses":
            await cable.plug()
        else:
            cable.clear()
        await eventually(process.is_ready)
        assert time.monotonic() - began < SOON + BUSY
        print(f"ready {time.monotonic() - began:.1f} s after the database was there")


async def test_a_process_that_waits_ends_when_it_is_told_to(cable: Cable, migrations: str) -> None:
    await cable.cut()
    async with tiny(DATABASE_URL=cable.url, MIGRATIONS=migrations) as process:
        await says_waiting(process)
        process.process.terminate()
        output, _ = await process.process.communicate()
        assert b"Told to end while it waited for PostgreSQL." in output


async def test_a_wrong_password_is_no_matter_of_waiting(tables: Database, migrations: str) -> None:
    wrong = tables.url.replace(":", ":x", 2).replace(":x//", "://")
    async with tiny(DATABASE_URL=wrong, MIGRATIONS=migrations) as process:
        output, _ = await process.process.communicate()
        assert process.process.returncode == 3
        assert b"The database refused (28P01). See that it answers, and that role" in output


async def test_migrations_wait_for_their_database_and_say_so(
    cable: Cable, capsys: pytest.CaptureFixture[str]
) -> None:
    await cable.cut()
    waiting = asyncio.create_task(wait_for_database(cable.url, 60))
    said = ""
    while "\n" not in said:
        await asyncio.sleep(0.05)
        said += capsys.readouterr().out
    assert said == "PostgreSQL does not answer (ConnectionRefusedError); waiting up to 60 s.\n"
    assert not waiting.done()
    await cable.plug()
    await asyncio.wait_for(waiting, SOON + BUSY)
