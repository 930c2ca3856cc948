"""What one more try costs once there were too many: a solved puzzle, or a signed minute.

The service that owns the count asks for the price, checks what is shown for it, and keeps the name
of what was used up. A door carries both texts and can make neither.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .opened import Opened
from .waits import Waits
from .work import BITS, Puzzles


@dataclass(frozen=True)
class Price:
    """`subject` is what the try is for; a puzzle is good for it, whoever solves it. `holder` is who
    asks (an origin or a session): waiting costs nothing but time, so a wait is good for its holder
    alone. Without a holder any is taken: who comes back may come from elsewhere. `level` is the
    difficulty of the puzzle: 0 and up."""

    subject: str
    holder: str
    level: int = 0


class Passes:
    """Makes and checks passes without remembering any."""

    def __init__(self, key: bytes, bits: int = BITS) -> None:
        self._puzzles = Puzzles(key, bits)
        self._waits = Waits(key)
        self.opened = Opened(key)

    def offer(self, price: Price, now: datetime, shown: str = "") -> dict[str, Any]:
        """The facts of a refusal: `challenge` for a browser with scripts, `wait` and its `seconds`
        for one without. A wait that was shown too early goes on; it does not begin again."""
        waiting = self._waits.read(price.subject, price.holder, shown, now)
        known = waiting is not None and waiting.seconds_left > 0
        wait = shown if known else self._waits.issue(price.subject, price.holder, now)
        read = self._waits.read(price.subject, price.holder, wait, now)
        return {
            "challenge": self._puzzles.issue(price.subject, price.level, now),
            "wait": wait,
            "seconds": read.seconds_left if read else 0,
        }

    def paid(self, price: Price, shown: str, now: datetime) -> str | None:
        """The name of the pass that pays for this, to be kept when it is used up; else None."""
        waited = self._waits.read(price.subject, price.holder, shown, now)
        if waited is not None:
            return waited.name if waited.seconds_left == 0 else None
        return self._puzzles.verify(price.subject, price.level, shown, now)
