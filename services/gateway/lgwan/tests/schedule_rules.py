"""Booking's rules for times of offices, as far as the staff door's tests need them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import combinations

from libs.contracts.booking import (
    ClearDay,
    ClearStop,
    CopyOffice,
    CopyWeek,
    EndSeries,
    Fault,
    FaultReason,
    NationalStop,
    PutDay,
    PutSeries,
    PutStop,
    ScheduleStep,
    Series,
    SpecialDay,
)
from services.gateway.web.times import now

LINK_CLOSES = time(20)


@dataclass
class Setup:
    """How the times of one office stand."""

    series: dict[str, Series] = field(default_factory=dict)
    special: dict[date, SpecialDay] = field(default_factory=dict)
    stops: dict[date, NationalStop] = field(default_factory=dict)

    def copy(self) -> "Setup":
        return Setup(dict(self.series), dict(self.special), dict(self.stops))


Setups = dict[str, Setup]


def apply_step(step: ScheduleStep, offices: Setups) -> None:
    """One step, on setups that exist already."""
    if isinstance(step, PutSeries):
        offices[step.office_id].series[step.series.series_id] = step.series
    elif isinstance(step, EndSeries):
        _end(offices[step.office_id], step.series_id, step.last_day)
    elif isinstance(step, PutDay):
        for office in step.office_ids:
            offices[office].special[step.day.day] = step.day
    elif isinstance(step, ClearDay):
        for office in step.office_ids:
            offices[office].special.pop(step.day, None)
    elif isinstance(step, PutStop | ClearStop):
        _stop(offices, step)
    elif isinstance(step, CopyWeek):
        _copy_week(offices[step.office_id], step)
    else:
        _copy_office(offices, step)


def _stop(offices: Setups, step: PutStop | ClearStop) -> None:
    for setup in offices.values():
        if isinstance(step, PutStop):
            setup.stops[step.stop.day] = step.stop
        else:
            setup.stops.pop(step.day, None)


def _end(setup: Setup, series_id: str, last_day: date) -> None:
    series = setup.series[series_id]
    if last_day < series.valid_from:
        del setup.series[series_id]
    else:
        setup.series[series_id] = series.model_copy(update={"valid_until": last_day})


def _copy_week(setup: Setup, step: CopyWeek) -> None:
    for n in range(7):
        special = setup.special.get(step.week + timedelta(days=n))
        for week in step.to:
            day = week + timedelta(days=n)
            if special:
                setup.special[day] = special.model_copy(update={"day": day})


def _copy_office(offices: Setups, step: CopyOffice) -> None:
    source = offices[step.office_id].series.values()
    for office in step.to:
        setup = offices[office]
        for series in list(setup.series.values()):
            if series.valid_until >= step.first_day:
                _end(setup, series.series_id, step.first_day - timedelta(days=1))
        for series in source:
            if series.valid_until >= step.first_day:
                series_id = f"{office}-{series.series_id}"
                first = max(series.valid_from, step.first_day)
                update = {"series_id": series_id, "valid_from": first}
                setup.series[series_id] = series.model_copy(update=update)


def faults_of(number: int, step: ScheduleStep) -> list[Fault]:
    """What is wrong with a step."""
    return [Fault(step=number, field=f, reason=r) for f, r in _faults(step)]


def _faults(step: ScheduleStep) -> Iterator[tuple[str, FaultReason]]:
    today = now().date()
    if isinstance(step, PutSeries):
        yield from _series_faults(step.series)
    elif isinstance(step, EndSeries):
        if step.last_day < today - timedelta(days=1):
            yield "last_day", "past"
    elif isinstance(step, PutDay):
        yield from _day_faults(step.day)
    elif isinstance(step, PutStop):
        yield from _stop_faults(step.stop)
    elif isinstance(step, CopyOffice):
        if step.first_day < today:
            yield "first_day", "past"
    elif isinstance(step, CopyWeek) and any(day.weekday() for day in step.to):
        yield "to", "not-monday"


def _day_faults(day: SpecialDay) -> Iterator[tuple[str, FaultReason]]:
    if day.day < now().date():
        yield "day", "past"
    if day.opens and day.closes and day.closes <= day.opens:
        yield "closes", "backwards"


def _stop_faults(stop: NationalStop) -> Iterator[tuple[str, FaultReason]]:
    if stop.day < now().date():
        yield "day", "past"
    if stop.starts and stop.ends and stop.ends <= stop.starts:
        yield "ends", "backwards"


def _series_faults(series: Series) -> Iterator[tuple[str, FaultReason]]:
    minutes = _minute(series.closes) - _minute(series.opens)
    if minutes <= 0:
        yield "closes", "backwards"
    elif minutes % series.unit_minutes:
        yield "unit_minutes", "unit"
    if _minute(series.opens) % 5:
        yield "opens", "grid"
    if series.valid_until < series.valid_from:
        yield "valid_until", "backwards"
    elif series.valid_until < now().date():
        yield "valid_until", "past"
    if {*series.windows} & {*series.staff_windows}:
        yield "staff_windows", "windows"
    if "issuance" in series.procedure_ids and series.closes > LINK_CLOSES:
        yield "closes", "link-closed"
    yield from _break_faults(series)


def _break_faults(series: Series) -> Iterator[tuple[str, FaultReason]]:
    for one in series.breaks:
        if one.ends <= one.starts:
            yield "breaks", "backwards"
        elif one.starts < series.opens or series.closes < one.ends:
            yield "breaks", "outside-hours"


def open_cells(
    series: Series, special: SpecialDay | None, windows: Iterable[int]
) -> set[tuple[int, int]]:
    """(window, minute of the day) of every five minutes that are open."""
    first, last = _minute(series.opens), _minute(series.closes)
    if special and special.kind in ("until", "hours") and special.closes:
        last = min(last, _minute(special.closes))
        first = max(first, _minute(special.opens)) if special.opens else first
    return {
        (window, minute)
        for window in windows
        if not (special and special.kind == "windows" and window not in special.windows)
        for minute in range(first, last, 5)
        if not _on_break(series, window, minute)
    }


def places_of(series: Series) -> int:
    """Start times of a day at all windows."""
    unit = series.unit_minutes
    starts = range(_minute(series.opens), _minute(series.closes) - unit + 1, unit)
    return sum(
        not any(_on_break(series, window, minute) for minute in range(start, start + unit, 5))
        for window in (*series.windows, *series.staff_windows)
        for start in starts
    )


def competing_in(
    series: Iterable[Series],
) -> Iterator[tuple[tuple[str, str], tuple[int, ...]]]:
    """Series that share windows at the same time."""
    for one, other in combinations(series, 2):
        shared = {*one.windows, *one.staff_windows} & {*other.windows, *other.staff_windows}
        if (
            shared
            and {*one.weekdays} & {*other.weekdays}
            and max(one.opens, other.opens) < min(one.closes, other.closes)
            and max(one.valid_from, other.valid_from) <= min(one.valid_until, other.valid_until)
        ):
            yield (one.series_id, other.series_id), tuple(sorted(shared))


def _on_break(series: Series, window: int, minute: int) -> bool:
    return any(
        _minute(one.starts) <= minute < _minute(one.ends) and window not in one.keeps
        for one in series.breaks
    )


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
