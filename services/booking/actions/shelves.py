"""保管番号: on which shelf a card lies, where the city marks them."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import Shelf, ShelfChange, counter_offices
from libs.rules.shelves import read_shelf
from services.booking.domain import WrongState

from .desk import BookingContext
from .lookup import one_of


async def put_on_shelf(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: ShelfChange
) -> Shelf:
    """Of the card that lies at the office of its booking. Raises NotFound, Malformed, and
    WrongState where the card is not there."""
    if not desk.shelves:
        raise NotFound("This city does not use shelf numbers.")
    try:
        shelf = read_shelf(ask.shelf)
    except ValueError:
        raise Malformed("This is not the number of a shelf.", fields=["shelf"]) from None
    request = desk.request(f"shelf:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, counter_offices(caller), booking_id, lock=True)
        if not earlier and not await store.cards.put_on_shelf(row.card_key, row.office_id, shelf):
            raise WrongState("The card of this booking is not at its office.")
        _, now = await store.cards.shelf(row.card_key, row.office_id)
        return Shelf(office_id=row.office_id, shelf=now)
