"""Which times are offered, and until when a citizen may change or cancel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pydantic import Field

from libs.contracts.booking import (
    CELL_MINUTES,
    NationalStop,
    Procedure,
    Series,
    Status,
)
from libs.contracts.times import JST, day_of
from libs.rules.closures import NO_STOPS, closures_on
from libs.rules.series import is_open_on, is_wanted
from libs.rules.visits import last_change_day, visit_minutes

from .problems import NotOffered

EXTENSIONS = 10
EXTENSION_MINUTES = 5


class OfferedSeries(Series):
    """A series with what is known of the national system beyond the rule, by day."""

    stops: dict[date, NationalStop] = Field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A start time that may be asked for: `starts` are its cells, `windows` where it may be.
    `also` are further procedures of the same person."""

    procedure: Procedure
    office_id: str
    starts: tuple[datetime, ...]
    windows: tuple[int, ...]
    also: tuple[Procedure, ...] = ()

    @property
    def starts_at(self) -> datetime:
        return self.starts[0]

    @property
    def minutes(self) -> int:
        return len(self.starts) * CELL_MINUTES


def plan_visit(
    procedure: Procedure, series: Iterable[Series], office_id: str, starts_at: datetime
) -> Visit:
    """The cells and windows of a visit at `starts_at`. Raises NotOffered."""
    return plan_joint_visit((procedure,), series, office_id, starts_at)


def plan_joint_visit(
    procedures: Sequence[Procedure], series: Iterable[Series], office_id: str, starts_at: datetime,
    on_grid: bool = True,
) -> Visit:  # fmt: skip
    """One person's visit for several procedures: a series of the first one has the start time
    (unless `on_grid` is False), and the windows are open for each of them, all the time. Raises
    NotOffered."""
    minutes = visit_minutes(procedures, office_id, day_of(starts_at))
    series = list(series)
    open_for = [
        {w for s in series if n or not on_grid or has_start(s, starts_at)
         for w in open_windows(s, one, starts_at, minutes)}
        for n, one in enumerate(procedures)
    ]  # fmt: skip
    windows = set.intersection(*open_for)
    if not windows:
        raise NotOffered("There is no such start time for this procedure.")
    cells = range(minutes // CELL_MINUTES)
    starts = tuple(starts_at + timedelta(minutes=CELL_MINUTES * n) for n in cells)
    return Visit(procedures[0], office_id, starts, tuple(sorted(windows)), tuple(procedures[1:]))


def open_windows(
    series: Series, procedure: Procedure, starts_at: datetime, minutes: int
) -> list[int]:
    """The windows of `series` that are open for `procedure` for so many minutes: not those that
    have a break then."""
    if not opens(series, procedure.procedure_id, starts_at, minutes):
        return []
    local = starts_at.astimezone(JST)
    starts, ends = local.time(), (local + timedelta(minutes=minutes)).time()
    now = [one for one in series.breaks if one.starts < ends and starts < one.ends]
    return [w for w in series.windows if all(w in one.keeps for one in now)]


def opens(series: Series, procedure_id: str, starts_at: datetime, minutes: int) -> bool:
    """Whether `series` is open for the procedure from `starts_at` on for so many minutes."""
    local = starts_at.astimezone(JST)
    day, ends = local.date(), local + timedelta(minutes=minutes)
    return (
        procedure_id in series.procedure_ids
        and is_wanted(series, day)
        and not _rests(series, day, local.time(), ends.time())
        and datetime.combine(day, series.opens, JST) <= local
        and ends <= datetime.combine(day, series.closes, JST)
    )


def _rests(series: Series, day: date, starts: time, ends: time) -> bool:
    """Whether the law, the year's end or the national system closes the series then."""
    stops = series.stops if isinstance(series, OfferedSeries) else NO_STOPS
    if not all(is_open_on(series, closure) for closure in closures_on(day, stops)):
        return True
    stop = stops.get(day)
    if stop is None or not stop.starts or not stop.ends or series.on_stops:
        return False
    return stop.starts < ends and starts < stop.ends


def has_start(series: Series, starts_at: datetime) -> bool:
    """Whether this is one of the start times of `series`."""
    local = starts_at.astimezone(JST)
    since = local - datetime.combine(local.date(), series.opens, JST)
    return since % timedelta(minutes=series.unit_minutes) == timedelta(0)


def check_period(procedure: Procedure, starts_at: datetime, now: datetime) -> None:
    """Raises NotOffered outside the days in which `procedure` can be booked."""
    ahead = (day_of(starts_at) - day_of(now)).days
    if starts_at <= now or not procedure.closes_days_before <= ahead <= procedure.opens_days_before:
        raise NotOffered("This day cannot be booked at the moment.")


def check_rebooking(
    procedures: Iterable[Procedure], starts_at: datetime, now: datetime, stopped_until: date | None
) -> None:
    """The same for whom an outage met: any time from now on, but none that it meets as well.
    Raises NotOffered."""
    day = day_of(starts_at)
    ahead = (day - day_of(now)).days
    met = stopped_until is not None and day <= stopped_until
    if met or starts_at <= now or any(ahead > one.opens_days_before for one in procedures):
        raise NotOffered("This day cannot be booked at the moment.")


def check_held_period(
    procedure: Procedure, starts_at: datetime, now: datetime, first_until: datetime
) -> None:
    """The same for a time that was held in time: for as long as it was held at first no deadline
    passes. Raises NotOffered, also for a visit that has begun."""
    if starts_at <= now or now > first_until:
        check_period(procedure, starts_at, now)


def may_change(procedure: Procedure, status: Status, starts_at: datetime, now: datetime) -> bool:
    """Whether the citizen may still move the booking to another time."""
    last = last_change_day([procedure], day_of(starts_at))
    return may_cancel(status, starts_at, now) and day_of(now) <= last


def may_cancel(status: Status, starts_at: datetime, now: datetime) -> bool:
    """Cancelling is open until the appointment starts: a freed time helps somebody."""
    return status == "confirmed" and starts_at > now
