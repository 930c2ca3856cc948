"""A server as of a moment: the newest base backup before it, and the log from there on."""

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from . import segments
from .archive import Archive, Base, gaps
from .sealed import CHUNK
from .segments import SIZE, Segment

MANIFEST = "backup_manifest"
WITH_WAL = "pg_wal/"
CONFIGURATION = """
# Written by the restore. Bookings wait for no journal until somebody says so again.
restore_command = 'cp "{wal}/%f" "%p"'
recovery_target_timeline = 'latest'
recovery_target_action = 'promote'
recovery_target_time = '{until}'
synchronous_standby_names = ''
primary_conninfo = ''
primary_slot_name = ''
"""


class CannotRestore(Exception):
    """There is no way to that moment; the text is for the operator."""


@dataclass(frozen=True)
class Restored:
    """What was laid out: `data` is the data directory of a server that has only to be started."""

    data: Path
    base: Base
    files: int
    """Files of the log that it will read."""


@dataclass(frozen=True)
class Sources:
    """Where the log is: in the archive, with journals, and, what was written while it was taken, in
    the base backup itself."""

    archive: Archive
    journals: Sequence[Path]
    own: Path


def restore(
    archive: Archive,
    to: Path,
    journals: Sequence[Path] = (),
    until: datetime | None = None,
    data: Path | None = None,
) -> Restored:
    """Fill the empty folder `to`; with `data` the server's own is laid out there. Raises
    CannotRestore or CannotRead."""
    base, data, wal = base_for(archive, until), data or to / "data", to / "wal"
    for folder in (to, data):
        if folder.exists() and any(folder.iterdir()):
            raise CannotRestore(f"{folder} is not empty: nothing is written over.")
    wal.mkdir(mode=0o700, parents=True)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)
    unpack(archive.read_base(base), data)
    sources = Sources(archive, journals, data / "pg_wal")
    files = lay_out_log(sources, wal, base.first.number, until)
    configure(data, wal, until)
    return Restored(data, base, files)


def base_for(archive: Archive, until: datetime | None) -> Base:
    fitting = [base for base in archive.bases() if until is None or base.ended <= until]
    if not fitting:
        raise CannotRestore("The archive has no base backup from before that moment.")
    return fitting[-1]


def unpack(content: Iterator[bytes], data: Path) -> None:
    """Write the files of a base backup, and hold each against the manifest that comes last."""
    sums: dict[str, tuple[int, str]] = {}
    with tarfile.open(fileobj=Reader(content), mode="r|", bufsize=CHUNK) as tar:
        for member in tar:
            path = _inside(data, member.name)
            if member.isdir():
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif member.isfile():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source = tar.extractfile(member)
                assert source
                sums[member.name] = _copy(source, path)
            else:
                raise CannotRestore(f"{member.name} is neither a file nor a folder.")
    _compare(data / MANIFEST, sums)


def _inside(data: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts:
        raise CannotRestore(f"{name} leads out of the folder.")
    return data.joinpath(*parts)


def _copy(source: IO[bytes], path: Path) -> tuple[int, str]:
    """(size, SHA-256) of what was copied."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        path.chmod(0o600)
        for piece in iter(lambda: source.read(CHUNK), b""):
            digest.update(piece)
            size += target.write(piece)
    return size, digest.hexdigest()


def _compare(manifest: Path, sums: dict[str, tuple[int, str]]) -> None:
    """Every file of the manifest is there as PostgreSQL read it, and no other. Pages of the log are
    not in it: each has a checksum of its own."""
    if not manifest.exists():
        raise CannotRestore("The base backup has no manifest.")
    listed = {
        each["Path"]: (each["Size"], each["Checksum"])
        for each in json.loads(manifest.read_bytes())["Files"]
    }
    differing = {name for name in listed.keys() | sums if listed.get(name) != sums.get(name)}
    wrong = sorted(n for n in differing if n != MANIFEST and not n.startswith(WITH_WAL))
    if wrong:
        raise CannotRestore(f"The base backup is not what its manifest says, first at {wrong[0]}.")


def lay_out_log(sources: Sources, wal: Path, first: int, until: datetime | None) -> int:
    """Bring the log from `first` on together, from the archive and what only a journal has yet."""
    archive = sources.archive
    for name in archive.names("wal"):
        if segments.is_history(name) or _wanted(name, first):
            _write(wal / name, archive.read("wal", name))
    for journal in sources.journals:
        for path in _of(journal, archive.system):
            if not (wal / path.name).exists() and _wanted(path.name, first):
                shutil.copyfile(path, wal / path.name)
    _lay_out_tails(sources, wal, first)
    numbers = [Segment.named(p.name).number for p in wal.iterdir() if segments.is_whole(p.name)]
    lost = gaps(numbers, first)
    if lost and until is None:
        raise CannotRestore(
            f"{len(lost)} files of the log are missing, first …{Segment(lost[0], 1).name[8:]}."
            " With --until and a moment before, what comes earlier can be restored."
        )
    return len(numbers)


def _wanted(name: str, first: int) -> bool:
    return segments.is_whole(name) and Segment.named(name).number >= first


def _of(journal: Path, system: str) -> list[Path]:
    """The whole files and the histories of a journal that are about this database cluster."""
    return [
        path
        for path in sorted(journal.iterdir())
        if segments.is_history(path.name)
        or (segments.is_whole(path.name) and segments.system_of(path) == system)
    ]


def _lay_out_tails(sources: Sources, wal: Path, first: int) -> None:
    """Of a file that nobody has whole, whichever copy goes furthest. PostgreSQL takes what is here
    before what the base backup brought along, so that an older copy would stop it too early."""
    best: dict[str, bytes] = {}
    for name, content in _tails(sources):
        if not _wanted(name, first) or (wal / name).exists():
            continue
        if segments.reach(content) > segments.reach(best.get(name, b"")):
            best[name] = content
    for name, content in best.items():
        (wal / name).write_bytes(content.ljust(SIZE, b"\0"))


def _tails(sources: Sources) -> Iterator[tuple[str, bytes]]:
    archive = sources.archive
    for name in archive.names("wal"):
        if segments.is_tail(name):
            yield name[:24], b"".join(archive.read("wal", name))
    for path in sorted(sources.own.iterdir()):
        if segments.is_whole(path.name):
            yield path.name, path.read_bytes()
    for journal in sources.journals:
        for path in sorted(journal.glob(f"*{segments.PARTIAL}")):
            if segments.is_partial(path.name) and segments.system_of(path) == archive.system:
                yield path.name[:24], path.read_bytes()


def _write(path: Path, content: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        for piece in content:
            file.write(piece)


def configure(data: Path, wal: Path, until: datetime | None) -> None:
    """Tell the server to read the log first. It is the last word of its configuration, and says all
    of it: the base backup of a server that was restored once has what was said then."""
    text = CONFIGURATION.format(wal=wal, until=until.isoformat() if until else "")
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write(text)
    (data / "recovery.signal").touch(mode=0o600)


class Reader(io.RawIOBase):
    """Pieces as a file that tarfile can read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size
        while wanted > 0:
            if not self._held:
                self._held = next(self._pieces, b"")
                if not self._held:
                    break
            parts.append(self._held[:wanted])
            self._held = self._held[wanted:]
            wanted -= len(parts[-1])
        return b"".join(parts)
