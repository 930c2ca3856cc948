"""The archive: base backups, the log since then, and the results of drills.

A folder for each database cluster, by PostgreSQL's own identifier, so that a new installation never
writes among the files of an older one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import segments
from .sealed import PART, Sealer, sync_folder
from .segments import Segment

SEALED = ".sealed"
_BASE = re.compile(r"^(\d{8}T\d{6}Z)-([0-9A-F]{24})\.tar$")
TIME = "%Y%m%dT%H%M%SZ"
UNFINISHED = timedelta(days=2)
AT_LEAST = 2
"""Base backups that stay however old they are."""


@dataclass(frozen=True, order=True)
class Base:
    """A base backup: from `ended` on every moment can be reached with the log from `first` on."""

    ended: datetime
    first: Segment

    @property
    def name(self) -> str:
        return f"{self.ended:{TIME}}-{self.first.name}.tar"


class Archive:
    """The files of one database cluster. Names are those of what is in a file."""

    def __init__(self, folder: Path, system: str, sealer: Sealer) -> None:
        self.folder, self.system = folder / system, system
        self._sealer = sealer
        for kind in ("base", "wal", "drill"):
            (self.folder / kind).mkdir(parents=True, exist_ok=True)

    def write(self, kind: str, name: str, content: Iterable[bytes]) -> None:
        self._sealer.write(self._path(kind, name), self._bound(kind, name), content)

    def write_base(self, first: Segment, content: Iterable[bytes]) -> Base:
        """Its name has when it ended: no earlier moment can be reached from it."""
        path = self._path("base", f".{first.name}")
        self._sealer.write(path, self._bound("base", first.name), content)
        base = Base(datetime.now(UTC).replace(microsecond=0), first)
        path.replace(self._path("base", base.name))
        sync_folder(path.parent)
        return base

    def read_base(self, base: Base) -> Iterator[bytes]:
        bound = self._bound("base", base.first.name)
        return self._sealer.read(self._path("base", base.name), bound)

    def read(self, kind: str, name: str) -> Iterator[bytes]:
        return self._sealer.read(self._path(kind, name), self._bound(kind, name))

    def names(self, kind: str) -> list[str]:
        found = (path.name for path in (self.folder / kind).iterdir())
        return sorted(
            name.removesuffix(SEALED)
            for name in found
            if name.endswith(SEALED) and not name.startswith(".")
        )

    def has(self, kind: str, name: str) -> bool:
        return self._path(kind, name).exists()

    def remove(self, kind: str, name: str) -> None:
        self._path(kind, name).unlink(missing_ok=True)

    def bases(self) -> list[Base]:
        """Oldest first."""
        matches = (_BASE.match(name) for name in self.names("base"))
        return sorted(
            Base(datetime.strptime(m[1], TIME).replace(tzinfo=UTC), Segment.named(m[2]))
            for m in matches
            if m
        )

    def log(self) -> list[Segment]:
        """Every whole file of the log, in its order."""
        return sorted(Segment.named(n) for n in self.names("wal") if segments.is_whole(n))

    def missing(self) -> list[int]:
        """Places of the log since the newest base backup that no file is about, though one behind
        them is there: nothing beyond the first of them can be restored."""
        bases = self.bases()
        if not bases:
            return []
        return gaps([each.number for each in self.log()], bases[-1].first.number)

    def prune(self, now: datetime, keep_days: int) -> int:
        """Remove what no moment of the last `keep_days` needs. How many files."""
        self.forget_unfinished(now)
        bases, oldest = self.bases(), now - timedelta(days=keep_days)
        # The newest base backup from before is what the first of those days is restored from.
        before = [base for base in bases if base.ended <= oldest]
        gone = before[:-1][: max(len(bases) - AT_LEAST, 0)]
        kept = [base for base in bases if base not in gone]
        for base in gone:
            self.remove("base", base.name)
        if not kept:
            return len(gone)
        return len(gone) + self._prune_log(min(base.first.number for base in kept))

    def forget_unfinished(self, now: datetime) -> None:
        """What somebody began to write and never will finish: two days old, whoever it was."""
        for path in self.folder.rglob(f".*{PART}"):
            if path.stat().st_mtime < (now - UNFINISHED).timestamp():
                path.unlink(missing_ok=True)

    def _prune_log(self, first: int) -> int:
        """Histories of timelines stay: they are small, and say which number is free."""
        old = [
            name
            for name in self.names("wal")
            if not segments.is_history(name) and Segment.named(name).number < first
        ]
        for name in old:
            self.remove("wal", name)
        return len(old)

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}{SEALED}"

    def _bound(self, kind: str, name: str) -> str:
        return f"{self.system}/{kind}/{name}"


def gaps(numbers: Iterable[int], first: int) -> list[int]:
    """What is missing between `first` and the highest of `numbers`."""
    there = {number for number in numbers if number >= first}
    return [n for n in range(first, max(there)) if n not in there] if there else []


def newest_system(folder: Path) -> str | None:
    """The database cluster with the newest base backup."""
    found = sorted(
        (path.name, path.parent.parent.name)
        for path in folder.glob(f"*/base/*{SEALED}")
        if not path.name.startswith(".")
    )
    return found[-1][1] if found else None
