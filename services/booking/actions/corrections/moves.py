"""Moving a booking on somebody's behalf, whatever the citizens' deadlines are."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.contracts.booking import (
    BookingTimes,
    FreeDay,
    Procedure,
    StaffBooking,
    StaffMove,
    booking_offices,
)
from libs.contracts.times import day_of
from libs.rules.guardians import overlap
from libs.rules.visits import visit_minutes
from services.booking.actions.bookings import move_in
from services.booking.actions.desk import BookingContext, check_card, procedures_of, staff_booking
from services.booking.actions.guardians import other_children
from services.booking.actions.lookup import check_version, one_of
from services.booking.actions.parties import own_at
from services.booking.actions.patience import patiently
from services.booking.actions.windows import take_windows
from services.booking.domain import NotOffered
from services.booking.domain.booking import Booking
from services.booking.domain.phone import Wish, by_day, check_staff_period, for_staff
from services.booking.domain.times import plan_joint_visit
from services.booking.store import Store
from services.booking.store.held import HeldTime

DAYS = 14
_MOMENT = timedelta(minutes=1)
"""So long the new time is held: to the end of the same transaction."""


async def see_times(
    desk: BookingContext, caller: Caller, booking_id: UUID, office_id: str, first: date
) -> BookingTimes:
    """Raises NotFound, NotActive, NotEligible, CardElsewhere. An office out of reach has no free
    times, like one that does not exist."""
    async with desk.open_store() as store:
        row = await one_of(store, booking_offices(caller), booking_id)
        procedures = await _movable(store, row, office_id)
        now, last = await store.now(), first + timedelta(days=DAYS - 1)
        series = for_staff(await store.catalog.series_of(office_id))
        cells = await store.cells.between(office_id, first, last, booking_id)
        children = await other_children(store, row)
    if not _within_reach(caller, office_id):
        cells = {}
    latest = day_of(now) + timedelta(days=min(p.opens_days_before for p in procedures))
    wish = Wish((procedures,), office_id)
    own = row.starts_at if office_id == row.office_id else None
    days = []
    for offer in by_day(series, first, DAYS, cells):
        times = offer.times(wish, now) if offer.day <= latest else {}
        minutes = visit_minutes(procedures, office_id, offer.day)
        free = tuple(
            at
            for at, windows in times.items()
            if windows and at != own and not any(overlap(o.times, (at, minutes)) for o in children)
        )
        days.append(FreeDay(day=offer.day, starts=free))
    return BookingTimes(version=row.version, office_id=office_id, days=tuple(days))


async def move_booking(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: StaffMove
) -> StaffBooking:
    """Raises NotFound, VersionConflict, NotActive, NotOffered, SlotFull, OneWindow, NotEligible,
    CardElsewhere, Busy."""
    return await patiently(lambda: _try_once(desk, caller, booking_id, key, ask))


async def _try_once(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: StaffMove
) -> StaffBooking:
    request = desk.request(f"staff-move:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, booking_offices(caller), booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        procedures = await _movable(store, row, ask.office_id)
        if not _within_reach(caller, ask.office_id):
            raise NotOffered("There is no such start time for this procedure.")
        held = await _taken(store, row, procedures, ask)
        return staff_booking(await move_in(desk, store, row, held, caller.actor))


async def _movable(store: Store, row: Booking, office_id: str) -> tuple[Procedure, ...]:
    """What the booking is for. Raises NotActive, NotEligible, CardElsewhere."""
    row.check("move", await store.now())
    procedures = await procedures_of(store, row)
    if row.card_key:
        await check_card(store, row.card_key, procedures, office_id)
    return procedures


async def _taken(
    store: Store, row: Booking, procedures: tuple[Procedure, ...], ask: StaffMove
) -> HeldTime:
    """The new time, held within this transaction. Raises NotOffered, SlotFull, Contended."""
    now = await store.now()
    for procedure in procedures:
        check_staff_period(procedure, ask.starts_at, now)
    series = for_staff(await store.catalog.series_of(ask.office_id))
    visit = plan_joint_visit(procedures, series, ask.office_id, ask.starts_at)
    holder, until = uuid4(), now + _MOMENT
    own = own_at(row, ask.office_id, ask.starts_at)
    await take_windows(store, holder, [visit], "together", until, own)
    held = await store.holds.take(holder)
    assert held is not None, "this transaction took it"
    return held


def _within_reach(caller: Caller, office_id: str) -> bool:
    return bool({EVERY_OFFICE, office_id} & booking_offices(caller))
