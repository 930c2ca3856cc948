"""Days on which counters are closed by the law, the end of the year, or the national system."""

from datetime import date, timedelta
from functools import lru_cache

import jpholiday

YEAR_END = "年末年始"
MAINTENANCE = "全国システムの点検日"
_SUNDAY = 6


@lru_cache(maxsize=4096)
def closure_of(day: date) -> str:
    """Why a day is closed for every series that is not open on holidays; empty when it is not."""
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return YEAR_END
    if name := jpholiday.is_holiday_name(day):
        return name
    return MAINTENANCE if _is_maintenance(day) else ""


def _is_maintenance(day: date) -> bool:
    """The national system rests on the Sunday after each third Saturday."""
    saturday = day - timedelta(days=1)
    return day.weekday() == _SUNDAY and 15 <= saturday.day <= 21
