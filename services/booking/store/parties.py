"""Taking several times at once: each by a statement of its own, all in one transaction or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.contracts.booking import CELL_MINUTES
from services.booking.domain import Visit

from .holds import HeldPlace, HoldStore, lines_of

# All cells of one window or none; whoever is there already is passed over, not waited for.
_TAKE = """
WITH locked AS (
    SELECT starts_at FROM cell
    WHERE office_id = $2 AND window_id = $3 AND starts_at = ANY ($4)
        AND audience = 'public' AND taken_until <= clock()
    ORDER BY starts_at
    FOR UPDATE SKIP LOCKED
)
UPDATE cell SET taken_by = $1, taken_until = $6, version = cell.version + 1
FROM locked
WHERE cell.office_id = $2 AND cell.window_id = $3 AND cell.starts_at = locked.starts_at
    AND (SELECT count(*) FROM locked) = $5
RETURNING cell.starts_at, cell.version
"""
_HOLD = """
    INSERT INTO hold (holder, office_id, procedure_id, window_id, starts_at, cells, expires_at,
        change_of, lines)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


class PartyStore(HoldStore):
    """Holds of several people, or of one person with several procedures."""

    async def claim_all(
        self, holder: UUID, visits: Sequence[Visit], windows: Sequence[int], until: datetime,
        change_of: UUID | None,
    ) -> bool:  # fmt: skip
        """Hold every visit at its window. False where one of them could not be taken just now: then
        this transaction must roll back.

        Everybody takes windows and times in ascending order, so that of two who want the same the
        first to come wins all of it.
        """
        for visit, window in sorted(
            zip(visits, windows, strict=True), key=lambda one: (one[1], one[0].starts_at)
        ):
            if not await self._take(holder, visit, window, until):
                return False
        places = [_place(visit, window) for visit, window in zip(visits, windows, strict=True)]
        first, office_id = places[0], visits[0].office_id
        await self.connection.execute(
            _HOLD, holder, office_id, first.procedure_id, first.window_id, first.starts_at,
            first.cells, until, change_of, lines_of(places),
        )  # fmt: skip
        return True

    async def _take(self, holder: UUID, visit: Visit, window: int, until: datetime) -> bool:
        rows: list[asyncpg.Record] = await self.connection.fetch(
            _TAKE, holder, visit.office_id, window, visit.starts, len(visit.starts), until
        )
        if rows:
            self.publish_run(visit.office_id, window, rows, until.timestamp())
        return bool(rows)


def _place(visit: Visit, window: int) -> HeldPlace:
    return HeldPlace(
        procedure_id=visit.procedure.procedure_id,
        also=tuple(procedure.procedure_id for procedure in visit.also),
        window_id=window,
        starts_at=visit.starts_at,
        cells=visit.minutes // CELL_MINUTES,
    )
