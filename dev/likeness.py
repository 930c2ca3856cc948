"""Whether two kinds of answers take the same time: pairs of seconds, and what chance allows.

Two figures are compared with that: in how many pairs the first took longer (half, give or take),
and how far the quartiles of the two lie apart in units of their spread (the middle half). Of 300
pairs they show a shift of half that spread, of 10,000 one of a tenth.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

Pairs = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Likeness:
    """`longer`: the share of pairs whose first took longer; `apart`: the largest distance between
    quartiles, by the spread."""

    longer: float
    apart: float


def likeness(pairs: Pairs) -> Likeness:
    first, second = (statistics.quantiles(times, n=4) for times in zip(*pairs, strict=True))
    spread = max(first[2] - first[0], second[2] - second[0])
    apart = max(abs(a - b) for a, b in zip(first, second, strict=True)) / spread
    return Likeness(sum(a > b for a, b in pairs) / len(pairs), apart)


def assert_alike(pairs: Pairs) -> None:
    """Five times what chance makes of `pairs` that are alike: once in a million runs."""
    found, root = likeness(pairs), len(pairs) ** 0.5
    assert abs(found.longer - 0.5) < 5 * 0.5 / root
    assert found.apart < 5 * 1.7 / root
