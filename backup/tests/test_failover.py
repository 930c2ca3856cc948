"""A standby takes over: the journal goes on where it was, and what both wrote is restored."""

import asyncio
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.backups import SERVER, Backups, received
from dev.postgres import Postgres, programs, roles
from dev.process import free_port

from .waiting import until

SLOT = "SELECT pg_create_physical_replication_slot('{}', true)"


@pytest.fixture
def backups(test_home: Path) -> Iterator[Backups]:
    home = test_home / f"failover-{secrets.token_hex(4)}"
    server = Postgres(home / "one", free_port(), secrets.token_hex(8), SERVER)
    kept = Backups(home / "kept", server, secrets.token_hex(8))
    try:
        server.start()
        server.provision("oita", dict.fromkeys(roles(), kept.password))
        server.execute("CREATE TABLE booking.visit (number int PRIMARY KEY)", database="oita")
        kept.start(wait_for=False)
        kept.command("base")
        yield kept
    finally:
        kept.stop()
        kept.postgres.destroy()
        shutil.rmtree(home, ignore_errors=True)


def standby_of(server: Postgres, home: Path) -> Postgres:
    """A second server that streams from the first, with the journals' slots, as Patroni keeps them
    on every member."""
    standby = Postgres(home, free_port(), server.password)
    standby.account.owns(standby.place)
    source = f"host=127.0.0.1 port={server.port} user=postgres password={server.password}"
    subprocess.run(
        [programs() / "pg_basebackup", "-D", standby.data, "-R", "-c", "fast", "-d", source],
        check=True,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        **standby.account.popen_options(),
    )
    standby.start()
    standby.execute(*(SLOT.format(name) for name in ("journal_1", "journal_2")))
    return standby


def insert(server: Postgres, first: int, last: int) -> None:
    rows = f"SELECT generate_series({first}, {last})"
    server.execute(f"INSERT INTO booking.visit {rows}", database="oita")


async def test_a_journal_outlives_a_failover(backups: Backups) -> None:
    """One address leads to the primary, whoever it is: the standby answers there now."""
    one = backups.postgres
    insert(one, 1, 1000)
    two = await asyncio.to_thread(standby_of, one, backups.home / "two")
    insert(one, 1001, 2000)
    await until(lambda: two.execute("TABLE booking.visit", database="oita").count("\n") == 2000)
    one.kill()
    two.stop()
    two.port = one.port
    two.start()
    two.execute("SELECT pg_promote()")
    backups.postgres = two
    await until(lambda: received(*backups.journals))
    insert(two, 2001, 3000)
    for journal in backups.journals:
        assert not list(journal.folder.glob("aside-*"))
        assert list(journal.folder.glob("00000002*"))
    found = backups.drill()
    assert (found["ok"], found["rows"]) == (True, {"oita.booking.visit": 3000})
