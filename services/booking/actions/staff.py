"""What members of staff do: look, tick off, take back, cancel."""

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    CANCEL_REASONS,
    EXPORT_MOST,
    StaffBooking,
    StaffBookingDetail,
    StaffBookingExport,
    StaffBookingList,
    StaffCancel,
    StaffShield,
    Tick,
    booking_offices,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.domain import VersionConflict
from services.booking.domain.booking import Booking, Change
from services.booking.domain.standing import possible
from services.booking.store import Store
from services.booking.store.lists import Filter, after_row, read_after

from .bookings import free
from .desk import BookingContext, procedures_of, staff_booking
from .newer import newer_booking
from .receivable import here_offers
from .returning import card_is_at, old_place

EXPORT_SECONDS = 150.0
"""Less than reminders wait for facts of transactions that still run."""


async def list_bookings(desk: BookingContext, caller: Caller, wanted: Filter) -> StaffBookingList:
    async with desk.open_store() as store:
        rows, more = await store.lists.bookings(booking_offices(caller), wanted)
    return StaffBookingList(
        bookings=tuple(map(staff_booking, rows)),
        next_after=after_row(wanted.sort, rows[-1]) if more else None,
    )


async def export_bookings(
    desk: BookingContext, caller: Caller, wanted: Filter
) -> StaffBookingExport:
    """A part of a file, as a door of an older release asks for one after the other."""
    async with desk.open_store() as store:
        return await _part(store, caller, wanted)


async def export_all(
    desk: BookingContext, caller: Caller, wanted: Filter
) -> AsyncGenerator[StaffBookingExport, None]:
    """All parts of a file, of one moment: a booking that moves meanwhile is in it once, as it was.
    Raises TimeoutError: nobody keeps that moment for ever."""
    end = time.monotonic() + EXPORT_SECONDS
    async with desk.open_store() as store:
        await store.lists.see_one_state()
        part = await _part(store, caller, wanted)
        yield part
        while part.next_after:
            if time.monotonic() > end:
                raise TimeoutError
            after = read_after(wanted.sort, part.next_after)
            part = await _part(store, caller, replace(wanted, after=after))
            yield part


async def _part(store: Store, caller: Caller, wanted: Filter) -> StaffBookingExport:
    """The first one with how many there are."""
    at, total = await store.now(), None
    if wanted.after is None:
        total = await store.lists.count_bookings(booking_offices(caller), wanted, EXPORT_MOST)
    rows, more = await store.lists.bookings(booking_offices(caller), wanted)
    return StaffBookingExport(
        bookings=tuple(map(staff_booking, rows)),
        next_after=after_row(wanted.sort, rows[-1]) if more else None,
        at=at,
        total=total,
    )


async def see_booking(desk: BookingContext, caller: Caller, booking_id: UUID) -> StaffBookingDetail:
    """Raises NotFound, also for a booking of an office that the caller may not see."""
    async with desk.open_store() as store:
        row = await one_of(store, booking_offices(caller), booking_id)
        party_size = await store.parties.size(row.party_id)
        party = await store.parties.standing_party(
            booking_offices(caller), row.party_id, booking_id
        )
        history = await store.bookings.history(booking_id)
        unlinked = await store.persons.is_unlinked(booking_id)
        stamps, now = await store.visits.stamps_of(row), await store.now()
        here = await here_offers(store, caller, row, now)
        newer = await newer_booking(desk, store, caller, row, stamps)
        displaced = await store.displaced.among(booking.booking_id for booking in (row, *party))
    return StaffBookingDetail(
        booking=staff_booking(row),
        kana=desk.persons.open(row.kana) if row.kana else None,
        history=tuple(history),
        phone=desk.contacts.open(row.phone) if row.phone else None,
        needs=row.needs,
        cards=row.cards,
        has_inquiry=row.has_inquiry,
        language=row.language,
        party_size=party_size,
        party=tuple(map(staff_booking, party)),
        unlinked=unlinked,
        reception=stamps.reception if stamps else None,
        may=possible(row.status, row.starts_at, now),
        here=here,
        newer=newer,
        displaced=tuple(sorted(displaced)),
    )


async def see_shield(desk: BookingContext, caller: Caller, booking_id: UUID) -> StaffShield:
    """Raises NotFound."""
    async with desk.open_store() as store:
        row = await one_of(store, booking_offices(caller), booking_id)
        return StaffShield(shielded=await store.cards.is_shielded(row.card_key))


async def tick(
    desk: BookingContext, caller: Caller, booking_id: UUID, what: str, key: str, ask: Tick
) -> StaffBooking:
    """受付, 呼出, the outcome, 来庁なし, or taking one back.

    Raises NotFound, VersionConflict, NotToday, WrongState, and AlreadyBooked when a no-show is
    taken back whose person has booked again.
    """
    request = desk.request(f"{what}:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, counter_offices(caller), booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        return staff_booking(await tick_in(store, row, what, ask, caller.actor))


async def tick_in(store: Store, row: Booking, what: str, ask: Tick, actor: str) -> Booking:
    """The locked booking after a tick. Raises NotToday, WrongState."""
    if what == "undo":
        return await store.save(await undone(store, row, actor))
    procedures, stamps = await procedures_of(store, row), await store.visits.stamps_of(row)
    number = None
    if what == "arrive" and not (stamps and stamps.reception):
        number = await store.visits.next_reception(row.office_id, day_of(row.starts_at))
    at = await store.now()
    return await store.save(row.tick(what, ask, procedures, stamps, actor, at, number))


async def undone(store: Store, row: Booking, actor: str) -> Change:
    """Who was brought here from another day has the old time back, if nobody else has it."""
    change = row.undo(await store.visits.stamps_of(row), actor, await store.now())
    place = await old_place(store, row) if change.after.status == "confirmed" else None
    if place is None:
        return change
    return change.back_at(place, card_moved=not await card_is_at(store, row, place.office_id))


async def cancel_for_citizen(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: StaffCancel
) -> StaffBooking:
    """Cancel with a reason, also after the citizen's deadline. Raises NotFound, VersionConflict,
    NotActive, Malformed."""
    if ask.reason not in CANCEL_REASONS.values():
        raise Malformed("There is no such reason.", fields=["reason"])
    request = desk.request(f"staff-cancel:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, booking_offices(caller), booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        cancelled = row.cancel(caller.actor, await store.now(), ask.reason)
        return staff_booking(await free(store, cancelled))


async def one_of(
    store: Store, offices: frozenset[str], booking_id: UUID, lock: bool = False
) -> Booking:
    """A booking of these offices. Raises NotFound, for a foreign one as for none."""
    row = await store.bookings.get_for(offices, booking_id, lock)
    if row is None:
        raise NotFound("There is no such booking.")
    return row


def check_version(row: Booking, seen: int) -> None:
    """Raises VersionConflict, with the booking as it is now."""
    if row.version != seen:
        now = staff_booking(row).model_dump(mode="json")
        raise VersionConflict("The booking was changed by somebody else.", booking=now)
