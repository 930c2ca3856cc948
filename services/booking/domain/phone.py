"""What staff may do beyond citizens, and which times they can choose from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from libs.common.errors import Malformed
from libs.contracts.booking import CELL_MINUTES, Arrangement, Person, Procedure, Series
from libs.contracts.times import JST, day_of
from libs.rules.visits import is_under_age

from .parties import People, plan_people, room_for
from .problems import GuardianNeeded, NotOffered
from .times import Visit

_CELL = timedelta(minutes=CELL_MINUTES)
OVER_CAPACITY = "枠外"
ANOTHER_PERSON = "別の方と確認"
UNLINKED = "予約ID未確認"
"""Reasons in the history of a booking, as staff read them."""


def check_staff_period(procedure: Procedure, starts_at: datetime, now: datetime) -> None:
    """Staff book until the visit starts, and no further ahead than citizens. Raises NotOffered."""
    if starts_at <= now or (day_of(starts_at) - day_of(now)).days > procedure.opens_days_before:
        raise NotOffered("This day cannot be booked at the moment.")


def check_staff_comers(
    procedures: Sequence[Procedure], person: Person, born: date, day: date
) -> None:
    """Whoever citizens can choose, and those whom they are told to phone for. Raises
    GuardianNeeded, Malformed."""
    for procedure in procedures:
        led_here = procedure.rule(person.visitor).phone_reason
        if person.visitor not in procedure.visitors and not led_here:
            raise Malformed("This visitor cannot come for this procedure.", fields=["visitor"])
    if is_under_age(born, day) and person.visitor != "guardian":
        raise GuardianNeeded("A child comes with a guardian.")


def for_staff(series: Iterable[Series]) -> list[Series]:
    """The series with the windows that only staff may book at as well."""
    return [
        one.model_copy(update={"windows": (*one.windows, *one.staff_windows)}) for one in series
    ]


def next_on_grid(now: datetime) -> datetime:
    """The next moment at which a cell starts."""
    midnight = datetime.combine(day_of(now), time(), JST)
    return midnight + ((now - midnight) // _CELL + 1) * _CELL


@dataclass(frozen=True)
class Wish:
    """What a form of staff asks for: who comes for what, where, and how their visits lie to each
    other."""

    people: People
    office_id: str
    arrangement: Arrangement = "together"

    def visits(
        self, series: Sequence[Series], start: datetime, on_grid: bool = True
    ) -> list[Visit]:
        """Raises NotOffered."""
        where, how = self.office_id, self.arrangement
        return plan_people(self.people, series, where, start, how, on_grid)

    def planned(
        self, series: Sequence[Series], start: datetime, on_grid: bool = True
    ) -> list[Visit] | None:
        """None where that is not offered."""
        try:
            return self.visits(series, start, on_grid)
        except NotOffered:
            return None


@dataclass(frozen=True)
class WindowMasks:
    """The cells of one window on one day that have one audience: all, and those that are free; as
    numbers of the day, in bits."""

    window_id: int
    audience: str
    opened: int
    free: int


@dataclass(frozen=True)
class DayOffer:
    """One day of an office: its series and its cells."""

    day: date
    series: Sequence[Series]
    cells: Sequence[WindowMasks] = field(default_factory=tuple)

    def times(self, wish: Wish, now: datetime) -> dict[datetime, int]:
        """The start times after `now` that are offered, each with how often there is room for
        all."""
        found: dict[datetime, int] = {}
        for start in self._starts(wish.people[0][0]):
            visits = wish.planned(self.series, start)
            if start > now and visits and self.is_open_for(visits):
                found[start] = self.room(wish, visits)
        return found

    def first_for(self, wish: Wish, earliest: datetime) -> list[Visit] | None:
        """The first visits from `earliest` on, on the grid of five minutes, that windows have room
        for."""
        start = earliest
        while day_of(start) == self.day:
            visits = wish.planned(self.series, start, on_grid=False)
            if visits and self.room(wish, visits):
                return visits
            start += _CELL
        return None

    def room(self, wish: Wish, visits: Sequence[Visit]) -> int:
        """How often there is room for these."""
        return room_for([self._windows(visit, free=True) for visit in visits], wish.arrangement)

    def is_open_for(self, visits: Iterable[Visit]) -> bool:
        """Whether for each some window is open all the time, taken or not."""
        return all(self._windows(visit, free=False) for visit in visits)

    def _starts(self, leading: Procedure) -> list[datetime]:
        starts = {
            start
            for series in self.series
            if leading.procedure_id in series.procedure_ids
            for start in _grid(series, self.day)
        }
        return sorted(starts)

    def _windows(self, visit: Visit, free: bool) -> set[int]:
        wanted = sum(1 << _number(start) for start in visit.starts)
        return {
            cells.window_id
            for cells in self.cells
            if cells.window_id in visit.windows
            and wanted & (cells.free if free else cells.opened) == wanted
        }


def by_day(
    series: Sequence[Series], first: date, days: int, cells: Mapping[date, Sequence[WindowMasks]]
) -> list[DayOffer]:
    """So many days from `first` on."""
    wanted = (first + timedelta(days=n) for n in range(days))
    return [DayOffer(day, series, cells.get(day, ())) for day in wanted]


def _grid(series: Series, day: date) -> Iterator[datetime]:
    start, end = (datetime.combine(day, at, JST) for at in (series.opens, series.closes))
    while start < end:
        yield start
        start += timedelta(minutes=series.unit_minutes)


def _number(start: datetime) -> int:
    local = start.astimezone(JST)
    return (local.hour * 60 + local.minute) // CELL_MINUTES
