"""Ticking off at the counter: 受付, 呼出, the outcome, 来庁なし, and taking one back."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    StaffBooking,
    Stamps,
    Tick,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.desk import BookingContext, procedures_of, staff_booking
from services.booking.actions.returning import card_is_at, old_place
from services.booking.domain.booking import Booking, Change
from services.booking.domain.problems import InOutage
from services.booking.domain.visits import window_of
from services.booking.store import Store

from .calls import check_window
from .lookup import check_version, one_of

CALLING = ("call", "undo")
"""What concerns all of a party that is here, where it is a call."""


async def tick(
    desk: BookingContext, caller: Caller, booking_id: UUID, what: str, key: str, ask: Tick
) -> StaffBooking:
    """受付, 呼出, the outcome, 来庁なし, or taking one back. A call, and taking it back, is for all
    of a party that are here.

    Raises NotFound, VersionConflict, NotToday, WrongState, WindowNeeded, NoSuchWindow, WindowInUse,
    and AlreadyBooked when a no-show is taken back whose person has booked again.
    """
    request, offices = desk.request(f"{what}:{booking_id}", key, ask), counter_offices(caller)
    async with desk.once(request, booking_id) as (store, earlier):
        if what in CALLING:
            await store.parties.lock((await one_of(store, offices, booking_id)).party_id)
        row = await one_of(store, offices, booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        others = await _called_with(store, row, what)
        ticked = await tick_in(store, row, what, ask, caller.actor)
        for other in others:
            same = Tick(version=other.version, window=ask.window, anyway=True)
            await tick_in(store, other, what, same, caller.actor)
        return staff_booking(ticked)


async def _called_with(store: Store, row: Booking, what: str) -> list[Booking]:
    """A party is called once: those of it who are here and wait as this one does, or were called
    with it, locked. Each is finished alone."""
    stamps = await store.visits.stamps_of(row) if what in CALLING and row.party_id else None
    if stamps is None or row.status != "arrived" or (what == "undo" and not stamps.called_at):
        return []
    found = []
    here = frozenset({row.office_id})
    party = await store.parties.standing_party(here, row.party_id, row.booking_id)
    for one in sorted(party, key=lambda one: one.booking_id):
        other = await store.bookings.get(one.booking_id, lock=True)
        theirs = await store.visits.stamps_of(other)
        if other.status == "arrived" and theirs and _is_alike(theirs, stamps):
            found.append(other)
    return found


def _is_alike(theirs: Stamps, stamps: Stamps) -> bool:
    """Both wait, or both are at one window."""
    return bool(theirs.called_at) == bool(stamps.called_at) and theirs.window == stamps.window


async def tick_in(store: Store, row: Booking, what: str, ask: Tick, actor: str) -> Booking:
    """The locked booking after a tick. Raises NotToday, WrongState, WindowNeeded, NoSuchWindow,
    WindowInUse, InOutage."""
    if what == "undo":
        await store.outages.take_back(row.booking_id)
        return await store.save(await undone(store, row, actor))
    procedures, stamps = await procedures_of(store, row), await store.visits.stamps_of(row)
    number = None
    if what == "arrive" and not (stamps and stamps.reception):
        number = await store.visits.next_reception(row.office_id, day_of(row.starts_at))
    change = row.tick(what, ask, procedures, stamps, actor, await store.now(), number)
    if what == "call":
        await check_window(store, row, window_of(ask, stamps), ask.anyway)
    if what == "miss":
        await check_stayed_away(store, row)
    saved = await store.save(change)
    if what == "finish":
        await note_outcome(store, saved)
    return saved


async def check_stayed_away(store: Store, row: Booking) -> None:
    """That somebody may say so of the visit. Raises InOutage."""
    if await store.outages.is_hit(row.booking_id):
        raise InOutage("An outage met this visit.")


async def note_outcome(store: Store, row: Booking) -> None:
    """Who met an outage has another visit to come; whose visit took place has not."""
    if row.is_in_vain:
        await store.outages.note(row)
    elif row.status == "finished":
        await store.outages.drop(row.booking_id)


async def undone(store: Store, row: Booking, actor: str) -> Change:
    """Who was brought here from another day has the old time back, if nobody else has it."""
    change = row.undo(await store.visits.stamps_of(row), actor, await store.now())
    place = await old_place(store, row) if change.after.status == "confirmed" else None
    if place is None:
        return change
    return change.back_at(place, card_moved=not await card_is_at(store, row, place.office_id))
