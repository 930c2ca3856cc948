"""Which start times are offered, worked out the long way from what series and settings say.

It imports no rule, so that a mistake in one is not made twice: every five minutes are looked at,
and windows are tried in every order."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import permutations

from libs.contracts.booking import Arrangement, Office, Procedure, Series
from libs.contracts.times import JST

STEP = 5
Busy = set[tuple[int, int]]
"""Windows with the numbers of their cells in the day, which somebody has."""
Who = Sequence[Procedure]


def offered(
    people: Sequence[Who], office: Office, busy: Busy, arrangement: Arrangement, day: date,
    closed: bool,
) -> list[datetime]:  # fmt: skip
    """The start times of a day that everybody can have; `closed` is a holiday."""
    series = [one for one in office.series if _holds(one, day, closed)]
    windows = sorted({window for one in series for window in one.windows})
    needs = [_need(who, office.office_id, day) for who in people]
    midnight = datetime.combine(day, time(), JST)
    found = []
    opens = min((_minute(one.opens) for one in series), default=0)
    closes = max((_minute(one.closes) for one in series), default=0)
    for start in range(opens, closes, STEP):
        if arrangement == "in_turn":
            fits = any(_in_turn(people, needs, series, busy, start, one) for one in windows)
        else:
            fits = any(
                all(
                    _fits(who, need, series, busy, start, window, on_grid=True)
                    for who, need, window in zip(people, needs, chosen, strict=True)
                )
                for chosen in permutations(windows, len(people))
            )
        if fits:
            found.append(midnight + timedelta(minutes=start))
    return found


def _in_turn(
    people: Sequence[Who], needs: Sequence[int], series: Sequence[Series], busy: Busy, start: int,
    window: int,
) -> bool:  # fmt: skip
    for place, (who, need) in enumerate(zip(people, needs, strict=True)):
        if not _fits(who, need, series, busy, start, window, on_grid=place == 0):
            return False
        start += need
    return True


def _fits(
    who: Who, need: int, series: Sequence[Series], busy: Busy, start: int, window: int,
    on_grid: bool,
) -> bool:  # fmt: skip
    """One person at one window: open for each procedure all the time, and nobody there."""
    for place, procedure in enumerate(who):
        grid = on_grid and place == 0
        if not any(_open(one, procedure, need, start, window, grid) for one in series):
            return False
    return all((window, minute // STEP) not in busy for minute in range(start, start + need, STEP))


def _open(
    series: Series, procedure: Procedure, need: int, start: int, window: int, grid: bool
) -> bool:
    opens, closes = _minute(series.opens), _minute(series.closes)
    if procedure.procedure_id not in series.procedure_ids or window not in series.windows:
        return False
    if grid and (start - opens) % series.unit_minutes:
        return False
    for minute in range(start, start + need, STEP):
        if not opens <= minute < closes:
            return False
        for one in series.breaks:
            in_it = _minute(one.starts) <= minute < _minute(one.ends)
            if in_it and window not in one.keeps:
                return False
    return True


def _holds(series: Series, day: date, closed: bool) -> bool:
    if closed and not series.on_holidays:
        return False
    return day.weekday() in series.weekdays and series.valid_from <= day <= series.valid_until


def _need(who: Who, office_id: str, day: date) -> int:
    """The minutes of one person: added, or beside the longest."""
    total = longest = 0
    for procedure in who:
        minutes = _length(procedure, office_id, day)
        longest = max(longest, minutes)
        if procedure.joins == "sum":
            total += minutes
    return max(total, longest)


def _length(procedure: Procedure, office_id: str, day: date) -> int:
    """Walk through the days up to this one: each length holds until the next of its kind."""
    everywhere, own = procedure.minutes, None
    for one in sorted(procedure.lengths, key=lambda length: length.from_day):
        if one.from_day > day:
            break
        if one.office_id == office_id:
            own = one.minutes
        elif one.office_id == "":
            everywhere = one.minutes
    return own or everywhere


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
