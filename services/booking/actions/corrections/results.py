"""Another result of a visit, with a reason and the real times, on any later day."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    BookingFact,
    BookingMissed,
    BookingReopened,
    StaffBooking,
    StaffResult,
    StaffResultChange,
    Stamps,
    Status,
    counter_offices,
)
from services.booking.actions.desk import Desk, fact, procedures_of, shown_to_staff
from services.booking.actions.staff import check_version, one_of, told_finished
from services.booking.domain.booking import Booking, Step
from services.booking.domain.corrections import check_correctable, check_times, corrected, why
from services.booking.store import Store


async def see_result(desk: Desk, caller: Caller, booking_id: UUID) -> StaffResult:
    """Raises NotFound."""
    async with desk.open_store() as store:
        row = await one_of(store, counter_offices(caller), booking_id)
        stamps = await store.stamps(row) or Stamps()
    return StaffResult(version=row.version, status=row.status, outcome=row.outcome, stamps=stamps)


async def correct_result(
    desk: Desk, caller: Caller, booking_id: UUID, key: str, ask: StaffResultChange
) -> StaffBooking:
    """Raises NotFound, VersionConflict, WrongState, Malformed, and AlreadyBooked when a visit shall
    be without a result again whose person has booked anew."""
    request = desk.request(f"result:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, counter_offices(caller), booking_id, lock=True)
        if earlier:
            return shown_to_staff(row)
        check_version(row, ask.version)
        return shown_to_staff(await _corrected(store, row, ask, caller.actor))


async def _corrected(store: Store, row: Booking, ask: StaffResultChange, actor: str) -> Booking:
    now = await store.now()
    check_correctable(row.status, row.starts_at, now)
    check_times(ask, row.starts_at, now)
    first, *others = await procedures_of(store, row)
    further = {other.procedure_id: other for other in others}
    before = await store.stamps(row) or Stamps()
    stamps = corrected(ask, before, first, further)
    if stamps != before:
        await store.save_stamps(row, stamps)
    after = replace(row, status=ask.status, outcome=ask.outcome)
    saved = await store.save_step(row, after, Step(actor, "correct", why(ask)))
    store.publish(_told(row.status, saved, stamps, now))
    return saved


def _told(before: Status, row: Booking, stamps: Stamps, now: datetime) -> BookingFact:
    """Who keeps the outcome of a finished visit hears that it has none, whatever came instead."""
    if row.status == "finished":
        return told_finished(row, stamps, now)
    if before == "finished" or row.status == "confirmed":
        return fact(BookingReopened, row, now, card_key=row.card_key)
    return fact(BookingMissed, row, now)
