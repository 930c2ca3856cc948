"""今日・ここで受け付ける taken back: the old time again, if nobody else has it."""

from dataclasses import replace

from services.booking.domain import CardElsewhere, NotEligible
from services.booking.domain.booking import Booking
from services.booking.store import Store

from .desk import check_card, procedures_of


async def where_it_was(store: Store, row: Booking, after: Booking) -> Booking:
    """`after` at the place from which the locked booking was brought here, whose cells are its own
    again; `after` as it is where the booking was always here, or that time is over or taken."""
    place = await store.place_before_received(row)
    if place is None or not await store.take_again(row.booking_id, place):
        return after
    await store.free_cells(row)
    back = replace(after, **vars(place))
    return replace(back, card_moved=not await _card_is_there(store, back))


async def _card_is_there(store: Store, row: Booking) -> bool:
    if row.card_key is None:
        return True
    try:
        await check_card(store, row.card_key, await procedures_of(store, row), row.office_id)
    except (CardElsewhere, NotEligible):
        return False
    return True
