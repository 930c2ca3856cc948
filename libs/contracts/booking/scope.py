"""Whose bookings and whose counters a member of staff reaches: the one place that decides.

Services ask these two functions and never look at a caller's offices themselves.
"""

from typing import Protocol

EVERYWHERE = "bookings.everywhere"
"""全所属の照会・予約: no route needs this right; it widens those about bookings to all offices."""

_EVERY_OFFICE = frozenset({"*"})


class Scoped(Protocol):
    """Whoever has rights and offices: a caller, an actor, a member of staff."""

    @property
    def rights(self) -> frozenset[str]: ...

    @property
    def offices(self) -> frozenset[str]: ...


def booking_offices(who: Scoped) -> frozenset[str]:
    """The offices whose bookings one reads, makes, changes and cancels."""
    return _EVERY_OFFICE if EVERYWHERE in who.rights else who.offices


def counter_offices(who: Scoped) -> frozenset[str]:
    """The offices one works at: visitors of the day and their results, schedules, settings."""
    return who.offices
