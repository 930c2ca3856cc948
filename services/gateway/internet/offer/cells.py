"""The cells of one window on one day as bit masks: bit n is the n-th 5 minutes after midnight."""

from array import array
from collections.abc import Iterable

from libs.contracts.booking import BOOKED_UNTIL
from libs.rules.masks import CELLS_A_DAY, cells_of, run

FOREVER = BOOKED_UNTIL


class WindowCells:
    """What is known of each cell: whether a schedule opened it, its version, until when taken."""

    __slots__ = ("booked", "holds", "open", "versions")

    def __init__(self) -> None:
        self.open = 0
        self.booked = 0
        self.holds: dict[int, float] = {}
        self.versions = array("I", [0]) * CELLS_A_DAY

    def put(self, cell: int, version: int, taken_until: float) -> bool:
        """Take over a newer version of a cell; False when it is not newer."""
        if self.open >> cell & 1 and version <= self.versions[cell]:
            return False
        self._set(cell, version, taken_until)
        return True

    def replace(self, runs: Iterable[tuple[int, int, int, float]]) -> bool:
        """Become what a snapshot says (first cell, cells, version, taken_until), whatever versions
        were known: the database may have been restored to an earlier moment. What it does not have
        is gone. True when anything changed."""
        seen, changed = 0, False
        for first, count, version, taken_until in runs:
            mask = run(first, count)
            seen |= mask
            if self._knows(mask, first, count, version) and self._is(mask, taken_until):
                continue
            changed = True
            for cell in range(first, first + count):
                self._set(cell, version, taken_until)
        gone = self.open & ~seen
        if gone:
            self._forget(gone)
        return changed or bool(gone)

    def free(self, now: float) -> int:
        """The cells that nobody has at `now` (seconds since 1970)."""
        mask = self.open & ~self.booked
        for cell, taken_until in self.holds.items():
            if taken_until > now:
                mask &= ~(1 << cell)
        return mask

    def next_expiry(self, now: float) -> float:
        """When the next hold ends by itself."""
        return min((until for until in self.holds.values() if until > now), default=FOREVER)

    def _set(self, cell: int, version: int, taken_until: float) -> None:
        bit = 1 << cell
        self.versions[cell] = version
        self.open |= bit
        self.booked &= ~bit
        self.holds.pop(cell, None)
        if taken_until >= FOREVER:
            self.booked |= bit
        elif taken_until > 0:
            self.holds[cell] = taken_until

    def _knows(self, mask: int, first: int, count: int, version: int) -> bool:
        """Whether all of the run is known in this version."""
        same = self.versions[first : first + count] == array("I", [version]) * count
        return same and self.open & mask == mask

    def _is(self, mask: int, taken_until: float) -> bool:
        """Whether all cells of the mask are in this state."""
        if taken_until >= FOREVER:
            return self.booked & mask == mask
        if self.booked & mask:
            return False
        if not self.holds:
            return taken_until <= 0
        return all(self.holds.get(cell, 0.0) == taken_until for cell in cells_of(mask))

    def _forget(self, mask: int) -> None:
        self.open &= ~mask
        self.booked &= ~mask
        for cell in [cell for cell in self.holds if mask >> cell & 1]:
            del self.holds[cell]
