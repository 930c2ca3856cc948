"""The availability board: every cell of every office, from snapshots and facts.

Of two facts the newer version wins. A snapshot wins over all that was known when it was asked for,
whatever the versions; only facts that come in while it is fetched may be newer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from libs.contracts.booking import CELL_MINUTES, BoardSnapshot, CellsChanged, WindowDay
from libs.contracts.times import JST

from .cells import FOREVER, WindowCells


class DayCells:
    """The windows of an office on one day. `revision` changes with every cell."""

    __slots__ = ("revision", "windows")

    def __init__(self) -> None:
        self.windows: dict[int, WindowCells] = {}
        self.revision = 0

    def window(self, window_id: int) -> WindowCells:
        return self.windows.setdefault(window_id, WindowCells())

    def free(self, window_id: int, now: float) -> int:
        """The cells of a window that nobody has at `now`, as a mask."""
        known = self.windows.get(window_id)
        return known.free(now) if known else 0

    def opened(self, window_id: int) -> int:
        """The cells of a window that a schedule opened, as a mask."""
        known = self.windows.get(window_id)
        return known.open if known else 0

    def next_expiry(self, now: float) -> float:
        return min((w.next_expiry(now) for w in self.windows.values()), default=FOREVER)

    def replace(self, windows: list[WindowDay]) -> bool:
        """Become what a snapshot says of the day. True when anything changed."""
        changed = 0
        for window in windows:
            changed += self.window(window.window_id).replace(window.runs)
        gone = self.windows.keys() - {w.window_id for w in windows}
        for window_id in gone:
            del self.windows[window_id]
        return bool(changed or gone)


class Board:
    """A moment old at most; booking's statement decides."""

    def __init__(self) -> None:
        self._offices: dict[str, dict[date, DayCells]] = {}
        self._loaded: set[str] = set()
        self._revisions: dict[str, int] = {}
        self._changes = 0
        self._meanwhile: dict[str, list[CellsChanged]] = {}

    @property
    def changes(self) -> int:
        """Rises with every change of any office's cells."""
        return self._changes

    @contextmanager
    def loading(self, office_id: str) -> Iterator[None]:
        """Around the request for a snapshot and its `load`: what facts say meanwhile is kept, since
        the snapshot may have been read before them."""
        self._meanwhile[office_id] = []
        try:
            yield
        finally:
            del self._meanwhile[office_id]

    def apply(self, fact: CellsChanged) -> None:
        """Take over cells that were taken or given back, unless something newer is known."""
        if (kept := self._meanwhile.get(fact.office_id)) is not None:
            kept.append(fact)
        self._put(fact)

    def _put(self, fact: CellsChanged) -> None:
        days = self._offices.setdefault(fact.office_id, {})
        for run in fact.runs:
            start = run.starts_at.astimezone(JST)
            day = days.setdefault(start.date(), DayCells())
            window = day.window(run.window_id)
            first = (start.hour * 60 + start.minute) // CELL_MINUTES
            put = [
                window.put(first + offset, version, run.taken_until)
                for offset, version in enumerate(run.versions)
            ]
            if any(put):
                self._touch(fact.office_id, day)

    def load(self, snapshot: BoardSnapshot) -> None:
        """Take over an office as booking sees it, and once more the facts that came in since it was
        asked for. Cells that it does not have are gone."""
        by_day: dict[date, list[WindowDay]] = {}
        for window in snapshot.days:
            by_day.setdefault(window.day, []).append(window)
        days = self._offices.setdefault(snapshot.office_id, {})
        for gone in days.keys() - by_day.keys():
            self._touch(snapshot.office_id, days.pop(gone))
        for day, windows in by_day.items():
            cells = days.setdefault(day, DayCells())
            if cells.replace(windows):
                self._touch(snapshot.office_id, cells)
        for fact in self._meanwhile.get(snapshot.office_id, ()):
            self._put(fact)
        self._loaded.add(snapshot.office_id)

    def day(self, office_id: str, day: date) -> DayCells | None:
        return self._offices.get(office_id, {}).get(day)

    def knows(self, office_id: str) -> bool:
        """Whether a snapshot of the office has been loaded."""
        return office_id in self._loaded

    def revision(self, office_id: str) -> int:
        """Rises with every change of the office's cells (not when a hold ends by itself)."""
        return self._revisions.get(office_id, 0)

    def _touch(self, office_id: str, day: DayCells) -> None:
        """No number is given twice, so a day that went and came back is not taken for the old."""
        self._changes += 1
        day.revision = self._revisions[office_id] = self._changes
