"""Another e-mail address or phone number, entered by staff."""

from dataclasses import replace
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    StaffBooking,
    StaffContact,
    StaffContactChange,
    booking_offices,
)
from services.booking.actions.contact import save_contact
from services.booking.actions.contact_details import seal_contact
from services.booking.actions.desk import BookingContext, staff_booking
from services.booking.actions.lookup import check_version, one_of
from services.booking.actions.shielded import unless_shielded
from services.booking.domain.booking import Booking, Step

EMAIL, PHONE = "メールアドレス", "電話番号"
"""What was changed, in the history of a booking, as staff read it."""


async def see_contact(desk: BookingContext, caller: Caller, booking_id: UUID) -> StaffContact:
    """Raises NotFound."""
    async with desk.open_store() as store:
        return _opened(desk, await one_of(store, booking_offices(caller), booking_id))


async def correct_contact(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: StaffContactChange
) -> StaffBooking:
    """Raises NotFound, VersionConflict, NotActive, Malformed."""
    request = desk.request(f"staff-contact:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, booking_offices(caller), booking_id, lock=True)
        if earlier:
            return staff_booking(row)
        check_version(row, ask.version)
        # What is over is soon erased: nothing personal is added to it.
        row.check("reach", await store.now())
        before = _opened(desk, row)
        if (ask.email, ask.phone) == (before.email, before.phone):
            return staff_booking(row)
        details = await unless_shielded(
            store, row.card_key, seal_contact(desk, ask.email, ask.phone)
        )
        contact = row.contact if ask.email == before.email else details.contact
        wanted = replace(row, contact=contact, phone=details.phone)
        step = Step(caller.actor, "updated", _what(before, ask))
        return staff_booking(await save_contact(desk, store, row, wanted, step))


def _opened(desk: BookingContext, row: Booking) -> StaffContact:
    return StaffContact(
        version=row.version,
        email=desk.contacts.open(row.contact) if row.contact else None,
        phone=desk.contacts.open(row.phone) if row.phone else None,
    )


def _what(before: StaffContact, ask: StaffContactChange) -> str:
    changed = (
        EMAIL if ask.email != before.email else "",
        PHONE if ask.phone != before.phone else "",
    )
    return "、".join(filter(None, changed))
