"""What each step of a change makes of the timetables of offices."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from libs.contracts.booking import (
    ClearDay,
    ClearStop,
    CopyOffice,
    CopyWeek,
    EndSeries,
    PutDay,
    PutSeries,
    PutStop,
    ScheduleStep,
    Series,
)
from libs.rules.closures import Stops
from libs.rules.timetable import Timetable

Tables = Mapping[str, Timetable]
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def is_for_all(step: ScheduleStep) -> bool:
    """Whether a step is about every office."""
    return isinstance(step, PutStop | ClearStop)


def offices_of(steps: Iterable[ScheduleStep], every: Iterable[str]) -> frozenset[str]:
    """Each office that a step reads or changes; `every` are those that there are."""
    found: set[str] = set()
    for step in steps:
        match step:
            case PutDay() | ClearDay():
                found.update(step.office_ids)
            case CopyOffice():
                found.update((step.office_id, *step.to))
            case PutStop() | ClearStop():
                found.update(every)
            case _:
                found.add(step.office_id)
    return frozenset(found)


def taken(tables: Tables, step: ScheduleStep) -> Tables:
    """The timetables after a step that has no fault."""
    match step:
        case PutSeries():
            return _with(tables, _put(tables[step.office_id], [step.series]))
        case EndSeries():
            return _with(tables, _ended(tables[step.office_id], step.series_id, step.last_day))
        case PutDay():
            days = {step.day.day: step.day}
            return _with(tables, *(
                replace(tables[one], special={**tables[one].special, **days})
                for one in step.office_ids
            ))  # fmt: skip
        case ClearDay():
            return _with(tables, *(_without(tables[one], step.day) for one in step.office_ids))
        case PutStop():
            stop = {step.stop.day: step.stop}
            return _stopped(tables, lambda stops: {**stops, **stop})
        case ClearStop():
            return _stopped(tables, lambda stops: {k: v for k, v in stops.items() if k != step.day})
        case CopyWeek():
            return _with(tables, _week_copied(tables[step.office_id], step))
        case CopyOffice():
            return _with(tables, *(_office_copied(tables, step, one) for one in step.to))


def is_of_week(series: Series, week: date) -> bool:
    """Whether a series holds in one week only."""
    return week <= series.valid_from and series.valid_until < week + _WEEK


def _with(tables: Tables, *changed: Timetable) -> Tables:
    return {**tables, **{one.office_id: one for one in changed}}


def _stopped(tables: Tables, change: Callable[[Stops], Stops]) -> Tables:
    return {office: replace(one, stops=change(one.stops)) for office, one in tables.items()}


def _put(table: Timetable, several: Iterable[Series]) -> Timetable:
    return replace(table, series={**table.series, **{one.series_id: one for one in several}})


def _ended(table: Timetable, series_id: str, last_day: date) -> Timetable:
    series = table.series[series_id]
    if last_day < series.valid_from:
        return replace(table, series={k: v for k, v in table.series.items() if k != series_id})
    until = min(last_day, series.valid_until)
    return _put(table, [series.model_copy(update={"valid_until": until})])


def _without(table: Timetable, day: date) -> Timetable:
    return replace(table, special={k: v for k, v in table.special.items() if k != day})


def _week_copied(table: Timetable, step: CopyWeek) -> Timetable:
    special, several = dict(table.special), []
    for monday in step.to:
        ahead = monday - step.week
        for day in (step.week + timedelta(days=n) for n in range(7)):
            special.pop(day + ahead, None)
            if found := table.special.get(day):
                special[day + ahead] = found.model_copy(update={"day": day + ahead})
        several += [
            _moved(one, ahead) for one in table.series.values() if is_of_week(one, step.week)
        ]
    return _put(replace(table, special=special), several)


def _moved(series: Series, ahead: timedelta) -> Series:
    first = series.valid_from + ahead
    return series.model_copy(
        update={
            "series_id": f"{series.series_id}-{first:%Y%m%d}",
            "valid_from": first,
            "valid_until": series.valid_until + ahead,
        }
    )


def _office_copied(tables: Tables, step: CopyOffice, office_id: str) -> Timetable:
    """Its own series end the day before."""
    table = tables[office_id]
    for series in list(table.series.values()):
        if series.valid_until >= step.first_day:
            table = _ended(table, series.series_id, step.first_day - _DAY)
    return _put(table, [
        one.model_copy(update={
            "series_id": f"{office_id}-{one.series_id}-{step.first_day:%Y%m%d}",
            "valid_from": max(one.valid_from, step.first_day),
        })
        for one in tables[step.office_id].series.values() if one.valid_until >= step.first_day
    ])  # fmt: skip
