"""What the staff door hears live: that bookings changed, so that pages which show them are told.

The facts are not kept. A page that is told asks booking; one that misses a word asks by itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

from libs.common.facts import Fact
from libs.contracts.booking import (
    BookingArrived,
    BookingCalled,
    BookingCancelled,
    BookingChanged,
    BookingConfirmed,
    BookingDisplaced,
    BookingFact,
    BookingFinished,
    BookingMissed,
    BookingReopened,
    BookingResent,
    BookingRestored,
    BookingStopped,
    BookingUpdated,
)

from .door.live import Hub


def booking_changed(fact: BookingFact, hub: Hub) -> None:
    hub.tell(fact.office_id)


def booking_brought(fact: BookingArrived | BookingReopened, hub: Hub) -> None:
    """Perhaps from another office, where it is no longer."""
    hub.tell(fact.office_id, *filter(None, [fact.previous_office_id]))


def booking_moved(fact: BookingChanged, hub: Hub) -> None:
    hub.tell(fact.office_id, fact.previous_office_id)


SUBSCRIPTIONS: Mapping[type[Fact], Callable[[Any, Hub], None]] = {
    BookingConfirmed: booking_changed,
    BookingChanged: booking_moved,
    BookingDisplaced: booking_changed,
    BookingRestored: booking_changed,
    BookingStopped: booking_changed,
    BookingUpdated: booking_changed,
    BookingResent: booking_changed,
    BookingCancelled: booking_changed,
    BookingArrived: booking_brought,
    BookingCalled: booking_changed,
    BookingFinished: booking_changed,
    BookingMissed: booking_changed,
    BookingReopened: booking_brought,
}


def handlers(hub: Hub) -> Mapping[type[Fact], Callable[[Any], None]]:
    """The subscriptions of a listener that tells `hub`."""
    return {fact: _bound(handler, hub) for fact, handler in SUBSCRIPTIONS.items()}


def _bound(handler: Callable[[Any, Hub], None], hub: Hub) -> Callable[[Any], None]:
    return lambda fact: handler(fact, hub)
