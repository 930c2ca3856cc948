"""The archive: sealed files, which of them are kept, and how a journal's lag is told."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backup.archive import Archive, Base, gaps, newest_system
from backup.lag import Lag
from backup.sealed import CHUNK, CannotRead, Sealer
from backup.segments import Segment, at, is_partial, is_tail, is_whole, reach

KEY, OTHER = os.urandom(32), os.urandom(32)
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def content(size: int) -> Iterator[bytes]:
    """Nothing that can be compressed."""
    yield from (os.urandom(1000) for _ in range(size // 1000))


@pytest.mark.parametrize("size", [0, 1000, CHUNK, 3 * CHUNK + 5000])
def test_what_was_sealed_is_read_again(tmp_path: Path, size: int) -> None:
    wanted = b"".join(content(size))
    sealer = Sealer({1: KEY})
    sealer.write(tmp_path / "file", "name", [wanted])
    assert b"".join(sealer.read(tmp_path / "file", "name")) == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    if size:
        assert wanted[:100] not in (tmp_path / "file").read_bytes()


def test_the_newest_key_seals_and_every_key_opens(tmp_path: Path) -> None:
    Sealer({1: KEY}).write(tmp_path / "old", "name", [b"old"])
    both = Sealer({2: OTHER, 1: KEY})
    both.write(tmp_path / "new", "name", [b"new"])
    assert b"".join(both.read(tmp_path / "old", "name")) == b"old"
    with pytest.raises(CannotRead, match="sealed with key 2"):
        list(Sealer({1: KEY}).read(tmp_path / "new", "name"))


@pytest.mark.parametrize("kept", [10, 100, CHUNK + 100, 2 * (CHUNK + 16) + 34])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    """At the end of a chunk as well, where each tag is right."""
    path = tmp_path / "file"
    Sealer({1: KEY}).write(path, "name", content(3 * CHUNK))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(CannotRead):
        list(Sealer({1: KEY}).read(path, "name"))


def test_a_file_that_is_altered_or_under_anothers_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    sealer = Sealer({1: KEY})
    sealer.write(path, "one", content(3 * CHUNK))
    with pytest.raises(CannotRead):
        list(sealer.read(path, "other"))
    raw = bytearray(path.read_bytes())
    raw[2 * CHUNK] ^= 1
    path.write_bytes(raw)
    with pytest.raises(CannotRead, match="altered"):
        list(sealer.read(path, "one"))
    (tmp_path / "none").write_bytes(b"something else")
    with pytest.raises(CannotRead, match="no file of the archive"):
        list(sealer.read(tmp_path / "none", "none"))


def test_what_fails_while_it_is_written_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError

    with pytest.raises(OSError):
        Sealer({1: KEY}).write(tmp_path / "file", "name", broken())
    assert not list(tmp_path.iterdir())


def test_two_may_write_the_same_file_at_once(tmp_path: Path) -> None:
    """As two journals do; neither writes into what the other has begun."""
    sealer, path, wanted = Sealer({1: KEY}), tmp_path / "file", b"log" * 1000

    def slowly() -> Iterator[bytes]:
        yield wanted[:1500]
        sealer.write(path, "name", [wanted])
        assert b"".join(sealer.read(path, "name")) == wanted
        yield wanted[1500:]

    sealer.write(path, "name", slowly())
    assert b"".join(sealer.read(path, "name")) == wanted
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_nobody_will_finish_is_removed(tmp_path: Path) -> None:
    archive = archive_with(tmp_path, [1], range(2))
    for name, days in (("old", 3), ("new", 1)):
        part = archive.folder / "wal" / f".{name}.part"
        part.touch()
        at_ = (NOW - timedelta(days=days)).timestamp()
        os.utime(part, (at_, at_))
    archive.prune(NOW, keep_days=3)
    assert [path.name for path in archive.folder.rglob("*.part")] == [".new.part"]


def test_files_of_the_log_are_ordered_by_their_place() -> None:
    first, later = (
        Segment.named("0000000100000000000000FF"),
        Segment.named("0" * 7 + "2" + "0" * 7 + "1" + "0" * 8),
    )
    assert first.number + 1 == later.number
    assert first < later
    assert later.name == "000000020000000100000000"
    assert at("0/2000028", 1).name == "000000010000000000000002"
    assert is_whole(first.name)
    assert is_partial(f"{first.name}.partial")
    assert not is_partial(f"{first.name}.journal_1.partial")
    assert is_tail(f"{first.name}.journal_1.partial")
    assert reach(b"log\0\0") == 3


def archive_with(folder: Path, days: list[int], files: range) -> Archive:
    """Base backups of so many days ago, each ten files of the log after the one before."""
    archive = Archive(folder, "7", Sealer({1: KEY}))
    for index, ago in enumerate(days):
        base = Base(NOW - timedelta(days=ago), Segment(10 * index, 1))
        archive.write("base", base.name, [b""])
    for number in files:
        archive.write("wal", Segment(number, 1).name, [b""])
    return archive


def test_what_no_moment_of_the_kept_days_needs_is_removed(tmp_path: Path) -> None:
    archive = archive_with(tmp_path, [5, 4, 3, 2, 1], range(45))
    archive.write("wal", "00000002.history", [b""])
    archive.prune(NOW, keep_days=3)
    # Three days ago is reached from the base backup of then, with the log from there on.
    assert [(NOW - base.ended).days for base in archive.bases()] == [3, 2, 1]
    assert [each.number for each in archive.log()] == list(range(20, 45))
    assert archive.has("wal", "00000002.history")


def test_old_base_backups_stay_while_there_is_no_newer_one(tmp_path: Path) -> None:
    archive = archive_with(tmp_path, [90, 80, 70], range(30))
    archive.prune(NOW, keep_days=3)
    assert [(NOW - base.ended).days for base in archive.bases()] == [80, 70]


def test_a_gap_in_the_log_is_seen(tmp_path: Path) -> None:
    archive = archive_with(tmp_path, [2, 1], range(8, 15))
    assert archive.missing() == []
    archive.remove("wal", Segment(12, 1).name)
    assert archive.missing() == [12]
    assert gaps([], 3) == []


def test_a_new_installation_does_not_mix_with_an_older_one(tmp_path: Path) -> None:
    archive_with(tmp_path, [3], range(2))
    newer = Archive(tmp_path, "8", Sealer({1: KEY}))
    newer.write("base", Base(NOW, Segment(0, 1)).name, [b""])
    assert newer.log() == []
    assert newest_system(tmp_path) == "8"
    assert newest_system(tmp_path / "elsewhere") is None


def test_lag_is_the_age_of_the_first_thing_that_a_journal_lacks() -> None:
    lag = Lag()
    assert lag.note(0.0, written=100, flushed=100) == 0
    assert lag.note(10.0, written=200, flushed=100) == 0
    assert lag.note(11.0, written=300, flushed=100) == 1
    assert lag.note(12.0, written=300, flushed=200) == 1
    assert lag.note(13.0, written=300, flushed=300) == 0


def test_a_new_primary_may_be_behind_the_old_one() -> None:
    lag = Lag()
    lag.note(0.0, written=500, flushed=100)
    assert lag.note(5.0, written=200, flushed=200) == 0
