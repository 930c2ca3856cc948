"""How much time one origin may take before the next choice goes slower: never refused, only slowed.

An origin is an address on the internet that many people may share (services/gateway/internet/
origins.py). It is counted what its sessions hold and what it booked by name alone within the last
hours, in cells of five minutes. Who comes with a card is known to exist, and counts while holding.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_CELLS = 72
"""Twelve visits of half an hour, over all offices and days: beyond it a choice costs a pass, which
is a puzzle or a minute's wait (libs.common.passes)."""
FREE_CELLS_A_DAY = 36
"""Six visits of half an hour on one day of one office: beyond it a choice costs a pass too, and
CELL_SECONDS apply."""
CELL_SECONDS = 210
"""So long the origin waits for each further cell of that day: 21 minutes for half an hour. A puzzle
cannot do this: what takes an old phone seconds takes a server none."""
COUNTED_HOURS = 3
"""So long a booking by name counts for the origin it came from."""
SLOW_MINUTES = 3
"""So long a time is held that was chosen with a pass; such a hold cannot be extended."""
LEVEL_CELLS, MOST_LEVEL = 72, 1
"""The puzzle doubles with each LEVEL_CELLS on top, MOST_LEVEL times: an old phone needs seconds."""


@dataclass(frozen=True)
class Load:
    """What an origin has in cells, not counting what the asking session holds: `everywhere`, and
    `here` on one day of one office, where it took the `oldest` of it."""

    everywhere: int
    here: int
    oldest: datetime | None
    now: datetime


def level(load: Load, cells: int) -> int | None:
    """The difficulty of the puzzle that `cells` more cost; None where they are free. One party that
    comes alone is free, however long it takes."""
    if not load.everywhere:
        return None
    over = max(load.everywhere + cells - FREE_CELLS, load.here + cells - FREE_CELLS_A_DAY)
    return min(over // LEVEL_CELLS, MOST_LEVEL) if over > 0 else None


def opens_at(load: Load, cells: int) -> datetime | None:
    """From when on the origin may take `cells` more of that day; None where it may now."""
    beyond = load.here + cells - FREE_CELLS_A_DAY
    if load.oldest is None or beyond <= 0:
        return None
    opens = load.oldest + timedelta(seconds=beyond * CELL_SECONDS)
    return opens if opens > load.now else None
