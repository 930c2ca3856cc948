"""What citizens do with a booking: see it, move it, cancel it."""

from uuid import UUID

from libs.contracts.booking import (
    BookingProof,
    ChangeRequest,
)
from libs.contracts.booking import (
    CitizenBooking as OwnBooking,
)
from libs.contracts.times import day_of
from services.booking.domain import (
    HoldExpired,
    check_held_period,
    may_cancel,
)
from services.booking.domain.booking import CITIZEN, Booking, Change
from services.booking.domain.times import check_rebooking
from services.booking.domain.visitors import check_running
from services.booking.store import Store
from services.booking.store.held import HeldTime

from .ages import check_age_on
from .desk import (
    BookingContext,
    change_open,
    check_card,
    may_rebook,
    own_booking,
    procedures_of,
)
from .guardians import check_guardian
from .links import save_mailed
from .mailboxes import check_mails
from .proofs import opened_subject, prove


async def find_booking(desk: BookingContext, proof: BookingProof) -> OwnBooking:
    """Raises what `prove` raises: an unknown number and a wrong date are refused alike."""
    booking_id = await prove(desk, proof)
    async with desk.open_store() as store:
        row, now = await store.bookings.get(booking_id), await store.now()
        opened = desk.passes.opened.issue(opened_subject(row.number, row.birth_digest), now)
        booking = await own_booking(desk, store, row)
        return booking.model_copy(update={"opened": opened})


async def cancel_booking(
    desk: BookingContext, session: UUID, key: str, proof: BookingProof
) -> OwnBooking:
    """The citizen cancels: open until the appointment starts. Raises NotActive, TooLate,
    KeyReused, and what `prove` raises."""
    booking_id = await prove(desk, proof)
    request = desk.own_request("cancel", session, key, booking_id, proof)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.bookings.get(booking_id, lock=True)
        if earlier:
            return await own_booking(desk, store, row)
        cancelled = row.cancel(CITIZEN, await store.now())
        return await own_booking(desk, store, await free(store, cancelled))


async def free(store: Store, cancelled: Change) -> Booking:
    """A cancelled booking's time is free again; its history stays."""
    await store.cells.free(cancelled.before)
    await store.displaced.release_proposal(cancelled.before.booking_id)
    return await store.save(cancelled)


async def change_booking(
    desk: BookingContext, session: UUID, key: str, ask: ChangeRequest
) -> OwnBooking:
    """Move the booking to the time that the session holds for it; the old time is given back in
    the same transaction. Raises HoldExpired, TooLate, NotActive, CardElsewhere, GuardianNeeded,
    OneWindow, KeyReused, and what `prove` raises."""
    booking_id = await prove(desk, ask)
    request = desk.own_request("change", session, key, booking_id, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.bookings.get(booking_id, lock=True)
        if earlier:
            return await own_booking(desk, store, row)
        held = await store.holds.take(session)
        seen = (row.booking_id, ask.office_id, ask.starts_at)
        if held is None or seen != (held.change_of, held.office_id, held.starts_at):
            raise HoldExpired("The time is no longer held.")
        rebooks = await may_rebook(store, row)
        await _check_move(desk, store, row, held, rebooks)
        await check_mails(store, row)
        await store.origins.count_booked(session, 0)
        return await own_booking(
            desk, store, await move_in(desk, store, row, held, CITIZEN, rebooks)
        )


async def _check_move(
    desk: BookingContext, store: Store, row: Booking, held: HeldTime, rebooks: bool
) -> None:
    """No deadline, neither of the old time nor of the new one, passes while the new time is held
    as long as it was at first."""
    procedures, now = await procedures_of(store, row), await store.now()
    wanted = [procedure.procedure_id for procedure in procedures]
    stopped = await store.outages.stopped_until(held.office_id, wanted)
    if rebooks:
        check_rebooking(procedures, held.starts_at, now, stopped)
    else:
        check_running(stopped)
        in_time = now <= held.first_until and may_cancel(row.status, row.starts_at, now)
        row.check_move(now, in_time or await change_open(store, row, procedures, now))
        for procedure in procedures:
            check_held_period(procedure, held.starts_at, now, held.first_until)
    check_age_on(desk, row, day_of(held.starts_at))
    if row.card_key:
        await check_card(store, row.card_key, procedures, held.office_id)


async def move_in(
    desk: BookingContext, store: Store, row: Booking, held: HeldTime, actor: str,
    rebooks: bool = False,
) -> Booking:  # fmt: skip
    """The held time becomes that of a locked booking, within `store`; the old one is free again.
    `rebooks`: it was met by an outage. Raises NotActive, OneWindow, HoldExpired, AlreadyBooked."""
    move = row.rebook if rebooks else row.move_to
    moved = move(held.place, actor, await store.now())
    await check_guardian(store, moved.after)
    if rebooks:
        await store.outages.use(row.booking_id)
    if not await store.cells.exchange_for_held(held, row):
        raise HoldExpired("The time is no longer held.")
    await store.displaced.release_proposal(row.booking_id)
    return await save_mailed(desk, store, moved)
