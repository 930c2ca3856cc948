"""What a change made of series and special days, so that exactly that can be taken back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from libs.contracts.booking import NationalStop, Series, SpecialDay

from .steps import Tables

K = TypeVar("K")
M = TypeVar("M", Series, SpecialDay, NationalStop)
Pairs = dict[str, list[Any]]
"""For each key what was there before and what is there after, or nothing."""


def delta_of(before: Tables, after: Tables) -> dict[str, dict[str, Pairs]]:
    """By office, as JSON."""
    return {
        office_id: {
            "series": _pairs(before[office_id].series, table.series),
            "special": _pairs(before[office_id].special, table.special),
            "stops": _pairs(before[office_id].stops, table.stops),
        }
        for office_id, table in after.items()
        if table != before[office_id]
    }


def created_by(delta: Mapping[str, Mapping[str, Pairs]]) -> tuple[str, ...]:
    """The series that there were not before."""
    return tuple(
        series_id
        for pairs in delta.values()
        for series_id, (before, _after) in pairs["series"].items()
        if before is None
    )


def reverted(tables: Tables, delta: Mapping[str, Mapping[str, Pairs]]) -> Tables | None:
    """The timetables without the change; None where something has touched the same since."""
    found = dict(tables)
    for office_id, pairs in delta.items():
        table = tables.get(office_id)
        if table is None:
            return None
        series = _back(table.series, pairs["series"], str, Series.model_validate)
        special = _back(
            table.special, pairs["special"], date.fromisoformat, SpecialDay.model_validate
        )
        known = pairs.get("stops", {})  # none in what an earlier release wrote
        stops = _back(table.stops, known, date.fromisoformat, NationalStop.model_validate)
        if series is None or special is None or stops is None:
            return None
        found[office_id] = replace(table, series=series, special=special, stops=stops)
    return found


def _pairs(before: Mapping[Any, M], after: Mapping[Any, M]) -> Pairs:
    return {
        str(key): [_as_json(before.get(key)), _as_json(after.get(key))]
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    }


def _as_json(one: Series | SpecialDay | NationalStop | None) -> object:
    return one.model_dump(mode="json") if one else None


def _back(
    now: Mapping[K, M], pairs: Pairs, key_of: Callable[[str], K], read: Callable[[Any], M]
) -> dict[K, M] | None:
    found = dict(now)
    for name, (before, after) in pairs.items():
        key = key_of(name)
        if _as_json(now.get(key)) != after:
            return None
        if before is None:
            found.pop(key, None)
        else:
            found[key] = read(before)
    return found
