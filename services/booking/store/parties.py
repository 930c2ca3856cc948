"""Bookings that belong together."""

from uuid import UUID

import asyncpg

from services.booking.domain.booking import Booking

from .base import Repository
from .bookings import COLUMNS, booking_row
from .standing import stands

# Two who add somebody at the same time follow one another, so that each counts the other.
_LOCK_PARTY = "SELECT pg_advisory_xact_lock(hashtextextended('party ' || $1::text, 0))"

_JOIN_PARTY = "UPDATE booking SET party_id = $2 WHERE booking_id = $1 AND party_id IS NULL"

_PARTY_SIZE = f"SELECT count(*) FROM booking WHERE party_id = $1 AND {stands()}"

_MADE_WITH = f"""
    SELECT {COLUMNS} FROM booking
    WHERE party_id = $1 AND booked_at = $2 AND booking_id <> $3 ORDER BY party_line
"""

_STANDING_PARTY = f"""
    SELECT {COLUMNS} FROM booking
    WHERE party_id = $1 AND booking_id <> $2 AND {stands()}
        AND ($3::text[] @> ARRAY['*'] OR office_id = ANY ($3))
    ORDER BY starts_at, party_line, booking_id
"""


class Parties(Repository):
    """Who comes together."""

    async def of(self, booking: Booking) -> UUID:
        """The party of a locked booking, which from now on has one; nobody else adds to it until
        this transaction ends."""
        party_id = booking.party_id or booking.booking_id
        await self.connection.execute(_LOCK_PARTY, str(party_id))
        await self.connection.execute(_JOIN_PARTY, booking.booking_id, party_id)
        return party_id

    async def lock(self, party_id: UUID | None) -> None:
        """Of two who call or add to one party at once, the second waits for the first."""
        if party_id is not None:
            await self.connection.execute(_LOCK_PARTY, str(party_id))

    async def size(self, party_id: UUID | None) -> int:
        """How many bookings of the party stand; one for who is alone."""
        if party_id is None:
            return 1
        size: int = await self.connection.fetchval(_PARTY_SIZE, party_id)
        return size

    async def made_with(self, booking: Booking) -> list[Booking]:
        """The others that one request made together with this booking, in its order."""
        b = booking
        if b.party_id is None:
            return []
        rows = await self.connection.fetch(_MADE_WITH, b.party_id, b.booked_at, b.booking_id)
        return [booking_row(row) for row in rows]

    async def standing_party(
        self, offices: frozenset[str], party_id: UUID | None, apart_from: UUID
    ) -> list[Booking]:
        """The other standing bookings of a party, those of these offices."""
        if party_id is None:
            return []
        rows: list[asyncpg.Record] = await self.connection.fetch(
            _STANDING_PARTY, party_id, apart_from, list(offices)
        )
        return [booking_row(row) for row in rows]
