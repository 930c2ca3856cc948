"""Which steps cannot be, and why: all reasons at once, each with its field."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from itertools import pairwise

from libs.contracts.booking import (
    CELL_MINUTES,
    Break,
    ClearDay,
    ClearStop,
    CopyOffice,
    CopyWeek,
    EndSeries,
    Fault,
    FaultReason,
    NationalStop,
    Procedure,
    PutDay,
    PutSeries,
    PutStop,
    ScheduleStep,
    Series,
    SpecialDay,
)
from libs.rules.closures import is_maintenance
from libs.rules.masks import cell_of
from services.booking.domain.problems import BadSchedule

from .steps import Tables, taken

MOST_WINDOWS, MOST_SERIES = 40, 100
LINK_CLOSES = time(20)
"""The national link, which all but applications need, closes then: a visit ends before."""

Found = Iterator[tuple[str, FaultReason]]
Procedures = Mapping[str, Procedure]


def after_steps(
    tables: Tables, steps: Sequence[ScheduleStep], procedures: Procedures, today: date
) -> Tables:
    """The timetables after all steps, one after the other. Raises BadSchedule."""
    faults: list[Fault] = []
    for number, step in enumerate(steps):
        found = list(_faults(tables, step, procedures, today))
        faults += [Fault(step=number, field=name, reason=reason) for name, reason in found]
        tables = tables if found else taken(tables, step)
    if faults:
        named = [fault.model_dump(mode="json") for fault in faults]
        raise BadSchedule("The times cannot be set up like this.", faults=named)
    return tables


def needs_link(procedure: Procedure) -> bool:
    """An application is taken in on paper; everything else goes through the national system."""
    return any(outcome in ("collected", "done") for outcome in procedure.outcomes)


def _faults(tables: Tables, step: ScheduleStep, procedures: Procedures, today: date) -> Found:
    match step:
        case PutSeries():
            yield from _of_place(tables, step)
            yield from _of_series(step.series, procedures, today)
        case EndSeries():
            yield from _of_end(tables, step, today)
        case PutDay():
            yield from _of_offices(step.office_ids)
            yield from _of_day(step.day, today)
        case ClearDay():
            yield from _of_offices(step.office_ids)
            yield from _not_past("day", step.day, today)
        case PutStop():
            yield from _of_stop(step.stop, today)
        case ClearStop():
            yield from _not_past("day", step.day, today)
        case CopyWeek():
            yield from _of_weeks(step, today)
        case CopyOffice():
            yield from _of_copy(step, today)


def _of_end(tables: Tables, step: EndSeries, today: date) -> Found:
    if step.series_id not in tables[step.office_id].series:
        yield "series_id", "unknown"
    yield from _not_past("last_day", step.last_day + timedelta(days=1), today)


def _of_copy(step: CopyOffice, today: date) -> Found:
    yield from _of_offices(step.to, "to")
    if step.office_id in step.to:
        yield "to", "same"
    yield from _not_past("first_day", step.first_day, today)


def _not_past(name: str, day: date, today: date) -> Found:
    if day < today:
        yield name, "past"


def _of_place(tables: Tables, step: PutSeries) -> Found:
    if not step.series.series_id:
        yield "series_id", "missing"
    for office_id, table in tables.items():
        if office_id != step.office_id and step.series.series_id in table.series:
            yield "series_id", "taken"
    if len(tables[step.office_id].series) >= MOST_SERIES:
        yield "series_id", "too-many"


def _of_series(series: Series, procedures: Procedures, today: date) -> Found:
    yield from _of_hours(series.opens, series.closes)
    if not series.weekdays:
        yield "weekdays", "missing"
    if set(series.weekdays) - set(range(7)) or _twice(series.weekdays):
        yield "weekdays", "unknown"
    minutes = _minutes(series.opens, series.closes)
    if minutes > 0 and minutes % series.unit_minutes:
        yield "unit_minutes", "unit"
    yield from _of_procedures(series, [procedures.get(one) for one in series.procedure_ids])
    yield from _of_windows(series)
    yield from _of_breaks(series)
    if series.valid_until < series.valid_from:
        yield "valid_until", "backwards"
    elif series.valid_until < today:
        yield "valid_until", "past"


def _of_hours(opens: time | None, closes: time | None) -> Found:
    for name, moment in (("opens", opens), ("closes", closes)):
        if moment and not _on_grid(moment):
            yield name, "grid"
    if opens and closes and closes <= opens:
        yield "closes", "backwards"


def _of_procedures(series: Series, offered: Sequence[Procedure | None]) -> Found:
    if not offered:
        yield "procedure_ids", "missing"
    if None in offered or _twice(series.procedure_ids):
        yield "procedure_ids", "unknown"
    known = [one for one in offered if one]
    minutes = _minutes(series.opens, series.closes)
    if any(one.minutes > minutes > 0 for one in known):
        yield "procedure_ids", "short"
    if series.closes > LINK_CLOSES and any(map(needs_link, known)):
        yield "closes", "link-closed"


def _of_windows(series: Series) -> Found:
    both = (*series.windows, *series.staff_windows)
    if not both:
        yield "windows", "missing"
    if _twice(both) or any(window < 1 for window in both):
        yield "windows", "windows"
    if len(both) > MOST_WINDOWS:
        yield "windows", "too-many"


def _of_breaks(series: Series) -> Found:
    both = {*series.windows, *series.staff_windows}
    for one in series.breaks:
        yield from (("breaks", reason) for reason in _of_break(series, one))
        if not set(one.keeps) <= both:
            yield "breaks", "windows"
    ordered = sorted(series.breaks, key=lambda one: one.starts)
    if any(later.starts < earlier.ends for earlier, later in pairwise(ordered)):
        yield "breaks", "overlap"


def _of_break(series: Series, one: Break) -> Iterator[FaultReason]:
    if not _on_grid(one.starts) or not _on_grid(one.ends):
        yield "grid"
    if one.ends <= one.starts:
        yield "backwards"
    elif one.starts < series.opens or series.closes < one.ends:
        yield "outside-hours"


def _of_day(special: SpecialDay, today: date) -> Found:
    yield from _not_past("day", special.day, today)
    if special.kind in ("until", "hours") and special.closes is None:
        yield "closes", "missing"
    if special.kind == "hours" and special.opens is None:
        yield "opens", "missing"
    if special.kind == "windows" and not special.windows:
        yield "windows", "missing"
    if _twice(special.windows) or any(window < 1 for window in special.windows):
        yield "windows", "windows"
    if len(special.windows) > MOST_WINDOWS:
        yield "windows", "too-many"
    yield from _of_hours(special.opens, special.closes)


def _of_stop(stop: NationalStop, today: date) -> Found:
    yield from _not_past("day", stop.day, today)
    if stop.kind == "hours":
        for name, moment in (("starts", stop.starts), ("ends", stop.ends)):
            if moment is None:
                yield name, "missing"
            elif not _on_grid(moment):
                yield name, "grid"
        if stop.starts and stop.ends and stop.ends <= stop.starts:
            yield "ends", "backwards"
    if stop.kind == "works" and not is_maintenance(stop.day):
        yield "kind", "unknown"


def _of_weeks(step: CopyWeek, today: date) -> Found:
    yield from _of_offices(tuple(map(str, step.to)), "to")
    if step.week.weekday():
        yield "week", "not-monday"
    if any(monday.weekday() for monday in step.to):
        yield "to", "not-monday"
    if step.week in step.to:
        yield "to", "same"
    if any(monday + timedelta(days=6) < today for monday in step.to):
        yield "to", "past"


def _of_offices(office_ids: Sequence[str], name: str = "office_ids") -> Found:
    if not office_ids:
        yield name, "missing"


def _on_grid(moment: time) -> bool:
    on_grid = cell_of(moment) * CELL_MINUTES == moment.hour * 60 + moment.minute
    return on_grid and not moment.second and not moment.microsecond


def _minutes(opens: time, closes: time) -> int:
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute


def _twice(several: Sequence[object]) -> bool:
    return len(set(several)) < len(several)
