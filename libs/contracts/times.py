"""The city's time. Japan has no daylight saving, so a fixed offset is exact.

Days and moments of requests are read here, in the doors and in the services. Those outside of
these centuries are a slip or an attack: near the ends of the calendar, sums and changes of the
time zone overflow.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime

JST = timezone(timedelta(hours=9), "JST")
YEARS = range(1900, 2200)
Chosen = TypeVar("Chosen", bound=date)


def day_of(moment: datetime) -> date:
    """The calendar day of `moment` in the city."""
    return moment.astimezone(JST).date()


def parse_day(text: str) -> date:
    """2026-12-01. Raises ValueError for anything else."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError("not written as YYYY-MM-DD")
    return _in_range(day)


def find_day(text: str) -> date | None:
    """2026-12-01; None for anything else."""
    try:
        return parse_day(text)
    except ValueError:
        return None


def parse_moment(text: str) -> datetime:
    """An ISO moment; one without a zone is the city's. Raises ValueError."""
    moment = _in_range(datetime.fromisoformat(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def parse_zoned(text: str) -> datetime:
    """An ISO moment that says its zone. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("without a zone")
    return _in_range(moment)


def _in_range(value: Chosen) -> Chosen:
    if value.year not in YEARS:
        raise ValueError("not of these centuries")
    return value


Day = Annotated[date, AfterValidator(_in_range)]
"""A day that a caller chose."""

Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
"""A moment that a caller chose."""
