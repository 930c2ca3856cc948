"""今日・ここで受け付ける: a booking moves to now at this office, and its person is here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import (
    Procedure,
    ReceiveHere,
    StaffBooking,
    booking_offices,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.lookup import check_office, check_version, one_of
from services.booking.actions.windows import take_windows
from services.booking.domain import HoldExpired, SlotFull, Visit
from services.booking.domain.booking import Booking
from services.booking.domain.here import at_open_windows, visit_now
from services.booking.domain.phone import OVER_CAPACITY
from services.booking.store import Store
from services.booking.store.held import HeldTime

from .desk import BookingContext, staff_booking
from .patience import Contended, patiently
from .receivable import check_receivable

RECEIVED = "received"
_MOMENT = timedelta(minutes=1)
"""So long the new time is held: to the end of the same transaction."""


async def receive_here(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: ReceiveHere
) -> StaffBooking:
    """Whoever stands at the counter is served, also where all windows are taken and after hours.
    One step: no mail follows, and the old time is free. Of a party this one moves alone. Raises
    NotFound, VersionConflict, NotActive, WrongState, NotOffered, NotEligible, CardElsewhere."""
    check_office(counter_offices(caller), ask.office_id)
    return await patiently(lambda: _try_once(desk, caller, booking_id, key, ask))


async def _try_once(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: ReceiveHere
) -> StaffBooking:
    request = desk.request(f"receive:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, booking_offices(caller), booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        now = await store.now()
        procedures = await check_receivable(store, row, ask.office_id, now)
        held = await _held(store, procedures, ask.office_id, now)
        return staff_booking(await _arrived(store, row, held, caller.actor))


async def _held(
    store: Store, procedures: Sequence[Procedure], office_id: str, now: datetime
) -> HeldTime:
    """Now, at a window that is free, or else at one that is opened for this visit alone."""
    holder, until = uuid4(), now + _MOMENT
    visit = visit_now(procedures, office_id, now)
    open_for_it = at_open_windows(visit, await store.catalog.series_of(office_id))
    if open_for_it is None or not await _took_window(store, holder, open_for_it, until):
        await store.holds.hold_extra(holder, [visit], "together", until)
    held = await store.holds.take(holder)
    assert held is not None, "this transaction took it"
    return held


async def _took_window(store: Store, holder: UUID, visit: Visit, until: datetime) -> bool:
    """False where none is free just now; of one visit all cells are taken, or none."""
    try:
        await take_windows(store, holder, [visit], "together", until)
    except (SlotFull, Contended):
        return False
    return True


async def _arrived(store: Store, row: Booking, held: HeldTime, actor: str) -> Booking:
    """The locked booking in the held place, ticked and saved. Raises HoldExpired, NotActive."""
    reason = OVER_CAPACITY if await store.cells.is_extra(held) else None
    if not await store.cells.keep(held, held.places[0], row.booking_id):
        raise HoldExpired("The time is no longer held.")
    await store.cells.free(row)
    await store.displaced.release_proposal(row.booking_id)
    number = await store.visits.next_reception(held.office_id, day_of(held.starts_at))
    received = row.receive_at(held.place, number, actor, await store.now(), reason)
    return await store.save(received)
