"""Everything acknowledged comes back: disks are deleted under bookings, and time is turned back."""

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import psutil
import pytest

from backup.segments import Segment, is_whole
from dev.backups import Backups, received
from dev.errors import CannotStart
from dev.postgres import Postgres, roles
from dev.process import free_port
from dev.testing import TEST_SETTINGS

from .waiting import until

SETTINGS = {
    **TEST_SETTINGS,
    "wal_level": "replica",
    "max_wal_senders": "10",
    "full_page_writes": "on",
}
TABLE = "CREATE TABLE booking.visit (number int PRIMARY KEY, note text NOT NULL)"


@pytest.fixture(scope="module")
def running(test_home: Path) -> Iterator[Backups]:
    """A server with a table, and its two journals."""
    home = test_home / f"backup-{secrets.token_hex(4)}"
    server = Postgres(home / "postgres", free_port(), secrets.token_hex(8), SETTINGS)
    kept = Backups(home / "kept", server, secrets.token_hex(8), tail_seconds=0.2)
    try:
        server.start()
        passwords = dict.fromkeys(roles(), kept.password)
        server.provision("oita", passwords)
        server.execute(TABLE, database="oita")
        kept.start()
        yield kept
    finally:
        kept.stop()
        server.destroy()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
async def backups(running: Backups) -> Backups:
    """All of it well, whatever the test before did, with an empty table and a new base backup."""
    for journal in running.journals:
        if not journal.alive:
            journal.start()
    await until(lambda: received(*running.journals))
    running.wait_for_journals()
    running.postgres.execute("TRUNCATE booking.visit", database="oita")
    running.command("base")
    return running


async def add(url: str, first: int, to: list[int]) -> None:
    """Insert one after the other until the server is gone; only what it acknowledged counts."""
    connection = await asyncpg.connect(url)
    number = first
    try:
        while True:
            await connection.execute("INSERT INTO booking.visit VALUES ($1, 'kept')", number)
            to.append(number)
            number += 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return
    finally:
        connection.terminate()
        await asyncio.sleep(0)  # for the loop to close its socket


def numbers(server: Postgres) -> set[int]:
    rows = server.execute("SELECT number FROM booking.visit", database="oita")
    return {int(row) for row in rows.split()}


def first_of(backups: Backups) -> Segment:
    """Where the newest base backup begins in the log."""
    names = sorted(path.name for path in backups.archive.rglob("base/*.tar.sealed"))
    return Segment.named(names[-1].split("-")[1])


def log_of(backups: Backups, number: int) -> list[Path]:
    """The whole file of that place, wherever it is kept."""
    return [
        path
        for path in backups.home.rglob("*")
        if is_whole(path.name.removesuffix(".sealed")) and Segment.named(path.name).number == number
    ]


async def test_a_disk_that_is_deleted_under_bookings_costs_no_acknowledged_one(
    backups: Backups,
) -> None:
    server = backups.postgres
    acknowledged: list[list[int]] = [[] for _ in range(4)]
    url = server.admin_url("oita")
    crowd = [asyncio.create_task(add(url, n * 10**6, a)) for n, a in enumerate(acknowledged)]
    await until(lambda: sum(map(len, acknowledged)) > 400)
    # One journal's machine goes first: the other one is enough.
    backups.journals[0].kill()
    shutil.rmtree(backups.journals[0].folder)
    so_far = sum(map(len, acknowledged))
    await until(lambda: sum(map(len, acknowledged)) > so_far + 400)
    server.kill()
    shutil.rmtree(server.data)
    await asyncio.gather(*crowd)
    place = backups.home / "restored"
    backups.command("restore", "--to", str(place), JOURNAL_DIRS=str(backups.journals[1].folder))
    backups.replace(place)
    wanted = {number for each in acknowledged for number in each}
    assert len(wanted) > 800
    assert wanted <= numbers(server)


async def test_every_second_can_be_restored_also_where_there_is_only_the_archive(
    backups: Backups,
) -> None:
    """On another machine, without the journals: what is in the archive is sealed and whole."""
    server = backups.postgres
    server.execute("INSERT INTO booking.visit VALUES (1, 'kept')", database="oita")
    await asyncio.sleep(1.1)  # the moment lies between two commits, told in whole seconds
    before = datetime.now(UTC)
    await asyncio.sleep(0.1)
    server.execute("DELETE FROM booking.visit", "SELECT pg_switch_wal()", database="oita")
    server.execute("INSERT INTO booking.visit VALUES (2, 'later')", database="oita")
    await until(lambda: backups.journals[0].figures().get("oita_backup_unsealed_files") == 0)
    await until(lambda: any("partial" in p.name for p in backups.archive.rglob("*.sealed")))
    place = backups.home / "elsewhere"
    backups.command("restore", "--to", str(place), "--until", before.isoformat(), JOURNAL_DIRS="")
    server.stop()
    backups.replace(place)
    assert numbers(server) == {1}


