"""What the form of a member of staff holds becomes a booking, for a party one each."""

from collections.abc import Sequence
from uuid import uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import (
    CounterBooking,
    CounterPerson,
    StaffBooking,
    Tick,
    UnlinkedList,
    booking_offices,
    counter_offices,
)
from services.booking.actions.confirm import write
from services.booking.actions.desk import BookingContext, staff_booking
from services.booking.actions.lookup import check_office, visible
from services.booking.actions.parties import wish_of
from services.booking.actions.ticking import tick_in
from services.booking.domain import AlreadyBooked, HoldExpired
from services.booking.domain.booking import Booking, Step
from services.booking.domain.phone import ANOTHER_PERSON, OVER_CAPACITY, UNLINKED
from services.booking.store import Store
from services.booking.store.held import HeldTime

from .drafts import drafted, persons_of
from .shared import holder_of


async def list_unlinked(desk: BookingContext, caller: Caller) -> UnlinkedList:
    async with desk.open_store() as store:
        rows = await store.persons.unlinked(booking_offices(caller))
    return UnlinkedList(bookings=tuple(map(staff_booking, rows)))


async def book(desk: BookingContext, caller: Caller, key: str, ask: CounterBooking) -> StaffBooking:
    """All of the form's people or none; the booking of the first. Raises HoldExpired,
    AlreadyBooked, LikeAnother, NotEligible, CardElsewhere, NotOffered, GuardianNeeded, NotFound,
    Malformed, KeyReused."""
    check_office(booking_offices(caller), ask.office_id)
    if ask.arrived:
        check_office(counter_offices(caller), ask.office_id)
    booking_id = uuid4()
    rows: list[Booking] = []
    try:
        request = desk.request(f"phone:{holder_of(desk, caller, ask.form)}", key, ask)
        async with desk.once(request, booking_id) as (store, earlier):
            if earlier:
                return staff_booking(await store.bookings.get(earlier))
            held = await _held(desk, caller, store, ask)
            rows += await drafted(desk, caller, store, held, ask, booking_id)
            return staff_booking(await _write(desk, caller, store, held, rows, ask))
    except AlreadyBooked as refused:
        if rows:
            await _show_other(desk, caller, rows[refused.facts["person"]], refused)
        raise


async def _held(
    desk: BookingContext, caller: Caller, store: Store, ask: CounterBooking
) -> HeldTime:
    """Raises HoldExpired."""
    held = await store.holds.take(holder_of(desk, caller, ask.form))
    if held is None or not _is_what_was_seen(held, ask):
        raise HoldExpired("The time is no longer held.")
    return held


def _is_what_was_seen(held: HeldTime, ask: CounterBooking) -> bool:
    """The form may have been changed after its time was taken."""
    wishes = [person.procedure_ids for person in persons_of(ask)]
    shown = (ask.office_id, ask.starts_at, wishes)
    return shown == (held.office_id, held.starts_at, [*map(wish_of, held.places)])


async def _write(
    desk: BookingContext, caller: Caller, store: Store, held: HeldTime, rows: Sequence[Booking],
    ask: CounterBooking,
) -> Booking:  # fmt: skip
    """The booking of the first person as it is then. Nobody is ticked off before all are written:
    parties wait for each other's people, and then no more for the day's numbers."""
    extra, persons = await store.cells.is_extra(held), persons_of(ask)
    steps = [Step(caller.actor, "booked", _reasons(person, extra)) for person in persons]
    await write(desk, store, held, rows, steps)
    for row, person in zip(rows, persons, strict=True):
        if person.unlinked:
            await store.persons.mark_unlinked(row.booking_id)
    if ask.arrived:
        tick = Tick(version=rows[0].version)
        rows = [await tick_in(store, row, "arrive", tick, caller.actor) for row in rows]
    return rows[0]


def _reasons(person: CounterPerson, extra: bool) -> str | None:
    """What was out of the ordinary, for the history."""
    reasons = {
        OVER_CAPACITY: extra,
        ANOTHER_PERSON: person.another_person,
        UNLINKED: person.unlinked,
    }
    return "、".join(reason for reason, holds in reasons.items() if holds) or None


async def _show_other(
    desk: BookingContext, caller: Caller, row: Booking, refused: AlreadyBooked
) -> None:
    """Say which booking the person has, if the caller may see it."""
    groups = [row.person_group, *row.also_groups]
    async with desk.open_store() as store:
        other = await store.persons.standing_booking(row.known_keys, groups)
        refused.facts |= await visible(store, caller, other)
