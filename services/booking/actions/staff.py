"""What members of staff do: look, tick off, take back, cancel."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import (
    CANCEL_REASONS,
    StaffBooking,
    StaffBookingDetail,
    StaffCancel,
    StaffShield,
    booking_offices,
)
from services.booking.domain.standing import possible

from .bookings import free
from .desk import BookingContext, staff_booking
from .lookup import check_version, one_of
from .newer import newer_booking
from .receivable import here_offers


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
        here_now, shelf = await store.cards.shelf(row.card_key, row.office_id)
        hit = await store.outages.hits([booking_id])
        displaced = await store.displaced.among(booking.booking_id for booking in (row, *party))
    return StaffBookingDetail(
        booking=staff_booking(row, stamps.window if stamps else None, hit),
        kana=desk.persons.open(row.kana) if row.kana else None,
        history=tuple(history),
        phone=desk.contacts.open(row.phone) if row.phone else None,
        needs=row.needs,
        interpreter=row.interpreter,
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
        has_shelf=desk.shelves and here_now,
        shelf=shelf,
    )


async def see_shield(desk: BookingContext, caller: Caller, booking_id: UUID) -> StaffShield:
    """Raises NotFound."""
    async with desk.open_store() as store:
        row = await one_of(store, booking_offices(caller), booking_id)
        return StaffShield(shielded=await store.cards.is_shielded(row.card_key))


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
