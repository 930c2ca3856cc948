"""How many places a series offers: 1日24枠・合計480枠."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from itertools import combinations

from libs.contracts.booking import Office, Series
from libs.rules.series import is_open_on

HORIZON_DAYS = 365


def starts_of(series: Series, window: int) -> list[time]:
    """The start times at one window: whole units that no break cuts."""
    if series.unit_minutes <= 0:
        return []
    found = []
    for start in range(_minute(series.opens), _minute(series.closes), series.unit_minutes):
        end = start + series.unit_minutes
        cut = any(
            start < _minute(one.ends) and _minute(one.starts) < end and window not in one.keeps
            for one in series.breaks
        )
        if end <= _minute(series.closes) and not cut:
            found.append(time(start // 60, start % 60))
    return found


def places_a_day(series: Series) -> int:
    return sum(len(starts_of(series, w)) for w in (*series.windows, *series.staff_windows))


def days_of(series: Series, office: Office, today: date) -> int:
    """Its days from today on, within a year, on which it is not closed."""
    closed = {closure.day for closure in office.closures if not is_open_on(series, closure)}
    first = max(series.valid_from, today)
    last = min(series.valid_until, today + timedelta(days=HORIZON_DAYS))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(day.weekday() in series.weekdays and day not in closed for day in days)


def opens_at(series: Series, at: time) -> bool:
    """Whether any of its windows is open then."""
    now = [one for one in series.breaks if one.starts <= at < one.ends]
    windows = (*series.windows, *series.staff_windows)
    return series.opens <= at < series.closes and any(
        all(window in one.keeps for one in now) for window in windows
    )


def competing(series: Iterable[Series]) -> list[tuple[Series, Series, tuple[int, ...]]]:
    """Pairs that share windows at the same time, with these windows."""
    found = []
    for one, other in combinations(series, 2):
        shared = _windows(one) & _windows(other)
        if shared and _meet(one, other):
            found.append((one, other, tuple(sorted(shared))))
    return found


def letters(ids: Sequence[str]) -> dict[str, str]:
    """A letter for each series of an office, by which the grid calls it: A to Z, then A2."""
    named = (f"{chr(65 + n % 26)}{n // 26 + 1 if n >= 26 else ''}" for n in range(len(ids)))
    return dict(zip(ids, named, strict=True))


def _windows(series: Series) -> set[int]:
    return {*series.windows, *series.staff_windows}


def _meet(one: Series, other: Series) -> bool:
    return (
        bool({*one.weekdays} & {*other.weekdays})
        and one.valid_from <= other.valid_until
        and other.valid_from <= one.valid_until
        and one.opens < other.closes
        and other.opens < one.closes
    )


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
