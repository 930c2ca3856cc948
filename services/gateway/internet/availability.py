"""Which times are free: the series of an office over the cells of the board."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from libs.contracts.booking import CELL_MINUTES, Office, Procedure, Series
from libs.contracts.times import JST

from .board import Board, DayCells
from .catalog import CatalogView
from .cells import CELLS_A_DAY, FOREVER, cells_of, runs_of, span

DayState = Literal["free", "few", "full", "closed"]

MOST_KEPT = 20_000
FEW_OF = 5
"""A day with at most a fifth of its places left has few."""


@dataclass(frozen=True)
class Start:
    """A start time and how many windows are free for the whole visit."""

    at: datetime
    free: int


@dataclass(frozen=True)
class Day:
    """What a day offers one procedure; `until` is when this stops being true by itself."""

    starts: tuple[Start, ...]
    places: int
    state: DayState
    until: float


_CLOSED = Day((), 0, "closed", FOREVER)


class Availability:
    """Answers from memory. A day is computed again only after its cells, the catalog, a hold or
    the clock have changed it."""

    def __init__(self, catalog: CatalogView, board: Board) -> None:
        self._catalog = catalog
        self._board = board
        self._days: dict[tuple[str, str, date], tuple[tuple[int, int], Day]] = {}

    def day(self, office_id: str, procedure_id: str, day: date, now: datetime) -> Day:
        """Closed outside the period in which the day can be booked, and for unknown ids."""
        procedure, office = self._catalog.procedure(procedure_id), self._catalog.office(office_id)
        cells = self._board.day(office_id, day)
        if procedure is None or office is None or cells is None:
            return _CLOSED
        first, last = period(procedure, now)
        if not first <= day <= last:
            return _CLOSED
        stamp = (cells.revision, self._catalog.revision)
        known = self._days.get((office_id, procedure_id, day))
        if known and known[0] == stamp and now.timestamp() < known[1].until:
            return known[1]
        fresh = survey(office, procedure, cells, day, now)
        if len(self._days) >= MOST_KEPT:
            self._days.clear()
        self._days[office_id, procedure_id, day] = (stamp, fresh)
        return fresh

    def starts(
        self, office_id: str, procedure_id: str, day: date, now: datetime
    ) -> tuple[Start, ...]:
        return self.day(office_id, procedure_id, day, now).starts

    def first_free(self, office_id: str, procedure: Procedure, now: datetime) -> date | None:
        """The first day with a place."""
        first, last = period(procedure, now)
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if self.day(office_id, procedure.procedure_id, day, now).places:
                return day
        return None

    def nearest(
        self, office_id: str, procedure: Procedure, wanted: datetime, now: datetime, count: int
    ) -> list[datetime]:
        """The free start times closest to `wanted`, in order of time."""
        days = (wanted.astimezone(JST).date() + timedelta(days=n) for n in range(-7, 8))
        free = (
            start.at
            for day in days
            for start in self.starts(office_id, procedure.procedure_id, day, now)
            if start.at != wanted
        )
        return sorted(sorted(free, key=lambda at: abs(at - wanted))[:count])


def period(procedure: Procedure, now: datetime) -> tuple[date, date]:
    """The first and the last day that can be booked now."""
    today = now.astimezone(JST).date()
    return (
        today + timedelta(days=procedure.closes_days_before),
        today + timedelta(days=procedure.opens_days_before),
    )


def survey(office: Office, procedure: Procedure, cells: DayCells, day: date, now: datetime) -> Day:
    """Count the free windows of each start time."""
    midnight = datetime.combine(day, time(), JST)
    moment = now.timestamp()
    future, until = _still_to_come(midnight, moment)
    length = procedure.minutes // CELL_MINUTES
    free: list[int] = []
    capacity = 0
    for window_id, offered in _offered(office, procedure, day).items():
        window = cells.windows.get(window_id)
        if window is not None and offered & future:
            free.append(runs_of(window.free(moment), length) & offered & future)
            capacity += (runs_of(window.open, length) & offered & future).bit_count()
    places = sum(mask.bit_count() for mask in free)
    return Day(
        starts=_starts(midnight, free),
        places=places,
        state=_state(places, capacity),
        until=min(until, cells.next_expiry(moment)),
    )


def _starts(midnight: datetime, free: list[int]) -> tuple[Start, ...]:
    anywhere = 0
    for mask in free:
        anywhere |= mask
    return tuple(
        Start(midnight + timedelta(minutes=CELL_MINUTES * cell), sum(m >> cell & 1 for m in free))
        for cell in cells_of(anywhere)
    )


def _state(places: int, capacity: int) -> DayState:
    if not capacity:
        return "closed"
    if not places:
        return "full"
    return "few" if places * FEW_OF <= capacity else "free"


def _still_to_come(midnight: datetime, moment: float) -> tuple[int, float]:
    """The cells of the day that start after `moment`, and until when that holds."""
    cell_seconds = CELL_MINUTES * 60
    begin = midnight.timestamp()
    passed = int((moment - begin) // cell_seconds) + 1
    if passed <= 0:
        return span(0, CELLS_A_DAY), begin
    return span(0, CELLS_A_DAY) & ~span(0, passed), begin + passed * cell_seconds


def _offered(office: Office, procedure: Procedure, day: date) -> dict[int, int]:
    """The start times of each window by the office's series, as masks."""
    offered: dict[int, int] = {}
    for series in office.series:
        if (
            procedure.procedure_id in series.procedure_ids
            and day.weekday() in series.weekdays
            and series.valid_from <= day <= series.valid_until
        ):
            starts = _start_mask(series, procedure.minutes)
            for window_id in series.windows:
                offered[window_id] = offered.get(window_id, 0) | starts
    return offered


def _start_mask(series: Series, minutes: int) -> int:
    opens = series.opens.hour * 60 + series.opens.minute
    closes = series.closes.hour * 60 + series.closes.minute
    mask = 0
    for start in range(opens, closes - minutes + 1, series.unit_minutes):
        if start % CELL_MINUTES == 0:
            mask |= 1 << start // CELL_MINUTES
    return mask
