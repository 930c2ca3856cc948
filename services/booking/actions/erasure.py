"""Erasing persons 30 days after their visit or its cancellation, and telling whoever knows more."""

from libs.contracts.booking import BookingErased
from services.booking.store import OpenStore

GROUP = 500
"""Bookings a transaction erases, so that none is long."""


async def erase_persons(open_store: OpenStore) -> int:
    """How many bookings lost their person."""
    erased = 0
    while True:
        async with open_store() as store:
            done = await store.erasure.erase_persons(GROUP)
            for booking_id, at in done:
                store.publish(BookingErased(booking_id=booking_id, at=at))
        erased += len(done)
        if len(done) < GROUP:
            return erased
