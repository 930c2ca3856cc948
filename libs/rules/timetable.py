"""What series and special days come to on a day: one truth for cells, plans and pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from libs.contracts.booking import Closure, Series, SpecialDay

from .closures import closure_of
from .masks import Windows, any_of, merged, span
from .series import is_wanted

CLOSED = "休み"


@dataclass(frozen=True)
class Timetable:
    """How the times of one office are set up."""

    office_id: str
    series: Mapping[str, Series] = field(default_factory=dict)
    special: Mapping[date, SpecialDay] = field(default_factory=dict)


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
    special = table.special.get(day)
    wanted = [one for one in table.series.values() if is_wanted(one, day)]
    held = [one for one in wanted if _holds(one, day, special)]
    public = merged(series_cells(one, special, one.windows) for one in held)
    staff = merged(series_cells(one, special, one.staff_windows) for one in held)
    staff = {w: mask & ~public.get(w, 0) for w, mask in staff.items()}
    return OpenDay(
        public={w: mask for w, mask in public.items() if mask},
        staff={w: mask for w, mask in staff.items() if mask},
        closed_for=_closed_for(special, day) if wanted and not held else "",
        series_ids=tuple(sorted(one.series_id for one in held)),
    )


def held_series(table: Timetable, day: date) -> list[Series]:
    """The series that hold on a day."""
    special = table.special.get(day)
    return [s for s in table.series.values() if is_wanted(s, day) and _holds(s, day, special)]


def is_closed(series: Series, day: date) -> bool:
    """Whether the law, the year's end or the national system closes the series."""
    return not series.on_holidays and bool(closure_of(day))


def series_cells(series: Series, special: SpecialDay | None, windows: Iterable[int]) -> Windows:
    """What a series opens at some of its windows on a day on which it holds."""
    hours = span(series.opens, series.closes) & _left_by(special)
    found = {}
    for window in windows:
        shut = [span(b.starts, b.ends) for b in series.breaks if window not in b.keeps]
        mask = hours & ~any_of(shut)
        if special is None or special.kind != "windows" or window in special.windows:
            found[window] = mask
    return found


def closures_of(table: Timetable, first: date, days: int) -> tuple[Closure, ...]:
    """The closed days of the coming time, for the doors."""
    found = []
    for day in (first + timedelta(days=n) for n in range(days)):
        special = table.special.get(day)
        if special and special.kind == "closed":
            found.append(Closure(day=day, reason=_closed_for(special, day), whole=True))
        elif reason := closure_of(day):
            found.append(Closure(day=day, reason=reason))
    return tuple(found)


def _holds(series: Series, day: date, special: SpecialDay | None) -> bool:
    return not is_closed(series, day) and (special is None or special.kind != "closed")


def _left_by(special: SpecialDay | None) -> int:
    """The hours that a special day leaves."""
    if special is None or special.kind == "windows":
        return -1
    opens = special.opens if special.kind == "hours" and special.opens else time(0)
    return span(opens, special.closes) if special.closes else 0


def _closed_for(special: SpecialDay | None, day: date) -> str:
    if special and special.kind == "closed":
        return special.reason or CLOSED
    return closure_of(day)
