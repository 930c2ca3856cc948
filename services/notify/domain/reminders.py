"""On which day, and until when, citizens are reminded of their visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.contracts.notify import MailKind
from libs.contracts.times import JST

UNTIL_HOUR = 20
"""Nobody's telephone rings later: from this hour on no reminder is begun."""

FRESH = timedelta(minutes=3)
"""How old booking's watermark may be; with an older one a cancellation may still be on its way."""

OBSOLETE = "obsolete"
"""The reason of a mail that was not sent because its booking had changed meanwhile: a reminder of
another version, or whatever waited for an address that was taken away."""


@dataclass(frozen=True)
class Round:
    """The visits from `begins` until before `ends`, as far as they were settled before `since`."""

    begins: datetime
    ends: datetime
    since: datetime


def today(now: datetime) -> datetime:
    """When the city's day began."""
    return now.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)


def round_at(now: datetime, hour: int) -> Round | None:
    """Tomorrow's visits, while reminders go out: from `hour` until UNTIL_HOUR by the city's clock.
    Who settles on a time later than that has just got a mail about it."""
    midnight = today(now)
    since = midnight + timedelta(hours=hour)
    if not since <= now < midnight + timedelta(hours=UNTIL_HOUR):
        return None
    return Round(midnight + timedelta(days=1), midnight + timedelta(days=2), since)


def last_moment(kind: MailKind, starts_at: datetime) -> datetime:
    """Until when a mail is worth a try: a reminder says 'tomorrow'."""
    return today(starts_at) if kind == "reminder" else starts_at
