"""What series and special days come to on a day: one truth for cells, plans and pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from libs.contracts.booking import Closure, NationalStop, Series, SpecialDay

from .closures import NO_STOPS, Stops, closures_on
from .masks import Windows, any_of, merged, span
from .series import is_open_on, is_wanted

CLOSED = "休み"


@dataclass(frozen=True)
class Timetable:
    """How the times of one office are set up. `stops` are the same at all of them."""

    office_id: str
    series: Mapping[str, Series] = field(default_factory=dict)
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    stops: Stops = field(default_factory=lambda: NO_STOPS)


@dataclass(frozen=True)
class OpenDay:
    """The open cells of each window, for everybody or for staff alone. `closed_for` says why a day
    is closed that would be open; `series_ids` are those that hold."""

    public: Windows
    staff: Windows
    closed_for: str
    series_ids: tuple[str, ...]

    def all(self) -> Windows:
        return merged((self.public, self.staff))


def day_cells(table: Timetable, day: date) -> OpenDay:
    """Which cells are open on a day. A window that one series opens for everybody and another one
    for staff at the same time is for everybody."""
    wanted = [series for series in table.series.values() if is_wanted(series, day)]
    held = held_series(table, day)
    public = merged(series_cells(table, day, series, series.windows) for series in held)
    staff = merged(series_cells(table, day, series, series.staff_windows) for series in held)
    staff = {w: mask & ~public.get(w, 0) for w, mask in staff.items()}
    return OpenDay(
        public={w: mask for w, mask in public.items() if mask},
        staff={w: mask for w, mask in staff.items() if mask},
        closed_for=_closed_for(table, day) if wanted and not held else "",
        series_ids=tuple(sorted(one.series_id for one in held)),
    )


def held_series(table: Timetable, day: date) -> list[Series]:
    """The series that hold on a day."""
    special, closures = table.special.get(day), closures_on(day, table.stops)
    if special and special.kind == "closed":
        return []
    wanted = [series for series in table.series.values() if is_wanted(series, day)]
    return [s for s in wanted if all(is_open_on(s, closure) for closure in closures)]


def windows_on(table: Timetable, day: date) -> list[int]:
    """The windows that the office has on a day, at whatever hour: who came in time is still served
    when the counters have closed. On a day without opening hours, those of its series."""
    open_ones = day_cells(table, day).all()
    series = [s for s in table.series.values() if s.valid_from <= day <= s.valid_until]
    return sorted(open_ones or {w for s in series for w in (*s.windows, *s.staff_windows)})


def series_cells(table: Timetable, day: date, series: Series, windows: Iterable[int]) -> Windows:
    """What a series opens at some of its windows on a day on which it holds."""
    special, stop = table.special.get(day), table.stops.get(day)
    hours = span(series.opens, series.closes) & _left_by(special) & _left_by_stop(series, stop)
    found = {}
    for window in windows:
        shut = [span(b.starts, b.ends) for b in series.breaks if window not in b.keeps]
        mask = hours & ~any_of(shut)
        if special is None or special.kind != "windows" or window in special.windows:
            found[window] = mask
    return found


def closures_of(table: Timetable, first: date, days: int) -> tuple[Closure, ...]:
    """The closed days of the coming time, for the doors."""
    found: list[Closure] = []
    for day in (first + timedelta(days=n) for n in range(days)):
        special = table.special.get(day)
        if special and special.kind == "closed":
            found.append(Closure(day=day, reason=_closed_for(table, day), whole=True))
        else:
            found += closures_on(day, table.stops)
    return tuple(found)


def _left_by(special: SpecialDay | None) -> int:
    """The hours that a special day leaves."""
    if special is None or special.kind == "windows":
        return -1
    opens = special.opens if special.kind == "hours" and special.opens else time(0)
    return span(opens, special.closes) if special.closes else 0


def _left_by_stop(series: Series, stop: NationalStop | None) -> int:
    """The hours that a stop of the national system leaves."""
    if stop is None or stop.kind != "hours" or series.on_stops or not stop.starts or not stop.ends:
        return -1
    return ~span(stop.starts, stop.ends)


def _closed_for(table: Timetable, day: date) -> str:
    special = table.special.get(day)
    if special and special.kind == "closed":
        return special.reason or CLOSED
    return "・".join(closure.reason for closure in closures_on(day, table.stops))
