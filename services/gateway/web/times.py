"""Dates and times in the city's time, as the language of the answer writes them."""

from datetime import date, datetime, time

from libs.contracts.times import JST

from .language import speaking


def now() -> datetime:
    """The present moment, in the city's time."""
    return datetime.now(JST)


def local(moment: datetime) -> datetime:
    return moment.astimezone(JST)


def weekday(day: date) -> str:
    """火"""
    return speaking.get().dates.weekday(_day(day))


def weekday_name(day: date) -> str:
    """火曜日"""
    return speaking.get().dates.weekday_name(_day(day))


def long_date(day: date) -> str:
    """2026年12月1日（火）, from a date or from a moment in the city's time."""
    return speaking.get().dates.whole(_day(day))


def short_date(day: date) -> str:
    """12月1日（火）, from a date or from a moment in the city's time."""
    return speaking.get().dates.short(_day(day))


def short_clock(moment: datetime | time) -> str:
    """9:30"""
    at = local(moment) if isinstance(moment, datetime) else moment
    return f"{at.hour}:{at.minute:02}"


def short_time(moment: datetime) -> str:
    """12月1日（火） 9:30"""
    return short_date(moment) + " " + short_clock(moment)


def long_day(day: date) -> str:
    """1960年4月1日"""
    return speaking.get().dates.birthday(_day(day))


def long_month(day: date) -> str:
    """2026年12月"""
    return speaking.get().dates.month(_day(day))


def short_month(day: date) -> str:
    """12月"""
    return speaking.get().dates.short_month(_day(day))


def around_day(day: date) -> tuple[str, str]:
    """What makes a whole date of the number of a day: 12月 before 2, 日 水曜日 after it."""
    return speaking.get().dates.around(_day(day))


def clock(moment: datetime) -> str:
    """10時30分"""
    return speaking.get().dates.clock(local(moment).time())


def long_time(moment: datetime) -> str:
    """2026年12月1日（火） 10時30分"""
    dates, day, at = speaking.get().dates, long_date(moment), clock(moment)
    return at + dates.glue + day if dates.clock_first else day + dates.glue + at


def _day(day: date) -> date:
    return local(day).date() if isinstance(day, datetime) else day
