"""The link of a mail: whoever has it opens the booking, and we keep no more than its digest."""

import secrets
from uuid import UUID

from libs.common.errors import NotFound
from services.booking.store import Store
from services.booking.store.bookings import BookingRow

from .desk import Desk

_BYTES = 32


async def new_link(desk: Desk, store: Store, row: BookingRow) -> str | None:
    """A token for the mail about `row`, sealed; None where no mail goes out."""
    if row.contact is None:
        return None
    token = secrets.token_urlsafe(_BYTES)
    await store.save_link(link_digest(desk, token), row.booking_id)
    return desk.contacts.seal(token)


async def open_link(desk: Desk, token: str) -> UUID:
    """The booking that the token opens. Raises NotFound. Wrong ones need no counting: nobody hits
    one of 2^256."""
    async with desk.open_store() as store:
        found = await store.booking_of_link(link_digest(desk, token))
    if found is None:
        raise NotFound("This link opens nothing, or no longer.")
    return found


def link_digest(desk: Desk, token: str) -> str:
    return desk.index.digest("link", token)
