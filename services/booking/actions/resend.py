"""The mail that confirms a booking, once more: some days a mail is lost, or its link."""

from uuid import UUID

from libs.contracts.booking import BookingProof
from libs.contracts.booking import CitizenBooking as OwnBooking
from services.booking.domain import MailedEnough, NotActive

from .desk import BookingContext, own_booking
from .links import save_mailed
from .mailboxes import check_mails
from .proofs import prove

RESENT = "resent"
MOST_A_DAY = 3
"""Whoever knows a booking must not fill a mailbox with it."""


async def resend_mail(
    desk: BookingContext, session: UUID, key: str, proof: BookingProof
) -> OwnBooking:
    """As the booking stands now, with a link of its own. Raises NotActive, also where no address is
    known or the time is not open any more, TooLate, MailedEnough, UnopenedMails, KeyReused, and
    what `prove` raises."""
    booking_id = await prove(desk, proof)
    request = desk.own_request("resend", session, key, booking_id, proof)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.bookings.get(booking_id, lock=True)
        if earlier:
            return await own_booking(desk, store, row)
        resent = row.resend(await store.now())
        if await store.displaced.open_displacement(booking_id):
            raise NotActive("There is no mail to send again.")
        if await store.bookings.steps_today(booking_id, RESENT) >= MOST_A_DAY:
            raise MailedEnough("This mail was sent often enough today.")
        await check_mails(store, row)
        return await own_booking(desk, store, await save_mailed(desk, store, resent))