async def test_without_both_journals_a_booking_waits_and_with_either_it_does_not(
    backups: Backups,
) -> None:
    server, [one, other] = backups.postgres, backups.journals
    url = server.admin_url("oita")
    for away in (one, other):
        away.kill()
        server.execute(f"INSERT INTO booking.visit VALUES ({away.ops_port}, '')", database="oita")
        away.start()
        await until(lambda: received(one, other))
    one.kill()
    other.kill()
    found: list[int] = []
    waiting = asyncio.create_task(add(url, 1, found))
    await asyncio.sleep(1)
    assert not found
    other.start()
    await until(lambda: len(found) > 0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_the_figures_say_how_far_a_journal_is_behind(backups: Backups) -> None:
    """One that hangs, as on a disk that does: bookings go on, and the figure rises."""
    server, journal = backups.postgres, backups.journals[0]
    await until(lambda: journal.figures().get("oita_backup_base_age_seconds", -1) >= 0)
    assert journal.figures()["oita_backup_journal_synchronous"] == 1
    assert journal.child
    (receiving,) = psutil.Process(journal.child.pid).children()
    receiving.suspend()
    server.execute("INSERT INTO booking.visit VALUES (1, '')", database="oita")
    await until(lambda: journal.figures()["oita_backup_journal_lag_seconds"] > 1)
    receiving.resume()
    await until(lambda: journal.figures()["oita_backup_journal_lag_seconds"] < 1)


async def test_a_drill_brings_everything_back_and_signs_that_it_did(backups: Backups) -> None:
    server = backups.postgres
    server.execute(
        "INSERT INTO booking.visit SELECT n, 'kept' FROM generate_series(1, 2000) n",
        database="oita",
    )
    found = backups.drill()
    assert found["ok"]
    assert found["missing"] == {}
    assert found["rows"] == {"oita.booking.visit": 2000}
    assert not list(backups.room.iterdir())
    await until(lambda: backups.journals[0].figures().get("oita_backup_drill_ok") == 1)
    assert 0 <= backups.journals[0].figures()["oita_backup_drill_age_seconds"] < 60


async def test_a_drill_sees_what_did_not_come_back(backups: Backups) -> None:
    """The journals receive, but bring nothing into the archive, which is all that is read."""
    server = backups.postgres
    keeping = [psutil.Process(each.child.pid) for each in backups.journals if each.child]
    for process in keeping:
        process.suspend()
    try:
        server.execute("INSERT INTO booking.visit VALUES (1, 'kept')", database="oita")
        with pytest.raises(CannotStart, match="not the original") as failed:
            backups.command("drill", JOURNAL_DIRS="")
    finally:
        for process in keeping:
            process.resume()
    assert '"oita.booking.visit": 1' in str(failed.value)


async def test_a_destroyed_key_makes_the_archive_unreadable(backups: Backups) -> None:
    kept, backups.keys = backups.keys, f"2:{backups.keys[2:]}"
    with pytest.raises(CannotStart, match="sealed with key 1, which is not in BACKUP_KEYS"):
        backups.command("restore", "--to", str(backups.home / "unread"))
    assert b"PG_VERSION" not in b"".join(p.read_bytes() for p in backups.archive.rglob("*.sealed"))
    backups.keys = kept


async def test_nothing_is_written_over_and_no_gap_is_passed_in_silence(backups: Backups) -> None:
    server, place = backups.postgres, backups.home / "full"
    place.mkdir()
    (place / "something").touch()
    with pytest.raises(CannotStart, match="is not empty"):
        backups.command("restore", "--to", str(place))
    for _ in range(3):
        server.execute(
            "INSERT INTO booking.visit SELECT coalesce(max(number), 0) + 1, '' FROM booking.visit",
            "SELECT pg_switch_wal()",
            database="oita",
        )
    gone, later = (first_of(backups).number + step for step in (1, 2))
    await until(lambda: any(p.suffix for p in log_of(backups, later)))
    for path in log_of(backups, gone):
        path.unlink()
    with pytest.raises(CannotStart, match="1 files of the log are missing"):
        backups.command("restore", "--to", str(backups.home / "gap"), JOURNAL_DIRS="")
    await until(lambda: backups.journals[0].figures().get("oita_backup_missing_files") == 1)
    # What cannot be restored any more is not waited for until tomorrow.
    assert "is in the archive" in backups.command("base", "--if-due")
    assert backups.command("base", "--if-due") == ""
