"""What citizens do with a booking: see it, move it, cancel it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from libs.contracts.booking import (
    Booking as OwnBooking,
)
from libs.contracts.booking import (
    BookingCancelled,
    BookingChanged,
    BookingProof,
    ChangeRequest,
)
from libs.contracts.times import day_of
from services.booking.domain import (
    HoldExpired,
    TooLate,
    check_held_period,
    may_cancel,
)
from services.booking.domain.booking import Booking, Step
from services.booking.domain.standing import check_active
from services.booking.store import Store
from services.booking.store.holds import HeldTime

from .ages import check_age_on
from .desk import (
    CITIZEN,
    Desk,
    as_shown,
    change_open,
    check_card,
    fact,
    procedures_of,
)
from .links import new_link
from .mailboxes import check_mails
from .proofs import prove


async def find_booking(desk: Desk, proof: BookingProof) -> OwnBooking:
    """Raises what `prove` raises: an unknown number and a wrong date are refused alike."""
    booking_id = await prove(desk, proof)
    async with desk.open_store() as store:
        return await as_shown(store, await store.booking(booking_id))


async def cancel_booking(desk: Desk, session: UUID, key: str, proof: BookingProof) -> OwnBooking:
    """The citizen cancels: open until the appointment starts. Raises NotActive, TooLate,
    KeyReused, and what `prove` raises."""
    booking_id = await prove(desk, proof)
    request = desk.own_request("cancel", session, key, booking_id, proof)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.booking(booking_id, lock=True)
        if earlier:
            return await as_shown(store, row)
        now = await store.now()
        check_open(row, now, may_cancel(row.status, row.starts_at, now))
        saved = await cancel_in(store, row, Step(CITIZEN, "cancelled"), by_staff=False)
        return await as_shown(store, saved)


async def cancel_in(store: Store, row: Booking, step: Step, by_staff: bool) -> Booking:
    """Cancel a locked booking within `store`: its time is free again, its history stays."""
    saved = await store.save_step(row, replace(row, status="cancelled"), step)
    await store.free_cells(row)
    await store.release_proposal(row.booking_id)
    store.publish(fact(BookingCancelled, saved, await store.now(), by_staff=by_staff))
    return saved


async def change_booking(desk: Desk, session: UUID, key: str, ask: ChangeRequest) -> OwnBooking:
    """Move the booking to the time that the session holds for it; the old time is given back in
    the same transaction. Raises HoldExpired, TooLate, NotActive, CardElsewhere, GuardianNeeded,
    KeyReused, and what `prove` raises."""
    booking_id = await prove(desk, ask)
    request = desk.own_request("change", session, key, booking_id, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.booking(booking_id, lock=True)
        if earlier:
            return await as_shown(store, row)
        held = await store.take_hold(session)
        seen = (row.booking_id, ask.office_id, ask.starts_at)
        if held is None or seen != (held.change_of, held.office_id, held.starts_at):
            raise HoldExpired("The time is no longer held.")
        await _check_move(desk, store, row, held)
        await check_mails(store, row)
        await store.count_booked(session, 0)
        return await as_shown(store, await move_in(desk, store, row, held, CITIZEN))


async def _check_move(desk: Desk, store: Store, row: Booking, held: HeldTime) -> None:
    """No deadline, neither of the old time nor of the new one, passes while the new time is held
    as long as it was at first."""
    procedures, now = await procedures_of(store, row), await store.now()
    in_time = now <= held.first_until and may_cancel(row.status, row.starts_at, now)
    check_open(row, now, in_time or await change_open(store, row, procedures, now))
    for procedure in procedures:
        check_held_period(procedure, held.starts_at, now, held.first_until)
    check_age_on(desk, row, day_of(held.starts_at))
    if row.card_key:
        await check_card(store, row.card_key, procedures, held.office_id)


def at_held(row: Booking, held: HeldTime) -> Booking:
    """The booking at the held time. Its card was looked up there, so the flag goes."""
    return replace(
        row,
        office_id=held.office_id,
        window_id=held.window_id,
        starts_at=held.starts_at,
        minutes=held.minutes,
        card_moved=False,
    )


async def move_in(desk: Desk, store: Store, row: Booking, held: HeldTime, actor: str) -> Booking:
    """The held time becomes that of a locked booking, within `store`; the old one is free again.
    Raises HoldExpired."""
    saved = await store.save_step(row, at_held(row, held), Step(actor, "changed"))
    if not await store.exchange_for_held(held, row):
        raise HoldExpired("The time is no longer held.")
    await store.release_proposal(row.booking_id)
    more = {
        "previous_office_id": row.office_id,
        "previous_starts_at": row.starts_at,
        "link": await new_link(desk, store, saved),
    }
    store.publish(fact(BookingChanged, saved, await store.now(), **more))
    return saved


def check_open(row: Booking, now: datetime, still_open: bool) -> None:
    """Raises NotActive, TooLate."""
    check_active("cancel", row.status, row.starts_at, now)
    if not still_open:
        raise TooLate("It is too late to do this online.")
