"""What it costs to be wrong about numbers and dates of birth. Slower with each time, never shut.

The owner of the numbers counts: wrong tries of a number and of an origin on one day, and of
everybody within an hour. A door only does as it is told; one that does not is refused.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .errors import Problem
from .logs import fields
from .metrics import WRONG_TRIES_HOUR
from .passes import Passes, Price

log = logging.getLogger(__name__)

FREE_TRIES = 5
"""For a number and a day, whether anybody has the number or not."""
ORIGIN_FREE_TRIES = 100
"""For an origin and a day, whatever the numbers: families and care homes share an address."""
HOUR_FREE_TRIES = 300
"""For everybody within an hour. Beyond it somebody tries many numbers from many places."""
ORIGIN_STEP = 50
"""So many more wrong tries of an origin make its puzzles harder."""

PATIENCE = 20
"""Wrong tries of an origin a day that do not slow it down."""
STEP_SECONDS, LONGEST_SECONDS = 0.1, 60.0


@dataclass(frozen=True)
class Misses:
    """Wrong tries so far: of the number and of the origin today, of everybody within an hour."""

    number: int = 0
    origin: int = 0
    everybody: int = 0

    def and_one(self) -> "Misses":
        return Misses(self.number + 1, self.origin + 1, self.everybody + 1)


Reason = Literal["number", "many"]


@dataclass(frozen=True)
class TryLimits:
    """`hour` is what everybody may be wrong within an hour."""

    hour: int = HOUR_FREE_TRIES

    def level(self, misses: Misses) -> int | None:
        """The difficulty of the puzzle that one more try costs; None while it is free."""
        levels = []
        if misses.number >= FREE_TRIES:
            levels.append(misses.number - FREE_TRIES)
        if misses.origin >= ORIGIN_FREE_TRIES:
            levels.append((misses.origin - ORIGIN_FREE_TRIES) // ORIGIN_STEP)
        if misses.everybody >= self.hour:
            levels.append(0)
        return max(levels, default=None)

    def reason(self, misses: Misses) -> Reason:
        """Whether the number itself was tried too often, or the person only comes at a bad time."""
        return "number" if misses.number >= FREE_TRIES else "many"


def gap_seconds(origin_tries: int) -> float:
    """How far apart an origin's tries have to be, right or wrong."""
    return min(max(origin_tries - PATIENCE, 0) * STEP_SECONDS, LONGEST_SECONDS)


class TooSoon(Problem):
    """The origin was wrong often and has to leave `gap` seconds between two tries: the next one may
    come in `seconds`. Nothing was compared or counted."""

    slug = "too-soon"


def too_soon(gap: float, next_at: datetime | None, now: datetime) -> TooSoon:
    """`next_at` is when the origin's next try may come, or not later than a gap from now."""
    left = (next_at - now).total_seconds() if next_at else 0.0
    seconds = left if 0 < left <= gap else gap
    return TooSoon("Too many wrong tries; wait a little.", seconds=seconds, gap=gap)


@dataclass(frozen=True)
class Try:
    """`subject` is a digest of the number, `holder` the origin, `shown` what was sent to pay.
    `opened`: the same answer was right before, so the try is free."""

    subject: str
    holder: str
    shown: str
    misses: Misses
    now: datetime
    opened: bool = False


class Tolls:
    """Asks for passes and checks them."""

    def __init__(self, passes: Passes, rule: TryLimits) -> None:
        self._passes = passes
        self._rule = rule
        self._everybody_pays = False

    def paid(self, one: Try) -> str | None:
        """The name of the pass that was shown, empty where the try is free; None where it is not
        and nothing good was shown. Whether the pass has served before is for the store to say."""
        price = self._price(one)
        return "" if price is None else self._passes.paid(price, one.shown, one.now)

    def asked(self, one: Try) -> dict[str, Any]:
        """What this try costs, as facts of its refusal; nothing where it is free."""
        price = self._price(one)
        if price is None:
            return {}
        offer = self._passes.offer(price, one.now, one.shown)
        return {**offer, "reason": self._rule.reason(one.misses)}

    def watch(self, everybody: int) -> None:
        """Shows the wrong tries of the last hour, and says so when everybody begins to pay."""
        WRONG_TRIES_HOUR.set(everybody)
        pays = everybody >= self._rule.hour
        if pays != self._everybody_pays:
            self._everybody_pays = pays
            words = (
                "many wrong tries: every check costs a puzzle" if pays else "checks are free again"
            )
            log.warning(words, extra=fields(tries=everybody))

    def _price(self, one: Try) -> Price | None:
        level = None if one.opened else self._rule.level(one.misses)
        return None if level is None else Price(one.subject, one.holder, level)
