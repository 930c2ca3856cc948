"""Telling whom an outage met, a few at a time: a process that ends in between leaves the rest."""

from services.booking.domain.booking import Booking, Step
from services.booking.store import Store
from services.booking.store.outages import ToTell

from .desk import BookingContext
from .links import save_mailed

AT_ONCE = 50


async def tell_of_outages(desk: BookingContext) -> int:
    """Everybody who is to be told by now; how many that were."""
    told = 0
    while found := await _tell_some(desk):
        told += found
    return told


async def _tell_some(desk: BookingContext) -> int:
    async with desk.open_store() as store:
        waiting = await store.outages.to_tell(AT_ONCE)
        for one in waiting:
            booking = await store.bookings.get(one.booking_id, lock=True)
            await _tell(desk, store, one, booking)
    return len(waiting)


async def _tell(desk: BookingContext, store: Store, one: ToTell, booking: Booking) -> None:
    there = (booking.office_id, booking.starts_at) == (one.office_id, one.starts_at)
    met = booking.status == "confirmed" or booking.is_in_vain
    over = one.state == "resuming"
    await store.outages.told(one, "over" if over else "told")
    if not there or not met or (over and booking.status != "confirmed"):
        return
    if booking.contact is None and booking.is_in_vain:
        return  # they were there, and the line of the outcome says it
    what, who = ("resumed", one.ended_by or one.started_by) if over else ("stopped", one.started_by)
    change = booking.stop(Step(who, what), await store.now(), over)
    if booking.contact is None:
        await store.save(change)
    else:
        await save_mailed(desk, store, change)
