"""法定代理人: who comes with two people of a party is at the window with one after the other."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations

Times = tuple[datetime, int]
"""When a visit begins, and how many minutes it takes."""


def overlap(one: Times, other: Times) -> bool:
    """Whether the two visits are, in part, at the same time."""
    (first, lasts), (second, takes) = one, other
    return first < second + timedelta(minutes=takes) and second < first + timedelta(minutes=lasts)


def at_two_windows(visits: Iterable[Times]) -> bool:
    """Whether somebody who comes to all of these would be at two windows at once."""
    return any(overlap(one, other) for one, other in combinations(visits, 2))
