"""Carrying a change out: timetables, cells and bookings, in the transaction that was given."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from libs.contracts.booking import BookingDisplaced, CellsChanged
from services.booking.actions.catalog import publish_office
from services.booking.actions.desk import BookingContext
from services.booking.actions.links import new_link, save_mailed
from services.booking.domain.booking import Booking, Step
from services.booking.domain.schedules.impact import Standing
from services.booking.domain.schedules.proposals import held_until, propose
from services.booking.store import Store
from services.booking.store.changes import ChangeRow
from services.booking.store.displaced import Bid

from .drafts import ScheduleDraft, free_places, runs_of_draft

PROPOSAL_TRIES = 3


async def carry_out(
    desk: BookingContext, store: Store, row: ChangeRow, draft: ScheduleDraft, mail: bool
) -> None:
    """Everything the draft says, and the doors are told. Nobody loses a booking."""
    span, runs = runs_of_draft(draft)
    for office in draft.offices:
        await store.timetables.save_timetable(office.after.table)
    await store.timetables.save_stops(draft.stops)
    await store.schedules.lay_out_anew(span, runs)
    await store.displaced.drop_closed_proposals(span.office_ids)
    for office in draft.offices:
        await _seat(store, row.actor, office.impact.moved)
    elsewhere = await _displace(desk, store, row, draft, mail)
    for office_id in span.office_ids:
        await store.timetables.raise_version(office_id)
        await publish_office(store, office_id)
    for office_id in sorted({*span.office_ids, *elsewhere}):
        store.publish(CellsChanged(office_id=office_id, runs=(), many=True))


async def withdraw(desk: BookingContext, store: Store, row: ChangeRow, actor: str) -> None:
    """Those displaced bookings that have not answered have their old time again."""
    waiting = await store.displaced.open_of_change(row.change_id)
    bookings = await store.bookings.get_all([displaced.booking_id for displaced in waiting])
    for displaced in waiting:
        booking = bookings[displaced.booking_id]
        if displaced.holder:
            await store.holds.release(displaced.holder)
        await store.displaced.answer(displaced, "withdrawn")
        restored = booking.stay(Step(actor, "restored"), await store.now(), displaced.mailed)
        if displaced.mailed:
            await save_mailed(desk, store, restored)
        else:
            await store.save(restored)


async def _seat(store: Store, actor: str, moved: dict[UUID, int]) -> None:
    """Over to another window at the same time. Whoever finds it taken just now stays."""
    bookings = await store.bookings.get_all(moved)
    for booking_id, window_id in moved.items():
        booking = bookings[booking_id]
        if await store.cells.seat(booking, window_id):
            await store.cells.free(booking)
            await store.save(booking.seat_at(window_id, actor))


async def _displace(
    desk: BookingContext, store: Store, row: ChangeRow, draft: ScheduleDraft, mail: bool
) -> set[str]:
    """Write down who lost their time, and hold another one for each. The offices of those times."""
    affected = draft.affected
    if not affected:
        return set()
    bookings = await store.bookings.get_all([visit.booking_id for visit in affected])
    await store.displaced.supersede(list(bookings))
    bids = await _bids(desk, store, draft, affected, bookings)
    lost = [
        (booking, bids.get(booking.booking_id), mail and booking.contact is not None)
        for booking in bookings.values()
    ]
    await store.displaced.displace(row.change_id, row.actor, lost)
    at = await store.now()
    for booking, bid, mailed in lost:
        link = await new_link(desk, store, booking) if mailed else None
        store.publish(_displacement(replace(booking, version=booking.version + 1), bid, at,
                                    mail=mail, link=link))  # fmt: skip
    return {bid.office_id for bid in bids.values()}


async def _bids(
    desk: BookingContext, store: Store, draft: ScheduleDraft, affected: Sequence[Standing],
    bookings: dict[UUID, Booking],
) -> dict[UUID, Bid]:  # fmt: skip
    """A time for each, held. Where somebody was faster, the next one is tried."""
    free, missing = await free_places(store, draft), list(affected)
    found: dict[UUID, Bid] = {}
    for _ in range(PROPOSAL_TRIES):
        bids = [
            Bid(
                holder=uuid4(),
                booking=bookings[one.booking_id],
                office_id=place.office_id,
                window_id=place.window_id,
                starts_at=place.starts_at,
                until=held_until(draft.now, place, desk.proposal_days),
            )
            for one, place in zip(missing, propose(free, missing), strict=True)
            if place
        ]
        held = await store.displaced.claim_bids(bids)
        found |= {bid.booking.booking_id: bid for bid in bids if bid.holder in held}
        missing = [visit for visit in missing if visit.booking_id not in found]
        if len(held) == len(bids):
            break
    return found


def _displacement(row: Booking, bid: Bid | None, at: datetime, **more: object) -> BookingDisplaced:
    proposal = {
        "proposed_office_id": bid.office_id,
        "proposed_starts_at": bid.starts_at,
        "held_until": bid.until,
    } if bid else {}  # fmt: skip
    return row.fact(BookingDisplaced, at, **proposal, **more)
