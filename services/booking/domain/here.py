"""今日・ここで受け付ける: whoever comes on another day, or to another office, is served now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from libs.contracts.booking import (
    CELL_MINUTES,
    Procedure,
    Series,
)
from libs.contracts.times import day_of
from libs.rules.visits import visit_minutes

from .phone import for_staff, next_on_grid
from .problems import NotOffered
from .times import Visit, plan_joint_visit

_CELL = timedelta(minutes=CELL_MINUTES)


def visit_now(procedures: Sequence[Procedure], office_id: str, now: datetime) -> Visit:
    """From the next five minutes on, for as long as these procedures take today. It asks nothing of
    opening hours and has no window yet."""
    start = next_on_grid(now)
    if day_of(start) != day_of(now):
        start -= _CELL
    cells = range(visit_minutes(procedures) // CELL_MINUTES)
    starts = tuple(start + _CELL * n for n in cells)
    return Visit(procedures[0], office_id, starts, (), tuple(procedures[1:]))


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
