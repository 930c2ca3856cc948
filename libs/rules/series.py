"""On which days a series is there, as far as a door can say: holidays are booking's to know."""

from datetime import date, datetime

from libs.contracts.booking import Office, Series


def is_wanted(series: Series, day: date) -> bool:
    """Whether the day is one of the series', closures apart."""
    return day.weekday() in series.weekdays and series.valid_from <= day <= series.valid_until


def is_published(series: Series, now: datetime) -> bool:
    """Whether citizens may see it already."""
    return series.published_from is None or series.published_from <= now


def is_open_at(series: Series, office: Office, day: date) -> bool:
    """Whether the series holds on a day by the closures that a door knows with the office; the
    hours of special days show in the cells alone."""
    closed = not series.on_holidays and any(one.day == day for one in office.closures)
    return is_wanted(series, day) and not closed
