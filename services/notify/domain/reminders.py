"""On which day, and until when, citizens are reminded of their visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.contracts.times import JST

CALL_HOUR = 15
"""By this hour of the day before a visit, somebody knows of each citizen whom no mail reached, and
has time to call: no reminder is tried later, and few other mails are."""

FRESH = timedelta(minutes=3)
"""How old booking's watermark may be; with an older one a cancellation may still be on its way."""

SOON = timedelta(hours=1)

OBSOLETE = "obsolete"
"""The reason of a mail that was not sent because its booking had changed meanwhile: a reminder of
another version, or whatever waited for an address that is no longer the booking's."""


@dataclass(frozen=True)
class Round:
    """The visits from `begins` until before `ends`, as far as they were settled before `since`.
    They are mailed until `until`; afterwards whoever had no mail has to be called."""

    begins: datetime
    ends: datetime
    since: datetime
    until: datetime


def today(now: datetime) -> datetime:
    """When the city's day began."""
    return now.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)


def round_at(now: datetime, hour: int) -> Round | None:
    """Tomorrow's visits, from `hour` on by the city's clock. Who settles on a time later than that
    has just got a mail about it."""
    midnight = today(now)
    since = midnight + timedelta(hours=hour)
    if now < since:
        return None
    tomorrow = midnight + timedelta(days=1)
    return Round(tomorrow, tomorrow + timedelta(days=1), since, call_moment(tomorrow))


def call_moment(starts_at: datetime) -> datetime:
    """When those whom no reminder reached are called: on the day before the visit."""
    return today(today(starts_at) - timedelta(hours=1)) + timedelta(hours=CALL_HOUR)


def last_moment(starts_at: datetime, written_at: datetime) -> datetime:
    """Until when a mail that is no reminder is tried, so that there is time to call afterwards.
    About a visit that is too soon for that, it is tried for half of the time that is left."""
    call = call_moment(starts_at)
    if call - written_at >= SOON:
        return call
    return written_at + (starts_at - written_at) / 2
