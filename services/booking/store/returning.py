"""The place from which a booking was brought to today, and its cells taken again."""

from uuid import UUID

import asyncpg

from libs.contracts.booking import BOOKED_UNTIL, CELL_MINUTES
from services.booking.domain.booking import Booking, Place

from .bookings import BookingStore

# The line before the one that brought the booking to where it is now, while that is to come.
_BEFORE = """
    SELECT p.office_id, p.window_id, p.starts_at, p.minutes
    FROM booking_history r JOIN booking_history p
        ON p.booking_id = r.booking_id AND p.version = r.version - 1
    WHERE r.booking_id = $1 AND r.what = 'received' AND (r.office_id, r.starts_at) = ($2, $3)
        AND p.starts_at > clock()
    ORDER BY r.version DESC LIMIT 1
"""
# All of them or none; a cell that somebody else is at counts as taken.
_TAKE = """
    WITH locked AS (
        SELECT starts_at FROM cell
        WHERE office_id = $2 AND window_id = $3 AND audience <> 'closed'
            AND starts_at >= $4 AND starts_at < $4 + $5 * interval '5 minutes'
            AND taken_until <= clock()
        ORDER BY starts_at
        FOR UPDATE SKIP LOCKED
    )
    UPDATE cell SET taken_by = $1, taken_until = 'infinity', version = cell.version + 1
    FROM locked
    WHERE cell.office_id = $2 AND cell.window_id = $3 AND cell.starts_at = locked.starts_at
        AND (SELECT count(*) FROM locked) = $5
    RETURNING cell.starts_at, cell.version, cell.audience
"""


class ReturningStore(BookingStore):
    """Bookings that go back to where they were."""

    async def place_before_received(self, booking: Booking) -> Place | None:
        """None where the booking was not brought here, or its old time has come."""
        b = booking
        row = await self.connection.fetchrow(_BEFORE, b.booking_id, b.office_id, b.starts_at)
        return Place(**row) if row else None

    async def take_again(self, booking_id: UUID, place: Place) -> bool:
        """The cells are the booking's for good; False where not all of them are free."""
        p = place
        rows: list[asyncpg.Record] = await self.connection.fetch(
            _TAKE, booking_id, p.office_id, p.window_id, p.starts_at, p.minutes // CELL_MINUTES
        )
        if rows:
            self.publish_run(p.office_id, p.window_id, rows, BOOKED_UNTIL)
        return bool(rows)
