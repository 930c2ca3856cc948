"""Dates and times as the city writes them."""

from datetime import date, datetime

from libs.contracts.times import JST

_WEEKDAYS = "月火水木金土日"


def now() -> datetime:
    """The present moment, in the city's time."""
    return datetime.now(JST)


def local(moment: datetime) -> datetime:
    return moment.astimezone(JST)


def weekday(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def long_date(day: date) -> str:
    """2026年12月1日（火）, from a date or from a moment in the city's time."""
    if isinstance(day, datetime):
        day = local(day).date()
    return f"{day.year}年{day.month}月{day.day}日（{weekday(day)}）"


def long_day(day: date) -> str:
    """1960年4月1日"""
    return f"{day.year}年{day.month}月{day.day}日"


def clock(moment: datetime) -> str:
    """10時30分"""
    at = local(moment)
    return f"{at.hour}時{at.minute:02}分"


def long_time(moment: datetime) -> str:
    """2026年12月1日（火） 10時30分"""
    return f"{long_date(moment)} {clock(moment)}"
