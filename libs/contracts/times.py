"""The city's time. Japan has no daylight saving, so a fixed offset is exact."""

from datetime import date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")


def day_of(moment: datetime) -> date:
    """The calendar day of `moment` in the city."""
    return moment.astimezone(JST).date()
