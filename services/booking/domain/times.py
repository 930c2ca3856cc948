"""Which times are offered, and until when a citizen may change or cancel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.contracts.booking import CELL_MINUTES, Procedure, Series, Status
from libs.contracts.times import JST, day_of

from .problems import NotOffered

EXTENSIONS = 10
EXTENSION_MINUTES = 5


@dataclass(frozen=True)
class Visit:
    """A start time that may be asked for: `starts` are its cells, `windows` where it may be."""

    procedure: Procedure
    office_id: str
    starts: tuple[datetime, ...]
    windows: tuple[int, ...]

    @property
    def starts_at(self) -> datetime:
        return self.starts[0]


def plan_visit(
    procedure: Procedure, series: Iterable[Series], office_id: str, starts_at: datetime
) -> Visit:
    """The cells and windows of a visit at `starts_at`. Raises NotOffered."""
    windows = sorted({w for s in series if offers(s, procedure, starts_at) for w in s.windows})
    if not windows:
        raise NotOffered("There is no such start time for this procedure.")
    cells = range(procedure.minutes // CELL_MINUTES)
    starts = tuple(starts_at + timedelta(minutes=CELL_MINUTES * n) for n in cells)
    return Visit(procedure, office_id, starts, tuple(windows))


def offers(series: Series, procedure: Procedure, starts_at: datetime) -> bool:
    """Whether `series` has this start time and the visit ends before it closes."""
    local = starts_at.astimezone(JST)
    opens = datetime.combine(local.date(), series.opens, JST)
    closes = datetime.combine(local.date(), series.closes, JST)
    ends = local + timedelta(minutes=procedure.minutes)
    return (
        procedure.procedure_id in series.procedure_ids
        and local.weekday() in series.weekdays
        and series.valid_from <= local.date() <= series.valid_until
        and opens <= local
        and ends <= closes
        and (local - opens) % timedelta(minutes=series.unit_minutes) == timedelta(0)
    )


def check_period(procedure: Procedure, starts_at: datetime, now: datetime) -> None:
    """Raises NotOffered outside the days in which `procedure` can be booked."""
    ahead = (day_of(starts_at) - day_of(now)).days
    if starts_at <= now or not procedure.closes_days_before <= ahead <= procedure.opens_days_before:
        raise NotOffered("This day cannot be booked at the moment.")


def may_change(procedure: Procedure, status: Status, starts_at: datetime, now: datetime) -> bool:
    """Whether the citizen may still move the booking to another time."""
    ahead = (day_of(starts_at) - day_of(now)).days
    return may_cancel(status, starts_at, now) and ahead >= procedure.changes_days_before


def may_cancel(status: Status, starts_at: datetime, now: datetime) -> bool:
    """Cancelling is open until the appointment starts: a freed time helps somebody."""
    return status == "confirmed" and starts_at > now
