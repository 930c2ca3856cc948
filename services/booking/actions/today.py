"""The counter's day: who has come, in which order, and what a tick stamps."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    DayBooking,
    DayList,
    OpenVisits,
    Outcome,
    Stamps,
    Tick,
    booking_offices,
)
from libs.contracts.times import day_of
from services.booking.domain import after_tick
from services.booking.domain.booking import Booking
from services.booking.domain.standing import STANDING, check_day
from services.booking.domain.visits import after_undo, called, outcomes_of, undone
from services.booking.store import OpenStore, Store

from .desk import Desk, procedures_of, shown_to_staff


async def day_list(desk: Desk, caller: Caller, office_id: str, day: date) -> DayList:
    """One day at one office. An office whose bookings the caller may not see has none, like one
    that does not exist."""
    async with desk.open_store() as store:
        rows, stamps = await store.day_list(booking_offices(caller), office_id, day)
        prepared = await store.prepared(booking_offices(caller), office_id, day)
        still_open = await store.count_open(booking_offices(caller), office_id)
        at = (await store.now()).replace(second=0, microsecond=0)
    parties = Counter(row.party_id for row in rows if row.status in STANDING)
    bookings = tuple(
        _shown(row, stamps.get(row.booking_id) or Stamps(), parties, prepared.get(row.booking_id))
        for row in rows
    )
    return DayList(office_id=office_id, day=day, at=at, bookings=bookings, open=still_open)


async def open_visits(desk: Desk, caller: Caller, office_id: str) -> OpenVisits:
    async with desk.open_store() as store:
        rows = await store.open_visits(booking_offices(caller), office_id)
    return OpenVisits(bookings=tuple(map(shown_to_staff, rows)))


async def close_days(open_store: OpenStore) -> int:
    """After midnight: what stayed without an outcome is 結果未入力 and blocks nobody."""
    async with open_store() as store:
        return await store.close_days()


async def ticked(store: Store, row: Booking, what: str, ask: Tick) -> tuple[Booking, Stamps]:
    """The booking after a tick, not yet saved, and its stamps, which are. Raises NotToday,
    WrongState."""
    check_day("tick", row.starts_at, await store.now())
    first, *others = await procedures_of(store, row)
    before = await store.stamps(row)
    if what == "undo":
        status = after_undo(row.status, before)
    else:
        status = after_tick(what, row.status, ask.outcome, first.outcomes)
    further = {other.procedure_id: other for other in others}
    outcomes = outcomes_of(ask, further) if what == "finish" else {}
    stamps = await _stamped(store, row, what, ask, before or Stamps(), outcomes)
    if what == "finish" or stamps != (before or Stamps()):
        await store.save_stamps(row, stamps)
    return replace(row, status=status, outcome=ask.outcome), stamps


async def receive(store: Store, row: Booking, stamps: Stamps) -> Stamps:
    """受付: the number of that day and office, which a booking that had one keeps, and the time."""
    day = day_of(row.starts_at)
    number = stamps.reception or await store.next_reception(row.office_id, day)
    return stamps.model_copy(update={"reception": number, "arrived_at": await store.now()})


async def _stamped(
    store: Store, row: Booking, what: str, ask: Tick, stamps: Stamps,
    outcomes: Mapping[str, Outcome],
) -> Stamps:  # fmt: skip
    match what:
        case "arrive":
            return await receive(store, row, stamps)
        case "call":
            return called(stamps, ask.window or row.window_id, await store.now())
        case "finish":
            update = {"finished_at": await store.now(), "outcomes": dict(outcomes)}
            return stamps.model_copy(update=update)
        case "undo":
            return undone(stamps, row.status)
        case _:
            return stamps


def _shown(
    row: Booking, stamps: Stamps, parties: Counter[UUID | None], prepared: bool | None
) -> DayBooking:
    return DayBooking(
        booking=shown_to_staff(row),
        stamps=stamps,
        needs=row.needs,
        language=row.language,
        cards=row.cards,
        party_size=max(1, parties[row.party_id]) if row.party_id else 1,
        prepared=prepared,
    )
