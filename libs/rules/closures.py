"""Days on which counters are closed by the law, the end of the year, or the national system."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import jpholiday

from libs.contracts.booking import MAINTENANCE_DAY, Closure, NationalStop

YEAR_END = "年末年始"
Stops = Mapping[date, NationalStop]
"""What is known of the national system beyond the rule, by day."""
NO_STOPS: Stops = MappingProxyType({})
_SUNDAY = 6


def closures_on(day: date, stops: Stops = NO_STOPS) -> tuple[Closure, ...]:
    """What closes a day for every series that is not open in spite of it."""
    return _by_law(day) + _by_the_system(day, stops.get(day))


def closure_of(day: date, stops: Stops = NO_STOPS) -> str:
    """Why a day is closed; empty when it is not."""
    return next((closure.reason for closure in closures_on(day, stops)), "")


def is_maintenance(day: date) -> bool:
    """The national system rests on the Sunday after each third Saturday."""
    saturday = day - timedelta(days=1)
    return day.weekday() == _SUNDAY and 15 <= saturday.day <= 21


@lru_cache(maxsize=4096)
def _by_law(day: date) -> tuple[Closure, ...]:
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return (Closure(day=day, reason=YEAR_END, kind="year-end"),)
    name = jpholiday.is_holiday_name(day)
    return (Closure(day=day, reason=name, kind="holiday"),) if name else ()


def _by_the_system(day: date, stop: NationalStop | None) -> tuple[Closure, ...]:
    """What somebody wrote down about a day holds, else the rule."""
    if stop is None:
        return _by_rule(day)
    if stop.kind != "closed":
        return ()
    return (Closure(day=day, reason=stop.reason or MAINTENANCE_DAY, kind="stop"),)


@lru_cache(maxsize=4096)
def _by_rule(day: date) -> tuple[Closure, ...]:
    resting = is_maintenance(day)
    return (Closure(day=day, reason=MAINTENANCE_DAY, kind="stop"),) if resting else ()
