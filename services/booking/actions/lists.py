"""Lists of bookings for staff, and files of them."""

import time
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import replace
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    EXPORT_MOST,
    StaffBooking,
    StaffBookingExport,
    StaffBookingList,
    Stamps,
    booking_offices,
)
from services.booking.actions.card_passes import pass_for_rows, sees_numbers
from services.booking.actions.desk import BookingContext, staff_booking
from services.booking.actions.shielded import sees_shielded
from services.booking.domain.booking import Booking
from services.booking.store import Store
from services.booking.store.lists import Filter, after_row, read_after

EXPORT_SECONDS = 150.0
"""Less than reminders wait for facts of transactions that still run."""


async def list_bookings(desk: BookingContext, caller: Caller, wanted: Filter) -> StaffBookingList:
    wanted = _obeying(caller, wanted)
    async with desk.open_store() as store:
        rows, more = await store.lists.bookings(booking_offices(caller), wanted)
        shown = await _shown(store, rows)
        at = await store.now()
    return StaffBookingList(
        bookings=shown,
        next_after=after_row(wanted.sort, rows[-1]) if more else None,
        cards=pass_for_rows(desk, caller, "list", rows, at) if wanted.cards else None,
    )


async def export_all(
    desk: BookingContext, caller: Caller, wanted: Filter
) -> AsyncGenerator[StaffBookingExport, None]:
    """All parts of a file, of one moment: a booking that moves meanwhile is in it once, as it was.
    Raises TimeoutError: nobody keeps that moment for ever."""
    end, wanted = time.monotonic() + EXPORT_SECONDS, _obeying(caller, wanted)
    async with desk.open_store() as store:
        await store.lists.see_one_state()
        part = await _part(desk, store, caller, wanted)
        yield part
        while part.next_after:
            if time.monotonic() > end:
                raise TimeoutError
            after = read_after(wanted.sort, part.next_after)
            part = await _part(desk, store, caller, replace(wanted, after=after))
            yield part


def _obeying(caller: Caller, wanted: Filter) -> Filter:
    """Whoever has no right to see who is shielded does not find them either, unless they have the
    number of the booking. Whoever has none to card numbers asks for them in vain."""
    shielded = sees_shielded(caller) or wanted.number is not None
    return replace(wanted, shielded=shielded, cards=wanted.cards and sees_numbers(caller))


async def _shown(store: Store, rows: Sequence[Booking]) -> tuple[StaffBooking, ...]:
    """Each with the window that its person was called to, and whether an outage met it."""
    ids = [row.booking_id for row in rows]
    stamps, hit = await store.visits.stamps_of_all(ids), await store.outages.hits(ids)
    return tuple(_with_window(row, stamps.get(row.booking_id), hit) for row in rows)


def _with_window(row: Booking, stamps: Stamps | None, hit: Collection[UUID] = ()) -> StaffBooking:
    return staff_booking(row, stamps.window if stamps else None, hit)


async def _part(
    desk: BookingContext, store: Store, caller: Caller, wanted: Filter
) -> StaffBookingExport:
    """The first one with how many there are."""
    at, total = await store.now(), None
    if wanted.after is None:
        total = await store.lists.count_bookings(booking_offices(caller), wanted, EXPORT_MOST)
    rows, more = await store.lists.bookings(booking_offices(caller), wanted)
    stamps = await store.visits.stamps_of_all([row.booking_id for row in rows])
    return StaffBookingExport(
        bookings=tuple(_with_window(row, stamps.get(row.booking_id)) for row in rows),
        next_after=after_row(wanted.sort, rows[-1]) if more else None,
        at=at,
        total=total,
        cards=pass_for_rows(desk, caller, "file", rows, at) if wanted.cards else None,
        stamps=stamps,
    )
