"""差替え: another person takes over a booking; two of one party exchange their times."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import (
    PersonExchange,
    StaffBooking,
    TimeExchange,
    booking_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.lookup import check_version, one_of, visible
from services.booking.domain import AlreadyBooked, NotOffered
from services.booking.domain.booking import Booking, Change
from services.booking.domain.persons import NewPerson
from services.booking.domain.phone import check_staff_comers, for_staff
from services.booking.domain.problems import TimeClosed
from services.booking.domain.times import plan_joint_visit
from services.booking.domain.visitors import check_answers, inquiry_of
from services.booking.store import Store

from .contact_details import seal_contact
from .desk import BookingContext, check_card, procedures_of, staff_booking
from .drafts import identified
from .guardians import check_guardian
from .links import make_link, save_mailed
from .shielded import unless_shielded, withdraw_addresses
from .updates import with_consequences


async def replace_person(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: PersonExchange
) -> StaffBooking:
    """The time, the window and the number stay; the former person is free to book again. Raises
    NotFound, VersionConflict, NotActive, SamePerson, NotEligible, ByChief, CardElsewhere,
    GuardianNeeded, OneWindow, Malformed, and AlreadyBooked with the other booking where the caller
    may see it."""
    request = desk.request(f"person:{booking_id}", key, ask)
    handed_over: Change | None = None
    try:
        async with desk.once(request, booking_id) as (store, earlier):
            row = await one_of(store, booking_offices(caller), booking_id, lock=True)
            if earlier:
                return staff_booking(row)
            check_version(row, ask.version)
            handed_over = await _handed_over(desk, store, row, ask, caller)
            await check_guardian(store, handed_over.after)
            saved = await _save(desk, store, handed_over)
            if saved.card_key and await store.cards.is_shielded(saved.card_key):
                await withdraw_addresses(store, [saved.card_key])
            return staff_booking(saved)
    except AlreadyBooked:
        assert handed_over is not None, "it is refused when it is written"
    wanted = handed_over.after
    async with desk.open_store() as store:
        groups = [wanted.person_group, *wanted.also_groups]
        other = await store.persons.standing_booking(wanted.known_keys, groups, booking_id)
        seen = await visible(store, caller, other)
    raise AlreadyBooked("There is a booking already.", **seen)


async def _handed_over(
    desk: BookingContext, store: Store, row: Booking, ask: PersonExchange, caller: Caller
) -> Change:
    """The booking as it is to be, not yet written."""
    procedures, now = await procedures_of(store, row), await store.now()
    row.check("replace", now)
    who = await identified(desk, store, procedures, row.office_id, now, ask, caller)
    row.check_other(who.keys, who.former_keys)
    check_staff_comers(procedures, ask, who.born, day_of(row.starts_at))
    check_answers(procedures, ask)
    given = seal_contact(desk, ask.email, ask.phone)
    details = await unless_shielded(store, who.card_key, given)
    person = NewPerson(
        keys=who.keys,
        former_keys=who.former_keys,
        card_key=who.card_key,
        birth_digest=desk.index.digest(row.number, who.born.isoformat()),
        kana=who.kana,
        visitor=ask.visitor,
        cards=ask.cards,
        has_inquiry=inquiry_of(procedures, ask),
        needs=tuple(dict.fromkeys(ask.needs)),
        interpreter=ask.interpreter,
        contact=details.contact,
        phone=details.phone,
    )
    return row.hand_over(person, caller.actor, now)


async def _save(desk: BookingContext, store: Store, handed_over: Change) -> Booking:
    """No mail that was sent to the former person opens the booking any more."""
    link = make_link(desk, handed_over.after)
    told = await with_consequences(store, handed_over.with_link(link.sealed))
    saved = await store.bookings.save_person(told)
    await store.links.drop(saved.booking_id)
    await store.mailboxes.forget_address_use(saved.booking_id)
    if link.digest:
        await store.links.save(link.digest, saved.booking_id)
    return saved


async def exchange_times(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: TimeExchange
) -> StaffBooking:
    """Two of one party come at each other's time. Raises NotFound, VersionConflict, NotActive,
    TimeClosed, OneWindow, NotOffered, NotEligible, CardElsewhere, Malformed."""
    request = desk.request(f"times:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        one, other = await _pair(store, caller, booking_id, ask.other_id)
        if earlier:
            return staff_booking(one)
        check_version(one, ask.version)
        check_version(other, ask.other_version)
        await _check_pair(store, one, other)
        if not await store.cells.exchange(one, other):
            raise NotOffered("These times are no longer those of the two.")
        now = await store.now()
        there = one.swap_to(other.place, caller.actor, now)
        back = other.swap_to(one.place, caller.actor, now)
        await check_guardian(store, there.after, back.after)
        saved = await save_mailed(desk, store, there)
        await save_mailed(desk, store, back)
        return staff_booking(saved)


async def _pair(
    store: Store, caller: Caller, booking_id: UUID, other_id: UUID
) -> tuple[Booking, Booking]:
    """Both, locked in one order whoever asks. Raises NotFound, Malformed."""
    if booking_id == other_id:
        raise Malformed("A booking cannot be exchanged with itself.", fields=["other_id"])
    mine = booking_offices(caller)
    rows = {
        known_id: await one_of(store, mine, known_id, lock=True)
        for known_id in sorted((booking_id, other_id))
    }
    return rows[booking_id], rows[other_id]


async def _check_pair(store: Store, one: Booking, other: Booking) -> None:
    if one.party_id is None or one.party_id != other.party_id:
        raise Malformed("Only bookings of one party are exchanged.", fields=["other_id"])
    now = await store.now()
    for row in (one, other):
        row.check("swap", now)
    # Nobody is put into a time that is closed: whose it was is called, and nobody else.
    if await store.displaced.among((one.booking_id, other.booking_id)):
        raise TimeClosed("The city closed the time of one of them. Settle that first.")
    if one.minutes != other.minutes:
        raise NotOffered("The visits are not of the same length.")
    for row, place in ((one, other), (other, one)):
        await _check_place(store, row, place)


async def _check_place(store: Store, row: Booking, place: Booking) -> None:
    """That the window of `place` is open for what `row` comes for, and the card lies there."""
    procedures = await procedures_of(store, row)
    if row.procedure_ids != place.procedure_ids:
        series = for_staff(await store.catalog.series_of(place.office_id))
        visit = plan_joint_visit(
            procedures, series, place.office_id, place.starts_at, on_grid=False
        )
        if place.window_id not in visit.windows:
            raise NotOffered("This window does not serve the other one's procedure.")
    if row.card_key and row.office_id != place.office_id:
        await check_card(store, row.card_key, procedures, place.office_id)
