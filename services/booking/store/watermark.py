"""How far the broker has every fact about bookings."""

from datetime import datetime, timedelta

from libs.common.outbox import PARKED_TRIES
from libs.contracts.booking import BookingWatermark

from .base import Repository

_MARGIN = timedelta(seconds=5)
"""A transaction has its time a moment before others can see that it runs."""

_OLDEST_RUNNING = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
# A fact that does not say which booking it is about cannot be set aside for that booking alone.
_UNSENT = """
    SELECT min(created_at) AS oldest, min(created_at) FILTER (WHERE booking_id IS NULL) AS other,
        coalesce(array_agg(DISTINCT booking_id) FILTER (WHERE booking_id IS NOT NULL), '{}')
            AS parked
    FROM (
        SELECT created_at, CASE WHEN attempts >= $2
            THEN CAST(CAST(body AS json) ->> 'booking_id' AS uuid) END AS booking_id
        FROM outbox WHERE sent_at IS NULL AND name LIKE 'booking.%' AND name <> $1
    ) unsent
"""
MOST_PARKED = 100
"""If the facts of more bookings are refused, it is not them but the broker: then all have to wait.
"""


class Watermarks(Repository):
    """What is on its way."""

    async def now(self) -> BookingWatermark:
        """Until when the broker has confirmed all facts about bookings.

        The order of the questions matters: what has ended by the second is seen by the third, and
        what began after the first is younger than its answer.
        """
        latest = await self.store.now() - _MARGIN
        running = await self.connection.fetchval(_OLDEST_RUNNING)
        unsent = await self.connection.fetchrow(_UNSENT, BookingWatermark.name, PARKED_TRIES)
        assert unsent is not None
        at = _earliest(latest, running, unsent["oldest"])
        if not 0 < len(unsent["parked"]) <= MOST_PARKED:
            return BookingWatermark(at=at)
        others = _earliest(latest, running, unsent["other"])
        return BookingWatermark(at=at, others_at=others, parked=tuple(unsent["parked"]))


def _earliest(*moments: datetime | None) -> datetime:
    return min(moment for moment in moments if moment is not None)
