"""今日・ここで受け付ける taken back: the old time again, if nobody else has it."""

from services.booking.domain import CardElsewhere, NotEligible
from services.booking.domain.booking import Booking, Place
from services.booking.store import Store

from .desk import check_card, procedures_of


async def old_place(store: Store, row: Booking) -> Place | None:
    """From where the locked booking was brought here, and its cells are its own again; None where
    it was always here, or that time is over or taken."""
    place = await store.bookings.place_before_received(row)
    if place is None or not await store.cells.take_again(row.booking_id, place):
        return None
    await store.cells.free(row)
    return place


async def card_is_at(store: Store, row: Booking, office_id: str) -> bool:
    """Whether the card of the booking, if it has one, may be collected at this office."""
    if row.card_key is None:
        return True
    try:
        await check_card(store, row.card_key, await procedures_of(store, row), office_id)
    except (CardElsewhere, NotEligible):
        return False
    return True
