"""The cells of one window on one day as a mask: bit n is the n-th 5 minutes after midnight."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from libs.contracts.booking import CELL_MINUTES
from libs.contracts.times import JST

CELLS_A_DAY = 24 * 60 // CELL_MINUTES
Windows = dict[int, int]
"""For each window some cells of a day."""


def run(first: int, count: int) -> int:
    """`count` cells from `first` on."""
    return ((1 << max(count, 0)) - 1) << first


def span(starts: time, ends: time) -> int:
    """The cells from `starts` to before `ends`."""
    return run(cell_of(starts), cell_of(ends) - cell_of(starts))


def cell_of(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) // CELL_MINUTES


def moment_of(day: date, cell: int) -> datetime:
    """When a cell of a day begins."""
    hour, minute = divmod(cell * CELL_MINUTES, 60)
    return datetime.combine(day, time(hour, minute), JST)


def runs_of(mask: int, length: int) -> int:
    """The cells from which `length` cells in a row are in `mask`."""
    for _ in range(length - 1):
        mask &= mask >> 1
    return mask


def cells_of(mask: int) -> list[int]:
    """The cells of a mask, ascending."""
    cells = []
    while mask:
        lowest = mask & -mask
        cells.append(lowest.bit_length() - 1)
        mask ^= lowest
    return cells


def any_of(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def at_least(count: int, masks: Iterable[int]) -> int:
    """The cells that belong to `count` of the masks or more."""
    reached = [run(0, CELLS_A_DAY)] + [0] * count
    for mask in masks:
        for n in range(count, 0, -1):
            reached[n] |= reached[n - 1] & mask
    return reached[count]


def merged(several: Iterable[Mapping[int, int]]) -> Windows:
    union: Windows = {}
    for windows in several:
        for window, mask in windows.items():
            union[window] = union.get(window, 0) | mask
    return union
