"""Another e-mail address, phone number or needs for a booking that stands."""

from dataclasses import replace
from uuid import UUID

from libs.contracts.booking import CitizenBooking as OwnBooking
from libs.contracts.booking import ContactRequest
from services.booking.domain.booking import CITIZEN, Booking, Step
from services.booking.domain.visitors import check_needs
from services.booking.store import Store

from .contact_details import SealedContact, read_contact
from .desk import BookingContext, own_booking, procedures_of
from .links import link_digest, save_mailed
from .mailboxes import readdressed
from .proofs import prove
from .updates import with_consequences


async def change_contact(
    desk: BookingContext, session: UUID, key: str, ask: ContactRequest
) -> OwnBooking:
    """Open until the appointment starts. Raises NotActive, TooLate, Malformed, UnopenedMails,
    KeyReused, and what `prove` raises."""
    booking_id = await prove(desk, ask)
    request = desk.own_request("contact", session, key, booking_id, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.bookings.get(booking_id, lock=True)
        if earlier:
            return await own_booking(desk, store, row)
        row.check_open(await store.now())
        wanted = await _wanted(desk, store, row, ask)
        wanted = await readdressed(desk, store, row, wanted, ask.email)
        used = link_digest(desk, ask.token) if ask.token else ""
        step = Step(CITIZEN, "updated")
        return await own_booking(
            desk, store, await save_contact(desk, store, row, wanted, step, used)
        )


async def _wanted(desk: BookingContext, store: Store, row: Booking, ask: ContactRequest) -> Booking:
    procedures = await procedures_of(store, row)
    kept = SealedContact(
        contact=row.contact if "email" in ask.keep else None,
        phone=row.phone if "phone" in ask.keep else None,
    )
    details = read_contact(desk, procedures, ask.email, ask.phone, kept)
    check_needs(procedures, ask.needs, ask.interpreter)
    needs = tuple(dict.fromkeys(ask.needs))
    wanted = replace(row, phone=details.phone, needs=needs, interpreter=ask.interpreter)
    if ask.email and row.contact and desk.contacts.open(row.contact) == ask.email:
        # Typed once more: the address is the same, and worth another try.
        return replace(wanted, mail_failed=False)
    return replace(wanted, contact=details.contact)


async def save_contact(
    desk: BookingContext, store: Store, row: Booking, wanted: Booking, step: Step, used: str = ""
) -> Booking:
    """Mails at an address that is no longer the booking's open it no longer, except by the link
    that was just `used`: whoever changed the address goes on with it."""
    if step.actor != CITIZEN:
        await store.mailboxes.forget_address_use(row.booking_id)
    if wanted.contact != row.contact:
        await store.links.drop(row.booking_id, but_for=used)
    again = row.mail_failed and not wanted.mail_failed
    changed = row.reach_by(wanted, step, await store.now(), again)
    return await save_mailed(desk, store, await with_consequences(store, changed))
