"""Another result of a visit, with a reason and the real times, on any later day."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    StaffBooking,
    StaffResult,
    StaffResultChange,
    Stamps,
    counter_offices,
)
from services.booking.actions.desk import BookingContext, procedures_of, staff_booking
from services.booking.actions.lookup import check_version, one_of
from services.booking.actions.ticking import check_stayed_away, note_outcome


async def see_result(desk: BookingContext, caller: Caller, booking_id: UUID) -> StaffResult:
    """Raises NotFound."""
    async with desk.open_store() as store:
        row = await one_of(store, counter_offices(caller), booking_id)
        stamps = await store.visits.stamps_of(row) or Stamps()
    return StaffResult(version=row.version, status=row.status, outcome=row.outcome, stamps=stamps)


async def correct_result(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: StaffResultChange
) -> StaffBooking:
    """Raises NotFound, VersionConflict, WrongState, Malformed, InOutage, and AlreadyBooked when a
    visit shall be without a result again whose person has booked anew."""
    request = desk.request(f"result:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, counter_offices(caller), booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        procedures, stamps = (
            await procedures_of(store, row),
            await store.visits.stamps_of(row) or Stamps(),
        )
        if ask.status == "missed":
            await check_stayed_away(store, row)
        right = row.correct(ask, procedures, stamps, caller.actor, await store.now())
        saved = await store.save(right)
        await note_outcome(store, saved)
        return staff_booking(saved)
