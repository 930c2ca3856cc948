"""Who has a booking already, and whose booking id is not known yet."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.booking.domain.booking import Booking

from .base import Repository
from .bookings import COLUMNS, booking_row
from .standing import TODAY, stands

_ACTIVE = f"""
    SELECT EXISTS (SELECT FROM active_person a JOIN booking b USING (booking_id)
        WHERE a.person_key = $1 AND a.person_group = $2 AND b.starts_at >= {TODAY}
        AND booking_id IS DISTINCT FROM $3)
"""

_B_COLUMNS = ", ".join(f"b.{name.strip()}" for name in COLUMNS.split(","))

_STANDING = f"""
    SELECT {_B_COLUMNS} FROM active_person a JOIN booking b USING (booking_id)
    WHERE a.person_key = ANY ($1) AND a.person_group = ANY ($2) AND b.starts_at >= {TODAY}
        AND b.booking_id IS DISTINCT FROM $3
    ORDER BY b.starts_at LIMIT 1
"""

_REACHABLE = f"""
    SELECT {_B_COLUMNS} FROM active_person a JOIN booking b USING (booking_id)
    WHERE a.person_group = ANY ($1) AND b.starts_at >= {TODAY}
        AND (b.phone IS NOT NULL OR b.kana IS NOT NULL)
    ORDER BY b.starts_at
"""

_MARK = "INSERT INTO unlinked_booking (booking_id) VALUES ($1)"

_IS_UNLINKED = "SELECT EXISTS (SELECT FROM unlinked_booking WHERE booking_id = $1)"

_UNLINKED = f"""
    SELECT {_B_COLUMNS} FROM unlinked_booking JOIN booking b USING (booking_id)
    WHERE ($1::text[] @> ARRAY['*'] OR b.office_id = ANY ($1)) AND {stands("b")}
    ORDER BY b.starts_at, b.booking_id LIMIT 200
"""


class Persons(Repository):
    """Persons, known by digests."""

    async def has_active(self, person_key: str, group: str, apart_from: UUID | None) -> bool:
        found: bool = await self.connection.fetchval(_ACTIVE, person_key, group, apart_from)
        return found

    async def standing_booking(
        self, keys: Sequence[str], groups: Sequence[str], apart_from: UUID | None = None
    ) -> Booking | None:
        """The first booking from today on that one of these persons has in one of these groups."""
        row = await self.connection.fetchrow(_STANDING, keys, groups, apart_from)
        return booking_row(row) if row else None

    async def known_bookings(self, groups: Sequence[str]) -> list[Booking]:
        """Standing bookings in these groups of which more than a date of birth is known."""
        return [booking_row(row) for row in await self.connection.fetch(_REACHABLE, groups)]

    async def mark_unlinked(self, booking_id: UUID) -> None:
        await self.connection.execute(_MARK, booking_id)

    async def is_unlinked(self, booking_id: UUID) -> bool:
        found: bool = await self.connection.fetchval(_IS_UNLINKED, booking_id)
        return found

    async def unlinked(self, offices: Iterable[str]) -> list[Booking]:
        rows = await self.connection.fetch(_UNLINKED, list(offices))
        return [booking_row(row) for row in rows]
