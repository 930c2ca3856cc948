"""What staff call a series: its name, or the days and hours in which it is open."""

from collections.abc import Iterable
from datetime import time

from libs.contracts.booking import Series

WEEKDAYS = "月火水木金土日"


def clock(at: time) -> str:
    """9:00"""
    return f"{at.hour}:{at:%M}"


def weekdays_text(weekdays: Iterable[int]) -> str:
    """月〜金, or 月・水・金."""
    days = sorted(weekdays)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0]]}〜{WEEKDAYS[days[-1]]}"
    return "・".join(WEEKDAYS[day] for day in days)


def hours_text(series: Series) -> str:
    """月〜金 9:00〜17:00"""
    return f"{weekdays_text(series.weekdays)} {clock(series.opens)}〜{clock(series.closes)}"


def name_of(series: Series) -> str:
    """What staff called it; else when it is."""
    return series.name or hours_text(series)
