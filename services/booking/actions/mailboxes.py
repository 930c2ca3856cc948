"""Addresses at which nobody has opened a mail: what would cause more of them than a few waits."""

from collections.abc import Sequence
from dataclasses import replace

from services.booking.domain import UnopenedMails, may_cancel
from services.booking.domain.booking import Booking
from services.booking.domain.mailboxes import may_mail
from services.booking.store import Store
from services.booking.store.mailboxes import AddressUse

from .desk import BookingContext
from .links import save_mailed


def mailbox_of(desk: BookingContext, email: str) -> str:
    """One digest for all ways to write a mailbox: capitals, dots, and what follows a plus."""
    local, _, host = email.strip().lower().rpartition("@")
    return desk.index.digest("mailbox", local.partition("+")[0].replace(".", ""), host)


async def with_addresses(
    desk: BookingContext, store: Store, rows: Sequence[Booking], email: str | None
) -> tuple[list[Booking], list[AddressUse]]:
    """New bookings, without the address where it has to wait; and what is kept about it."""
    if not email:
        return list(rows), []
    address = mailbox_of(desk, email)
    named = sum(row.card_key is None for row in rows)
    waits = named > 0 and not may_mail(await store.mailboxes.enter_mailbox(address), named)
    uses = [_use(row, address, waits) for row in rows if row.contact]
    waiting = {use.booking_id for use in uses if use.waiting}
    return [_without(row) if row.booking_id in waiting else row for row in rows], uses


async def readdressed(
    desk: BookingContext, store: Store, row: Booking, wanted: Booking, email: str | None
) -> Booking:
    """A booking whose citizen gives another address, or keeps or removes the one it has. Raises
    UnopenedMails where it keeps it and too many mails were caused."""
    if not wanted.contact:
        await store.mailboxes.forget_address_use(row.booking_id)
        return wanted
    known = await store.mailboxes.address_use(row.booking_id)
    address = mailbox_of(desk, email) if email else ""
    if not email or (known and known.address == address and not known.waiting):
        await check_mails(store, row)
        return wanted
    box = await store.mailboxes.enter_mailbox(address)
    use = _use(wanted, address, waits=row.card_key is None and not may_mail(box, 1))
    await store.mailboxes.save_address_use(replace(use, since=await store.now()))
    return _without(wanted) if use.waiting else wanted


async def check_mails(store: Store, row: Booking) -> None:
    """Before a citizen does what a mail tells about. Raises UnopenedMails."""
    use = await store.mailboxes.address_use(row.booking_id) if row.contact else None
    if use is None or not use.by_name:
        return
    if not may_mail(await store.mailboxes.enter_mailbox(use.address)):
        raise UnopenedMails("Many mails were sent there today, and none was opened.")


async def open_address(desk: BookingContext, link_digest: str) -> None:
    """Somebody opens mails at the address of this link: what waited for that goes on."""
    async with desk.open_store() as store:
        for booking_id in await store.mailboxes.to_open(link_digest):
            row = await store.bookings.get(booking_id, lock=True)
            use = await store.mailboxes.address_use(booking_id)
            await store.mailboxes.open_address(booking_id)
            if use and use.waiting and not row.contact:
                await _confirm_by_mail(desk, store, row, use.waiting)


async def _confirm_by_mail(desk: BookingContext, store: Store, row: Booking, contact: str) -> None:
    now = await store.now()
    if may_cancel(row.status, row.starts_at, now):
        await save_mailed(desk, store, row.mail_to(contact, now))


def _use(row: Booking, address: str, waits: bool) -> AddressUse:
    by_name = row.card_key is None
    waiting = row.contact if waits and by_name else None
    return AddressUse(row.booking_id, address, by_name, waiting, row.booked_at)


def _without(row: Booking) -> Booking:
    return replace(row, contact=None)
