"""The link of a mail: whoever has it opens the booking, and we keep no more than its digest."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from libs.common.errors import NotFound
from services.booking.domain.booking import Booking, Change
from services.booking.store import Store

from .desk import BookingContext

_BYTES = 32


@dataclass(frozen=True)
class MailLink:
    """A link that a mail carries: `sealed` for the mail, `digest` for us. Both are None where no
    mail goes out."""

    sealed: str | None = None
    digest: str | None = None


def make_link(desk: BookingContext, row: Booking) -> MailLink:
    """A link to `row`, not yet kept."""
    if row.contact is None:
        return MailLink()
    token = secrets.token_urlsafe(_BYTES)
    return MailLink(desk.contacts.seal(token), link_digest(desk, token))


async def save_mailed(desk: BookingContext, store: Store, change: Change) -> Booking:
    """Save what a mail tells about, with the link that the mail carries."""
    link = make_link(desk, change.after)
    saved = await store.save(change.with_link(link.sealed))
    if link.digest:
        await store.links.save(link.digest, saved.booking_id)
    return saved


async def new_link(desk: BookingContext, store: Store, row: Booking) -> str | None:
    """A token for the mail about `row`, sealed; None where no mail goes out."""
    link = make_link(desk, row)
    if link.digest:
        await store.links.save(link.digest, row.booking_id)
    return link.sealed


async def open_link(desk: BookingContext, token: str) -> UUID:
    """The booking that the token opens. Raises NotFound. Wrong ones need no counting: nobody hits
    one of 2^256."""
    async with desk.open_store() as store:
        found = await store.links.booking_of_link(link_digest(desk, token))
    if found is None:
        raise NotFound("This link opens nothing, or no longer.")
    return found


def link_digest(desk: BookingContext, token: str) -> str:
    return desk.index.digest("link", token)
