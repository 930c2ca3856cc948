"""What each origin has: counted under a lock of the origin, so that no crowd passes together."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.booking.domain.ceilings import COUNTED_HOURS, FREE_CELLS, Load

from .base import Repository

# $1 digests of one origin, of today and yesterday  $2 office  $3 day of the visit  $4 who asks
_LOAD = """
    SELECT clock() AS now, coalesce(sum(cells), 0) AS everywhere,
        coalesce(sum(cells) FILTER (WHERE there), 0) AS here,
        min(taken_at) FILTER (WHERE there) AS oldest
    FROM (
        SELECT cells, taken_at, (office_id, day) = ($2, $3) AS there FROM origin_time
        WHERE origin = ANY ($1) AND counts_until > clock() AND holder <> $4) AS counted
"""
_COUNT = """
    INSERT INTO origin_time (holder, origin, office_id, day, cells, taken_at, counts_until)
    SELECT holder, $2, $3, $4, $5, clock(), expires_at FROM hold WHERE holder = $1
    ON CONFLICT (holder) DO UPDATE SET origin = $2, office_id = $3, day = $4, cells = $5,
        taken_at = excluded.taken_at, counts_until = excluded.counts_until
"""
_EXTEND = """
    UPDATE origin_time SET counts_until = hold.expires_at FROM hold
    WHERE hold.holder = $1 AND origin_time.holder = $1
"""
_KEEP = """
    UPDATE origin_time SET holder = gen_random_uuid(), cells = $2,
        counts_until = clock() + make_interval(hours => $3)
    WHERE holder = $1
"""
_DROP = "DELETE FROM origin_time WHERE holder = $1"
_PRUNE = "DELETE FROM origin_time WHERE counts_until < clock()"
_OVER = """
    SELECT count(*) FROM (
        SELECT FROM origin_time WHERE counts_until > clock()
        GROUP BY origin HAVING sum(cells) > $1) AS over
"""


class Origins(Repository):
    """`origin` is a digest that names no address and changes each day. A row is a hold, or time
    that was booked by name, which no longer says by whom."""

    async def load_of(
        self, origins: Sequence[str], office_id: str, day: date, holder: UUID
    ) -> Load:
        row = await self.connection.fetchrow(_LOAD, origins, office_id, day, holder)
        assert row is not None
        return Load(**row)

    async def count_hold(
        self, holder: UUID, origin: str, office_id: str, day: date, cells: int
    ) -> None:
        """What the holder holds counts for the origin until it expires."""
        await self.connection.execute(_COUNT, holder, origin, office_id, day, cells)

    async def count_longer(self, holder: UUID) -> None:
        """The hold was extended."""
        await self.connection.execute(_EXTEND, holder)

    async def count_booked(self, holder: UUID, named_cells: int) -> None:
        """The hold became bookings; those by name alone go on counting, without the holder."""
        if named_cells:
            await self.connection.execute(_KEEP, holder, named_cells, COUNTED_HOURS)
        else:
            await self.connection.execute(_DROP, holder)

    async def origins_over(self) -> int:
        """How many origins are beyond what is free."""
        over: int = await self.connection.fetchval(_OVER, FREE_CELLS)
        return over

    async def prune_origins(self) -> None:
        await self.connection.execute(_PRUNE)
