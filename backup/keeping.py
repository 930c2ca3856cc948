"""What a journal has received, on its way into the archive."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from . import segments
from .archive import Archive
from .sealed import Sealer, pieces_of
from .segments import PARTIAL, Segment

ASIDE = "aside-"
ASIDE_DAYS = 7
DAY = 86400


class Keeping:
    """One journal's folder and the archive. Files are whole when pg_receivewal has renamed them."""

    def __init__(self, journal: Path, name: str, archive: Path, sealer: Sealer) -> None:
        self.journal, self._name = journal, name
        self._folder, self._sealer = archive, sealer
        self._tail: tuple[str, float] | None = None

    def archive(self, system: str) -> Archive:
        return Archive(self._folder, system, self._sealer)

    def whole(self) -> list[Path]:
        """Oldest first."""
        found = [p for p in self.journal.iterdir() if segments.is_whole(p.name)]
        return sorted(found, key=lambda path: Segment.named(path.name))

    def seal(self) -> None:
        """Bring what is whole into the archive, then forget what it has and no restore from the
        newest base backup would ask a journal for."""
        whole = self.whole()
        if not whole:
            return
        for path in whole:
            archive = self.archive(segments.system_of(path))
            if not archive.has("wal", path.name):
                archive.write("wal", path.name, pieces_of(path))
                self._drop_tails(archive, path.name)
        archive = self.archive(segments.system_of(whole[-1]))
        for path in self.journal.glob("*.history"):
            if not archive.has("wal", path.name):
                archive.write("wal", path.name, pieces_of(path))
        self._forget(whole[:-1], archive)

    def seal_tail(self) -> None:
        """Bring what is in the file that is not full yet, if that is more than last time."""
        tails = [p for p in self.journal.iterdir() if segments.is_partial(p.name)]
        if not tails:
            return
        tail = max(tails, key=lambda path: Segment.named(path.name))
        seen, system = (tail.name, tail.stat().st_mtime), segments.system_of(tail)
        if not system or seen == self._tail:
            return
        name = f"{tail.name.removesuffix(PARTIAL)}.{self._name}{PARTIAL}"
        self.archive(system).write("wal", name, pieces_of(tail))
        self._tail = seen

    def unsealed(self) -> int:
        return sum(
            not self.archive(segments.system_of(path)).has("wal", path.name)
            for path in self.whole()
        )

    def set_aside(self) -> Path:
        """Begin with an empty folder: what is there does not lead on to what the server has now.
        It is kept for a week, because nobody knows yet which of both is right."""
        self.seal()
        self._tail = None
        self.seal_tail()
        aside = self.journal / f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"
        aside.mkdir()
        for path in self.journal.iterdir():
            if path.is_file():
                path.replace(aside / path.name)
        return aside

    def forget_asides(self) -> None:
        for path in self.journal.glob(f"{ASIDE}*"):
            if path.stat().st_mtime < time.time() - ASIDE_DAYS * DAY:
                shutil.rmtree(path)

    def _forget(self, sealed: list[Path], archive: Archive) -> None:
        bases = archive.bases()
        if not bases:
            return
        first = bases[-1].first.number
        for path in sealed:
            if Segment.named(path.name).number < first:
                path.unlink()
        for path in self.journal.glob(f"*{PARTIAL}"):
            # The end of an earlier timeline: a later one goes on from it in a file of its own.
            if Segment.named(path.name).number < first:
                path.unlink()

    def _drop_tails(self, archive: Archive, whole: str) -> None:
        for name in archive.names("wal"):
            if segments.is_tail(name) and name[:24] == whole:
                archive.remove("wal", name)
