"""Forgetting the person of a visit that is long over; the booking itself serves the counts."""

from datetime import datetime
from uuid import UUID

from .base import Repository

KEPT_DAYS = 30
"""So long after the visit, or the cancellation, the person is known."""

# A key of its own for each: 'one active booking per person' holds for rows without one, too.
_ERASE = """
WITH erased AS (
    UPDATE booking SET kana = NULL, contact = NULL, phone = NULL, needs = '{}', interpreter = NULL,
        birth_digest = '', person_key = 'erased ' || booking_id, also_keys = '{}',
        former_keys = '{}', erased_at = clock()
    WHERE booking_id IN (
        SELECT booking_id FROM booking b
        WHERE erased_at IS NULL AND (
            starts_at < clock() - make_interval(days => $1)
            OR (status = 'cancelled' AND EXISTS (
                SELECT FROM booking_history h WHERE h.booking_id = b.booking_id
                    AND h.version = b.version AND h.at < clock() - make_interval(days => $1))))
        LIMIT $2
        FOR UPDATE SKIP LOCKED)
    RETURNING booking_id, erased_at
), unaddressed AS (
    DELETE FROM address_use USING erased WHERE address_use.booking_id = erased.booking_id
), closed AS (
    DELETE FROM booking_link USING erased WHERE booking_link.booking_id = erased.booking_id
)
SELECT booking_id, erased_at FROM erased
"""


class Erasure(Repository):
    """What is kept no longer."""

    async def erase_persons(self, at_most: int) -> list[tuple[UUID, datetime]]:
        """Which bookings have no person any more, and since when. The history stays."""
        rows = await self.connection.fetch(_ERASE, KEPT_DAYS, at_most)
        return [(row["booking_id"], row["erased_at"]) for row in rows]
