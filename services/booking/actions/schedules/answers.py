"""What becomes of a displaced booking: called, moved to the proposed time, or left where it is."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import (
    ChangeRequest,
    Displaced,
    DisplacedAnswer,
    DisplacedCall,
    DisplacedList,
    Proposal,
    Proposed,
    counter_offices,
)
from libs.contracts.booking import (
    CitizenBooking as OwnBooking,
)
from services.booking.actions.bookings import move_in
from services.booking.actions.desk import (
    BookingContext,
    check_card,
    own_booking,
    procedures_of,
    proposed,
)
from services.booking.actions.lookup import check_version
from services.booking.actions.proofs import prove
from services.booking.actions.shielded import sees_shielded
from services.booking.domain import HoldExpired, NotActive
from services.booking.domain.booking import CITIZEN, Booking, Step
from services.booking.store import Store
from services.booking.store.displaced import DisplacedBooking


async def displaced_list(
    desk: BookingContext, caller: Caller, office_id: str | None, change_id: UUID | None,
    state: Proposal | None,
) -> DisplacedList:  # fmt: skip
    """The list of calls, by time."""
    async with desk.open_store() as store:
        served = counter_offices(caller)
        rows = await store.displaced.list_for(
            served, office_id, change_id, state, sees_shielded(caller)
        )
        bookings = await store.bookings.get_all({row.booking_id for row in rows})
    return DisplacedList(
        displaced=tuple(_shown(desk, row, bookings[row.booking_id]) for row in rows)
    )


async def note_call(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: DisplacedCall
) -> Displaced:
    """済 or 不在; the last one counts. Raises NotFound."""
    request = desk.request(f"displaced-call:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        displaced, _ = await _theirs(store, caller, booking_id)
        if not earlier:
            await store.displaced.note_call(displaced, ask.result, caller.actor)
        return await _now(desk, store, caller, booking_id)


async def accept(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: DisplacedAnswer
) -> Displaced:
    """The citizen takes the proposed time, as said by telephone. Raises NotFound, VersionConflict,
    NotActive, HoldExpired, NotEligible, CardElsewhere."""
    request = desk.request(f"displaced-accept:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        displaced, row = await _theirs(store, caller, booking_id)
        if not earlier:
            check_version(row, ask.version)
            await _move(desk, store, displaced, row, caller.actor)
        return await _now(desk, store, caller, booking_id)


async def keep(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: DisplacedAnswer
) -> Displaced:
    """The booking stays where it is, and what was proposed is free. Raises NotFound,
    VersionConflict, NotActive."""
    request = desk.request(f"displaced-keep:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        displaced, row = await _theirs(store, caller, booking_id)
        if not earlier:
            check_version(row, ask.version)
            _check_open(displaced)
            await store.displaced.release_proposal(booking_id)
            await store.displaced.answer(displaced, "kept")
            kept = row.stay(Step(caller.actor, "kept"), await store.now(), mail=False)
            await store.save(kept)
        return await _now(desk, store, caller, booking_id)


async def accept_own(
    desk: BookingContext, session: UUID, key: str, ask: ChangeRequest
) -> OwnBooking:
    """The citizen takes the proposed time that the page showed. Raises NotActive, HoldExpired,
    NotEligible, CardElsewhere, KeyReused, and what `prove` raises."""
    booking_id = await prove(desk, ask)
    request = desk.own_request("accept", session, key, booking_id, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.bookings.get(booking_id, lock=True)
        if earlier:
            return await own_booking(desk, store, row)
        displaced = await store.displaced.open_displacement(booking_id)
        if displaced is None:
            raise NotActive("Nothing is proposed for this booking.")
        if (ask.office_id, ask.starts_at) != (displaced.proposed_office_id, displaced.proposed_at):
            raise HoldExpired("Another time is proposed by now.")
        return await own_booking(desk, store, await _move(desk, store, displaced, row, CITIZEN))


async def _move(
    desk: BookingContext, store: Store, displaced: DisplacedBooking, row: Booking, actor: str
) -> Booking:
    """To the proposed time, after any deadline: it was the city that closed the old one."""
    _check_open(displaced)
    held = await store.holds.take(displaced.holder) if displaced.holder else None
    if held is None:
        raise HoldExpired("The proposed time is no longer held.")
    if row.card_key:
        await check_card(store, row.card_key, await procedures_of(store, row), held.office_id)
    await store.displaced.answer(displaced, "accepted")
    return await move_in(desk, store, row, held, actor)


def _check_open(displaced: DisplacedBooking) -> None:
    if displaced.state != "open":
        raise NotActive("This was answered already.")


async def _theirs(
    store: Store, caller: Caller, booking_id: UUID
) -> tuple[DisplacedBooking, Booking]:
    """The booking is locked. Raises NotFound."""
    displaced = await _newest(store, caller, booking_id)
    if displaced is None:
        raise NotFound("There is no such booking.")
    row = await store.bookings.get(booking_id, lock=True)
    again = await _newest(store, caller, booking_id)
    assert again is not None, "it is never deleted"
    return again, row


async def _now(desk: BookingContext, store: Store, caller: Caller, booking_id: UUID) -> Displaced:
    displaced = await _newest(store, caller, booking_id)
    assert displaced is not None, "it is never deleted"
    return _shown(desk, displaced, await store.bookings.get(booking_id))


async def _newest(store: Store, caller: Caller, booking_id: UUID) -> DisplacedBooking | None:
    served, shielded = counter_offices(caller), sees_shielded(caller)
    return await store.displaced.newest_for(served, booking_id, shielded)


def _proposed(displaced: DisplacedBooking) -> Proposed | None:
    """What is held, or was accepted."""
    if displaced.state == "open":
        return proposed(displaced)
    office_id, at = displaced.proposed_office_id, displaced.proposed_at
    if displaced.state != "accepted" or office_id is None or at is None:
        return None
    return Proposed(office_id=office_id, starts_at=at)


def _shown(desk: BookingContext, displaced: DisplacedBooking, row: Booking) -> Displaced:
    own = {"change_id", "office_id", "starts_at", "state", "mailed", "called", "called_at"}
    return Displaced(
        **{name: getattr(displaced, name) for name in (*own, "called_by")},
        booking_id=row.booking_id,
        version=row.version,
        number=row.number,
        procedure_id=row.procedure_id,
        minutes=row.minutes,
        proposed=_proposed(displaced),
        has_email=row.contact is not None,
        phone=desk.contacts.open(row.phone) if row.phone else None,
        kana=desk.persons.open(row.kana) if row.kana else None,
    )
