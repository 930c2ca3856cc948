"""A card was handed over, and its person has another booking: nobody will come for that one."""

from libs.common.assertion import Caller
from libs.contracts.booking import NewerBooking, Stamps
from services.booking.actions.lookup import seen_by
from services.booking.domain.booking import Booking
from services.booking.store import Store

from .desk import BookingContext, procedures_of


async def newer_booking(
    desk: BookingContext, store: Store, caller: Caller, row: Booking, stamps: Stamps | None
) -> NewerBooking | None:
    """It was made while the result of this one was missing (結果未入力), which kept nobody from
    booking again."""
    outcomes = (row.outcome, *(stamps.outcomes.values() if stamps else ()))
    if row.status != "finished" or row.card_key is None or "collected" not in outcomes:
        return None
    groups = [
        procedure.group for procedure in await procedures_of(store, row) if procedure.needs_card
    ]
    person = desk.card_person(row.card_key)
    other = await store.persons.standing_booking([person], groups, row.booking_id)
    return NewerBooking(booking=await seen_by(store, caller, other)) if other else None
