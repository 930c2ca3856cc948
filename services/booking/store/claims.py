"""Taking a time: one statement for one person, so that nobody sees half of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from libs.common.logs import request_id
from libs.common.statements import Statement
from libs.contracts.booking import CellsChanged
from services.booking.domain import Visit
from services.booking.domain.holding import Holding

from .base import Repeated, Repository, Request
from .cells import Audience
from .held import earlier_of, place_of

# gate: the first window in which all cells are free; whoever locks its first cell goes on, and
# everybody else skips to the next window. locked: all cells or none count. Its conditions hold for
# the row as it is locked, which somebody may have closed or taken since the gate was read. Nothing
# happens unless every cell was locked: the rest of the statement feeds on `claimed`. A second
# request with the same key fails on the key's primary key and takes the whole statement with it.
CLAIM = Statement("""
WITH gate AS (
    SELECT c.window_id FROM cell c
    WHERE c.office_id = :office_id AND c.starts_at = (:starts::timestamptz[])[1]
        AND c.window_id = ANY (:windows)
        AND c.audience = 'public' AND c.taken_until <= clock()
        AND :cells = (
            SELECT count(*) FROM cell n
            WHERE n.office_id = :office_id AND n.starts_at = ANY (:starts)
                AND n.window_id = c.window_id
                AND n.audience = 'public' AND n.taken_until <= clock())
    ORDER BY c.window_id LIMIT 1
    FOR UPDATE OF c SKIP LOCKED
), locked AS (
    SELECT n.window_id, n.starts_at FROM cell n JOIN gate USING (window_id)
    WHERE n.office_id = :office_id AND n.starts_at = ANY (:starts)
        AND n.audience = 'public' AND n.taken_until <= clock()
    ORDER BY n.starts_at
    FOR UPDATE OF n SKIP LOCKED
), claimed AS (
    UPDATE cell SET taken_by = :holder, version = cell.version + 1,
        taken_until = :until
    FROM locked
    WHERE cell.office_id = :office_id AND cell.starts_at = locked.starts_at
        AND cell.window_id = locked.window_id AND (SELECT count(*) FROM locked) = :cells
    RETURNING cell.window_id, cell.starts_at, cell.version, cell.taken_until
), held AS (
    INSERT INTO hold (holder, office_id, procedure_id, window_id, starts_at, cells, expires_at,
        extensions, first_until, earlier)
    SELECT :holder, :office_id, :procedure_id, window_id, starts_at, :cells, taken_until,
        :extensions, :first_until, :earlier
    FROM claimed WHERE starts_at = (:starts::timestamptz[])[1]
    RETURNING window_id, starts_at, expires_at
), keyed AS (
    INSERT INTO idempotency_key (scope, key, request_digest, reply)
    SELECT :scope, :key, :digest, :holder FROM held
), published AS (
    INSERT INTO outbox (fact_id, name, body, mandatory, request_id)
    SELECT :fact_id, :fact_name, jsonb_build_object('office_id', :office_id::text,
        'runs', jsonb_build_array(jsonb_build_object(
            'window_id', held.window_id, 'starts_at', held.starts_at,
            'versions', (SELECT jsonb_agg(version ORDER BY starts_at) FROM claimed),
            'taken_until', extract(epoch FROM held.expires_at))))::text, false, :request_id
    FROM held
)
SELECT FROM held
""")

# All cells of one window or none; whoever is there already is passed over, not waited for. A
# booking that is to move there (`own`) keeps the cells it has: the hold is the others, and nothing
# is lost when it ends.
_TAKE = Statement("""
WITH locked AS (
    SELECT starts_at, coalesce(taken_by = :own, false) AS own FROM cell
    WHERE office_id = :office_id AND window_id = :window_id AND starts_at = ANY (:starts)
        AND audience = :audience AND (taken_until <= clock() OR taken_by = :own)
    ORDER BY starts_at
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE cell SET taken_by = :holder, taken_until = :until, version = cell.version + 1
    FROM locked
    WHERE cell.office_id = :office_id AND cell.window_id = :window_id
        AND cell.starts_at = locked.starts_at
        AND NOT locked.own AND (SELECT count(*) FROM locked) = :cells
    RETURNING cell.starts_at, cell.version, cell.audience
)
SELECT (SELECT count(*) FROM locked) = :cells AS whole, taken.*
FROM (SELECT) AS always LEFT JOIN taken ON true
""")


class Claims(Repository):
    """Cells become somebody's, all that were asked for or none."""

    async def claim(self, holder: UUID, visit: Visit, held: Holding, request: Request) -> bool:
        """Hold the visit on these terms. False where no window had all cells free and unlocked:
        that is not yet 'full'.

        Raises Repeated when the key was used before.
        """
        query = CLAIM(
            **vars(request), holder=holder, office_id=visit.office_id, starts=visit.starts,
            windows=visit.windows, cells=len(visit.starts), until=held.until,
            procedure_id=visit.procedure.procedure_id, fact_id=uuid4(),
            fact_name=CellsChanged.name, request_id=request_id.get(), extensions=held.used,
            first_until=held.first_until, earlier=earlier_of(held),
        )  # fmt: skip
        try:
            row = await self.connection.fetchrow(*query)
        except asyncpg.UniqueViolationError:
            raise Repeated from None
        self.store.published = row is not None
        return self.store.published

    async def claim_all(
        self, holder: UUID, visits: Sequence[Visit], windows: Sequence[int], held: Holding,
        change_of: UUID | None, audiences: Sequence[Audience] = (), own: UUID | None = None,
    ) -> bool:  # fmt: skip
        """Hold every visit at its window, which is for everybody unless `audiences` says for whom.
        The cells of the booking that is to move there, its `own`, are free for it.
        False where one of them could not be taken just now: then this transaction must roll back.

        Everybody takes windows and times in ascending order, so that of two who want the same the
        first to come wins all of it.
        """
        whom = audiences or ["public"] * len(visits)
        for visit, window, audience in sorted(
            zip(visits, windows, whom, strict=True), key=lambda one: (one[1], one[0].starts_at)
        ):
            if not await self._take(holder, visit, window, held.until, audience, own):
                return False
        places = [place_of(visit, window) for visit, window in zip(visits, windows, strict=True)]
        await self.store.holds.write(holder, visits[0].office_id, places, held, change_of)
        return True

    async def _take(
        self, holder: UUID, visit: Visit, window: int, until: datetime, audience: Audience,
        own: UUID | None,
    ) -> bool:  # fmt: skip
        query = _TAKE(
            holder=holder, office_id=visit.office_id, window_id=window, starts=visit.starts,
            cells=len(visit.starts), until=until, audience=audience, own=own,
        )  # fmt: skip
        found: list[asyncpg.Record] = await self.connection.fetch(*query)
        taken = [row for row in found if row["version"] is not None]
        self.store.cells.publish_run(visit.office_id, window, taken, until.timestamp())
        whole: bool = found[0]["whole"]
        return whole
