"""How far the broker has every fact about bookings."""

from datetime import datetime, timedelta

from libs.contracts.booking import BookingWatermark

from .base import BaseStore

_MARGIN = timedelta(seconds=5)
"""A transaction has its time a moment before others can see that it runs."""

_OLDEST_RUNNING = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
_OLDEST_UNSENT = """
    SELECT min(created_at) FROM outbox
    WHERE sent_at IS NULL AND name LIKE 'booking.%' AND name <> $1
"""


class WatermarkStore(BaseStore):
    """What is on its way."""

    async def told_until(self) -> datetime:
        """All facts about bookings written before this moment are confirmed by the broker.

        The order of the questions matters: what has ended by the second is seen by the third, and
        what began after the first is younger than its answer.
        """
        latest = await self.now() - _MARGIN
        running = await self.connection.fetchval(_OLDEST_RUNNING)
        unsent = await self.connection.fetchval(_OLDEST_UNSENT, BookingWatermark.name)
        return min(moment for moment in (latest, running, unsent) if moment is not None)
