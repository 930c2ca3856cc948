"""On which days a series is there, as far as a door can say: holidays are booking's to know."""

from datetime import date, datetime

from libs.contracts.booking import Closure, Office, Series


def is_wanted(series: Series, day: date) -> bool:
    """Whether the day is one of the series', closures apart."""
    return day.weekday() in series.weekdays and series.valid_from <= day <= series.valid_until


def is_published(series: Series, now: datetime) -> bool:
    """Whether citizens may see it already."""
    return series.published_from is None or series.published_from <= now


def is_open_on(series: Series, closure: Closure) -> bool:
    """Whether the series is open although others are closed on that day."""
    if closure.whole:
        return False
    opens = {
        "holiday": series.on_holidays,
        "year-end": series.on_year_end,
        "stop": series.on_stops,
    }
    return opens[closure.kind]


def is_open_at(series: Series, office: Office, day: date) -> bool:
    """Whether the series holds on a day by the closures that a door knows with the office; the
    hours of special days and of national stops show in the cells alone."""
    there = [closure for closure in office.closures if closure.day == day]
    return is_wanted(series, day) and all(is_open_on(series, closure) for closure in there)
