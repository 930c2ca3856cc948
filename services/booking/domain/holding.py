"""How long a session may hold one time, however often it chooses it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .problems import HeldEnough
from .times import EXTENSION_MINUTES, EXTENSIONS

PAUSE = timedelta(minutes=10)
"""So long a time has to be free for others before the same session holds it for another hour."""
MOST_REMEMBERED = 20
_EXTENSION = timedelta(minutes=EXTENSION_MINUTES)
_ALL_EXTENSIONS = EXTENSIONS * _EXTENSION


@dataclass(frozen=True)
class Terms:
    """For how long a time is held at first, and how often that can be extended."""

    minutes: int
    extensions: int = EXTENSIONS


@dataclass(frozen=True)
class Earlier:
    """A time that the session held: `first_until` before any extension, at last `until`, with so
    many `extensions` used."""

    office_id: str
    starts_at: datetime
    first_until: datetime
    extensions: int
    until: datetime


@dataclass(frozen=True)
class Holding:
    """`until` when a time is held; `first_until` is what that was when the session first took it,
    and `used` are the extensions since. `earlier` are its other times of the last minutes."""

    until: datetime
    first_until: datetime
    used: int = 0
    earlier: tuple[Earlier, ...] = ()

    @property
    def extensions_left(self) -> int:
        return extensions_left(self.until, self.first_until, self.used)


def extensions_left(until: datetime, first_until: datetime, used: int) -> int:
    """Ten of five minutes each, and none beyond the hour: whoever chose the same time again has
    had some of it."""
    within_the_hour = (first_until + _ALL_EXTENSIONS - until) // _EXTENSION
    return max(0, min(EXTENSIONS - used, within_the_hour))


def agreed(
    terms: Terms, earlier: Sequence[Earlier], office_id: str, starts_at: datetime, now: datetime
) -> Holding:
    """As the terms say, unless the session held this time a moment ago: then its hour goes on.
    Raises HeldEnough."""
    recent = [one for one in earlier if now - one.until < PAUSE]
    here = [one for one in recent if (one.office_id, one.starts_at) == (office_id, starts_at)]
    others = tuple(replace(one, until=min(one.until, now)) for one in recent if one not in here)[
        -MOST_REMEMBERED:
    ]
    until, used = now + timedelta(minutes=terms.minutes), EXTENSIONS - terms.extensions
    if not here:
        return Holding(until, until, used, others)
    before = here[-1]
    until = max(before.until, min(until, before.first_until + _ALL_EXTENSIONS))
    if until <= now:
        raise HeldEnough("This time was held for as long as can be.")
    return Holding(until, before.first_until, max(before.extensions, used), others)
