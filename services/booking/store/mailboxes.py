"""Which bookings of citizens have which address, as a digest; and addresses that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.booking.domain.mailboxes import Mailbox

from .base import Repository
from .cards import SHIELDED
from .standing import TODAY, stands

_ENTER = "SELECT pg_advisory_xact_lock(hashtextextended('mailbox ' || $1::text, 0))"
_MAILBOX = f"""
    SELECT coalesce(bool_or(opened_at IS NOT NULL), false) AS opened,
        count(*) FILTER (WHERE by_name AND waiting IS NULL AND {stands()}) AS bookings,
        coalesce(sum((SELECT count(*) FROM booking_history h
            WHERE h.booking_id = booking.booking_id AND h.at >= {TODAY} AND h.actor = 'citizen'
                AND h.what IN ('booked', 'changed', 'updated', 'resent', 'cancelled')))
            FILTER (WHERE by_name AND waiting IS NULL), 0)::int AS mails
    FROM address_use JOIN booking USING (booking_id) WHERE address = $1
"""
_SAVE = """
    INSERT INTO address_use (booking_id, address, by_name, waiting, since)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (booking_id) DO UPDATE
        SET address = $2, by_name = $3, waiting = $4, opened_at = NULL, since = $5
"""
_OF = "SELECT booking_id, address, by_name, waiting, since FROM address_use WHERE booking_id = $1"
_FORGET = "DELETE FROM address_use WHERE booking_id = $1"
_FORGET_SHIELDED = f"""
    WITH shielded AS (SELECT booking_id, party_id FROM booking
        WHERE card_key = ANY ($1) AND {SHIELDED})
    DELETE FROM address_use WHERE booking_id IN (
        SELECT booking_id FROM shielded
        UNION SELECT b.booking_id FROM booking b JOIN shielded USING (party_id))
"""
_WAITS = """
    SELECT EXISTS (SELECT FROM address_use WHERE booking_id = $1 AND waiting IS NOT NULL)
"""
# A link that is older than the address was sent to another one, and says nothing of this.
_TO_OPEN = """
    SELECT u.booking_id FROM booking_link l JOIN address_use own USING (booking_id)
        JOIN address_use u USING (address)
    WHERE l.digest = $1 AND own.waiting IS NULL AND own.since <= l.made_at
        AND (u.waiting IS NOT NULL OR u.opened_at IS NULL)
    ORDER BY u.booking_id
"""
_OPEN = "UPDATE address_use SET opened_at = clock(), waiting = NULL WHERE booking_id = $1"


@dataclass(frozen=True)
class AddressUse:
    """The address of a booking: its digest, and sealed while it is `waiting` for the first mail to
    be opened. `by_name`: no card proves that the person exists."""

    booking_id: UUID
    address: str
    by_name: bool
    waiting: str | None
    since: datetime


class Mailboxes(Repository):
    """A row is there for bookings that citizens made, until they are erased."""

    async def enter_mailbox(self, address: str) -> Mailbox:
        """What the address has, after whoever else gives it just now."""
        await self.connection.execute(_ENTER, address)
        row = await self.connection.fetchrow(_MAILBOX, address)
        assert row is not None
        return Mailbox(**row)

    async def save_address_use(self, use: AddressUse) -> None:
        await self.connection.execute(_SAVE, *vars(use).values())

    async def address_use(self, booking_id: UUID) -> AddressUse | None:
        row = await self.connection.fetchrow(_OF, booking_id)
        return AddressUse(**row) if row else None

    async def forget_address_use(self, booking_id: UUID) -> None:
        await self.connection.execute(_FORGET, booking_id)

    async def forget_shielded_addresses(self, card_keys: Sequence[str]) -> None:
        """No address waits for these people, or for who comes along."""
        await self.connection.execute(_FORGET_SHIELDED, list(card_keys))

    async def mail_waits(self, booking_id: UUID) -> bool:
        waits: bool = await self.connection.fetchval(_WAITS, booking_id)
        return waits

    async def to_open(self, link_digest: str) -> list[UUID]:
        """Bookings of the address to which this link was sent that do not know yet that somebody
        opens mails there."""
        rows = await self.connection.fetch(_TO_OPEN, link_digest)
        return [row["booking_id"] for row in rows]

    async def open_address(self, booking_id: UUID) -> None:
        await self.connection.execute(_OPEN, booking_id)
