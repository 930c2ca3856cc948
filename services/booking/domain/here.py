"""Whoever stands at the counter is served now: with a booking of another day or office, or with
none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from libs.contracts.booking import (
    CELL_MINUTES,
    Arrangement,
    Procedure,
    Series,
)
from libs.contracts.times import day_of
from libs.rules.visits import visit_minutes

from .parties import People
from .phone import for_staff, next_on_grid
from .problems import NotOffered
from .times import Visit, plan_joint_visit

_CELL = timedelta(minutes=CELL_MINUTES)


def visit_now(procedures: Sequence[Procedure], office_id: str, now: datetime) -> Visit:
    """From the next five minutes on, for as long as these procedures take today. It asks nothing of
    opening hours and has no window yet."""
    return _visit_at(procedures, office_id, _next_today(now))


def visits_now(
    people: People, office_id: str, now: datetime, arrangement: Arrangement
) -> list[Visit]:
    """The same for each of these people: all at once, or one after the other."""
    start, visits = _next_today(now), []
    for procedures in people:
        visits.append(_visit_at(procedures, office_id, start))
        if arrangement == "in_turn":
            start = visits[-1].starts[-1] + _CELL
    return visits


def _visit_at(procedures: Sequence[Procedure], office_id: str, start: datetime) -> Visit:
    cells = range(visit_minutes(procedures, office_id, day_of(start)) // CELL_MINUTES)
    starts = tuple(start + _CELL * n for n in cells)
    return Visit(procedures[0], office_id, starts, (), tuple(procedures[1:]))


def _next_today(now: datetime) -> datetime:
    """The next five minutes; the last ones of a day go on to its end."""
    start = next_on_grid(now)
    return start if day_of(start) == day_of(now) else start - _CELL


def at_open_windows(visit: Visit, series: Sequence[Series]) -> Visit | None:
    """The same with the windows that are open for it all the time; None where there are none, or
    the office is closed by then."""
    procedures = (visit.procedure, *visit.also)
    try:
        planned = plan_joint_visit(
            procedures, for_staff(series), visit.office_id, visit.starts_at, on_grid=False
        )
    except NotOffered:
        return None
    return replace(visit, windows=planned.windows)
