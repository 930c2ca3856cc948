"""Who comes in one go, and at which start times of a day there is room for all of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from itertools import accumulate, chain, combinations
from operator import and_

from libs.contracts.booking import (
    CELL_MINUTES,
    Arrangement,
    Office,
    Procedure,
    Series,
)
from libs.rules.masks import at_least, cell_of, merged, run, runs_of
from libs.rules.series import is_open_at, is_published
from libs.rules.visits import visit_minutes

ByWindow = dict[int, int]
"""For each window the start times at which it could take somebody, as a mask."""


@dataclass(frozen=True)
class Party:
    """One entry a person: the procedures that this person comes for, the leading one first.

    `together` starts all at the same time at windows of their own, `in_turn` one after the other
    at one window.
    """

    people: tuple[tuple[str, ...], ...]
    arrangement: Arrangement = "together"
    rebooks: bool = False
    """Whom an outage met: any day from now on will do."""

    @property
    def procedure_ids(self) -> tuple[str, ...]:
        """Each once, the leading one of the first person first."""
        return tuple(dict.fromkeys(chain.from_iterable(self.people)))


@dataclass(frozen=True)
class _Kind:
    """So many people with the same wish: where series offer it, and how many cells it takes."""

    count: int
    offered: ByWindow
    length: int

    def places(self, cells: Callable[[int], int]) -> ByWindow:
        return {w: runs_of(cells(w), self.length) & mask for w, mask in self.offered.items()}


class Room:
    """Where a party could be on a day by the series of an office, whatever is taken."""

    def __init__(
        self, office: Office, people: Sequence[tuple[Procedure, ...]], in_turn: bool, day: date,
        now: datetime,
    ) -> None:  # fmt: skip
        series = [s for s in office.series if is_open_at(s, office, day) and is_published(s, now)]
        lengths = [visit_minutes(who, office.office_id, day) // CELL_MINUTES for who in people]
        if in_turn:
            self._kinds = [_in_turn(series, people, lengths)]
        else:
            wishes = [tuple(p.procedure_id for p in procedures) for procedures in people]
            alike = dict(zip(wishes, zip(people, lengths, strict=True), strict=True))
            self._kinds = [_alone(series, *alike[wish], n) for wish, n in Counter(wishes).items()]

    def places(self, cells: Callable[[int], int]) -> ByWindow:
        """Where the first person could be, at the times when there is room for everybody.

        `cells` gives the cells of a window that may be used. There is room when every few people
        find as many windows among those that any of them could go to (Hall's theorem).
        """
        found = [kind.places(cells) for kind in self._kinds]
        fits = -1
        for some in chain.from_iterable(
            combinations(range(len(found)), size) for size in range(1, len(found) + 1)
        ):
            people = sum(self._kinds[n].count for n in some)
            fits &= at_least(people, merged([found[n] for n in some]).values())
        return {window: mask & fits for window, mask in found[0].items() if mask & fits}


def _alone(
    series: Sequence[Series], procedures: tuple[Procedure, ...], length: int, count: int
) -> _Kind:
    """People who could each book this time by themselves."""
    return _Kind(count, _offered(series, procedures, length), length)


def _in_turn(
    series: Sequence[Series], people: Sequence[tuple[Procedure, ...]], lengths: Sequence[int]
) -> _Kind:
    """One run at one window. The first person starts when that is offered, the others follow."""
    begins = accumulate(lengths, initial=0)
    windows = [
        {w: mask >> begin for w, mask in _offered(series, who, length, on_grid=not begin).items()}
        for who, length, begin in zip(people, lengths, begins, strict=False)
    ]
    return _Kind(1, _all_of(windows), sum(lengths))


def _offered(
    series: Sequence[Series], procedures: tuple[Procedure, ...], length: int, on_grid: bool = True
) -> ByWindow:
    """The start times at windows that a series opens for each of the procedures, all the time.
    `on_grid`: only those that the leading procedure offers."""
    lead, *others = procedures
    return _all_of(
        [_opened(series, lead, length, on_grid)]
        + [_opened(series, procedure, length, on_grid=False) for procedure in others]
    )


def _opened(series: Sequence[Series], procedure: Procedure, length: int, on_grid: bool) -> ByWindow:
    opened: ByWindow = {}
    for one in series:
        if procedure.procedure_id in one.procedure_ids:
            starts = _start_mask(one, length, one.unit_minutes if on_grid else CELL_MINUTES)
            for window_id in one.windows:
                opened[window_id] = opened.get(window_id, 0) | _unbroken(
                    one, window_id, starts, length
                )
    return opened


def _unbroken(series: Series, window_id: int, starts: int, length: int) -> int:
    """Those of the start times whose visit is over before the window's breaks, or begins after."""
    for one in series.breaks:
        if window_id not in one.keeps:
            first = max(cell_of(one.starts) - length + 1, 0)
            starts &= ~run(first, cell_of(one.ends) - first)
    return starts


def _start_mask(series: Series, length: int, unit_minutes: int) -> int:
    opens = series.opens.hour * 60 + series.opens.minute
    closes = series.closes.hour * 60 + series.closes.minute
    mask = 0
    for start in range(opens, closes - length * CELL_MINUTES + 1, unit_minutes):
        if start % CELL_MINUTES == 0:
            mask |= 1 << start // CELL_MINUTES
    return mask


def _all_of(masks: Sequence[ByWindow]) -> ByWindow:
    common = reduce(and_, (set(m) for m in masks))
    return {window: reduce(and_, (m[window] for m in masks)) for window in common}
