"""The counter's day: who has come, in which order, and what a tick stamps."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    STANDING,
    DayBooking,
    DayList,
    NextDay,
    OpenVisits,
    Stamps,
    booking_offices,
    counter_offices,
)
from services.booking.domain.booking import Booking
from services.booking.store import OpenStore

from .card_passes import may_list_for_outage, pass_for_rows, sees_numbers
from .desk import BookingContext, staff_booking
from .lookup import check_office

DayUse = Literal["today", "outage"]
"""What a day is read for: for the page, or for the list that helps without this system."""


async def day_list(
    desk: BookingContext, caller: Caller, office_id: str, day: date, use: DayUse = "today"
) -> DayList:
    """One day at one office. An office whose bookings the caller may not see has none, like one
    that does not exist."""
    async with desk.open_store() as store:
        rows, stamps = await store.visits.day_list(booking_offices(caller), office_id, day)
        prepared = await store.preparations.prepared(booking_offices(caller), office_id, day)
        hit = await store.outages.hits([row.booking_id for row in rows])
        still_open = await store.visits.count_open(booking_offices(caller), office_id)
        at = (await store.now()).replace(second=0, microsecond=0)
    parties = Counter(row.party_id for row in rows if row.status in STANDING)
    bookings = tuple(
        _shown(
            row,
            stamps.get(row.booking_id) or Stamps(),
            parties,
            prepared.get(row.booking_id),
            hit,
        )
        for row in rows
    )
    may = may_list_for_outage(caller, day, at) if use == "outage" else sees_numbers(caller)
    return DayList(
        office_id=office_id,
        day=day,
        at=at,
        bookings=bookings,
        open=still_open,
        cards=pass_for_rows(desk, caller, use, rows, at) if may else None,
        shelves=desk.shelves,
    )


async def next_day(desk: BookingContext, caller: Caller, office_id: str) -> NextDay:
    """The next day with times. Raises NotFound for an office that the caller does not serve."""
    check_office(counter_offices(caller), office_id)
    async with desk.open_store() as store:
        day = await store.preparations.next_open_day(office_id)
    return NextDay(office_id=office_id, day=day)


async def open_visits(desk: BookingContext, caller: Caller, office_id: str) -> OpenVisits:
    async with desk.open_store() as store:
        rows = await store.visits.open_visits(booking_offices(caller), office_id)
        hit = await store.outages.hits([row.booking_id for row in rows])
    return OpenVisits(bookings=tuple(staff_booking(row, hit=hit) for row in rows))


async def close_days(open_store: OpenStore) -> int:
    """After midnight: what stayed without an outcome is 結果未入力 and blocks nobody."""
    async with open_store() as store:
        return await store.visits.close_days()


def _shown(
    row: Booking,
    stamps: Stamps,
    parties: Counter[UUID | None],
    card: tuple[bool, str | None] | None,
    hit: Collection[UUID],
) -> DayBooking:
    return DayBooking(
        booking=staff_booking(row, stamps.window, hit),
        stamps=stamps,
        needs=row.needs,
        interpreter=row.interpreter,
        language=row.language,
        cards=row.cards,
        party=row.party_id,
        party_size=max(1, parties[row.party_id]) if row.party_id else 1,
        prepared=card[0] if card else None,
        shelf=card[1] if card else None,
    )
