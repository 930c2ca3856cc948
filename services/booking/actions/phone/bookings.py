"""What the form of a member of staff holds becomes a booking, with or without a booking id."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import asyncpg

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import (
    BookingConfirmed,
    CounterBooking,
    Procedure,
    StaffBooking,
    Tick,
    UnlinkedList,
    booking_offices,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.desk import (
    Desk,
    check_birth,
    check_card_for,
    fact,
    shown_to_staff,
)
from services.booking.actions.drafts import HeldVisit, Identity, kana_of, written
from services.booking.actions.links import make_link
from services.booking.actions.reach import sealed_reach
from services.booking.actions.shielded import reach_of
from services.booking.actions.staff import tick_in
from services.booking.domain import AlreadyBooked, HoldExpired, LikeAnother, normal_kana
from services.booking.domain.phone import (
    ANOTHER_PERSON,
    OVER_CAPACITY,
    UNLINKED,
    check_staff_comers,
    check_staff_period,
)
from services.booking.domain.visitors import check_answers
from services.booking.store import Store
from services.booking.store.bookings import BookingRow, Step, unique_person
from services.booking.store.holds import HeldTime

from .shared import check_office, holder_of, named_procedures, visible


async def list_unlinked(desk: Desk, caller: Caller) -> UnlinkedList:
    async with desk.open_store() as store:
        rows = await store.unlinked(booking_offices(caller))
    return UnlinkedList(bookings=tuple(map(shown_to_staff, rows)))


async def book(desk: Desk, caller: Caller, key: str, ask: CounterBooking) -> StaffBooking:
    """Raises HoldExpired, AlreadyBooked, LikeAnother, NotEligible, CardElsewhere, NotOffered,
    GuardianNeeded, NotFound, Malformed, KeyReused."""
    check_office(booking_offices(caller), ask.office_id)
    if ask.arrived:
        check_office(counter_offices(caller), ask.office_id)
    booking_id = uuid4()
    row: BookingRow | None = None
    try:
        async with desk.open_store() as store:
            request = desk.request(f"phone:{holder_of(desk, caller, ask.form)}", key, ask)
            earlier = await store.remember(request.scope, request.key, request.digest, booking_id)
            if earlier:
                return shown_to_staff(await store.booking(earlier))
            visit = await _held_visit(desk, caller, store, ask)
            row = await _drafted(desk, caller, store, visit, booking_id, ask)
            return shown_to_staff(await _write(desk, caller, store, visit, row, ask))
    except asyncpg.UniqueViolationError as error:
        if row is None or not unique_person(error):
            raise
    async with desk.open_store() as store:
        groups = [row.person_group, *row.also_groups]
        other = await store.standing_booking([row.person_key, *row.also_keys], groups)
    raise AlreadyBooked("There is a booking already.", **visible(caller, other))


async def _held_visit(desk: Desk, caller: Caller, store: Store, ask: CounterBooking) -> HeldVisit:
    """Raises HoldExpired."""
    held = await store.take_hold(holder_of(desk, caller, ask.form))
    if held is None or not _is_what_was_seen(held, ask):
        raise HoldExpired("The time is no longer held.")
    procedures = await named_procedures(store, ask.procedure_ids)
    return HeldVisit(held, held.places[0], procedures, held.read_at)


def _is_what_was_seen(held: HeldTime, ask: CounterBooking) -> bool:
    """The form may have been changed after its time was taken."""
    place = held.places[0]
    shown = (ask.office_id, ask.starts_at, ask.procedure_ids)
    return shown == (held.office_id, held.starts_at, (place.procedure_id, *place.also))


async def _drafted(
    desk: Desk, caller: Caller, store: Store, visit: HeldVisit, booking_id: UUID,
    ask: CounterBooking,
) -> BookingRow:  # fmt: skip
    """The booking, checked and not yet written."""
    start = visit.place.starts_at
    for procedure in visit.procedures:
        check_staff_period(procedure, start, visit.now)
    who = await _identified(desk, store, visit, booking_id, ask)
    check_staff_comers(visit.procedures, ask, who.born, day_of(start))
    check_answers(visit.procedures, ask)
    if ask.unlinked and not ask.another_person:
        await _check_unlike(desk, caller, store, visit, who.born, ask)
    reach = await reach_of(store, who.card_key, sealed_reach(desk, ask.email, ask.phone))
    return written(desk, visit, booking_id, ask, who, reach, ask.language, ask.channel)


async def _identified(
    desk: Desk, store: Store, visit: HeldVisit, booking_id: UUID, ask: CounterBooking
) -> Identity:
    """By the card's ticket, or by kana and date of birth; a card that is not known yet has a key
    that nobody else has. Raises NotEligible, CardElsewhere, Malformed."""
    card_key, born = None, ask.born
    with_card = any(procedure.needs_card for procedure in visit.procedures)
    if with_card and not ask.unlinked:
        claims = desk.ticket(ask.ticket)
        card_key, born = claims.card_key, claims.born
        await check_card_for(store, card_key, visit.procedures, visit.held.office_id)
    elif ask.unlinked and not with_card:
        raise Malformed("No card is needed here.", fields=["unlinked"])
    if born is None:
        raise Malformed("A date of birth is needed.", fields=["born"])
    check_birth(born, visit.now)
    named = ask.unlinked or not all(procedure.needs_card for procedure in visit.procedures)
    kana = kana_of(ask) if named else ""
    keys = tuple(
        _key(desk, procedure, booking_id, card_key, kana, born, ask.another_person)
        for procedure in visit.procedures
    )
    return Identity(keys, card_key, desk.persons.seal(kana) if kana else None, born)


def _key(
    desk: Desk, procedure: Procedure, booking_id: UUID, card_key: str | None, kana: str,
    born: date, another_person: bool,
) -> str:  # fmt: skip
    if procedure.needs_card:
        if card_key is None:
            return desk.index.digest("unlinked", str(booking_id))
        return desk.card_person(card_key)
    if another_person:
        return desk.index.digest("namesake", desk.named_person(kana, born), str(booking_id))
    return desk.named_person(kana, born)


async def _check_unlike(
    desk: Desk, caller: Caller, store: Store, visit: HeldVisit, born: date, ask: CounterBooking
) -> None:
    """Raises LikeAnother where the person may have a booking of this kind already."""
    groups = [procedure.group for procedure in visit.procedures if procedure.needs_card]
    for other in await store.known_bookings(groups):
        birth = (other.number, born.isoformat())
        if desk.index.matches(other.birth_digest, *birth) and _is_like(desk, other, ask):
            raise LikeAnother("This may be the same person.", **visible(caller, other))


def _is_like(desk: Desk, other: BookingRow, ask: CounterBooking) -> bool:
    """By phone number or by name."""
    if ask.phone and other.phone and desk.contacts.open(other.phone) == ask.phone:
        return True
    kana = desk.persons.open(other.kana) if other.kana else ""
    return bool(kana) and normal_kana(kana) == normal_kana(ask.kana or "")


async def _write(
    desk: Desk, caller: Caller, store: Store, visit: HeldVisit, row: BookingRow, ask: CounterBooking
) -> BookingRow:
    reasons = _reasons(ask, await store.is_extra(visit.held))
    step = Step(caller.actor, "booked", "、".join(reasons) or None)
    link = make_link(desk, row)
    at = await store.insert_booking(row, step, link.digest)
    if not await store.keep_cells(visit.held, visit.place, row.booking_id):
        raise HoldExpired("The time is no longer held.")
    store.publish(fact(BookingConfirmed, row, at, link=link.sealed))
    if ask.unlinked:
        await store.mark_unlinked(row.booking_id)
    if ask.arrived:
        return await tick_in(store, row, "arrive", Tick(version=row.version), caller.actor)
    return row


def _reasons(ask: CounterBooking, extra: bool) -> Sequence[str]:
    """What was out of the ordinary, for the history."""
    told = {OVER_CAPACITY: extra, ANOTHER_PERSON: ask.another_person, UNLINKED: ask.unlinked}
    return [reason for reason, holds in told.items() if holds]
