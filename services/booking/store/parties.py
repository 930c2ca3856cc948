"""Parties: several times taken in one transaction or none, and bookings that belong together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.contracts.booking import CELL_MINUTES
from services.booking.domain import Visit
from services.booking.domain.booking import Booking
from services.booking.domain.holding import Holding

from .bookings import COLUMNS, BookingStore, booking_row
from .holds import Audience, HeldPlace, earlier_of, lines_of
from .standing import stands

# All cells of one window or none; whoever is there already is passed over, not waited for. A
# booking that is to move there ($8) keeps the cells it has: the hold is the others, and nothing is
# lost when it ends.
_TAKE = """
WITH locked AS (
    SELECT starts_at, coalesce(taken_by = $8, false) AS own FROM cell
    WHERE office_id = $2 AND window_id = $3 AND starts_at = ANY ($4)
        AND audience = $7 AND (taken_until <= clock() OR taken_by = $8)
    ORDER BY starts_at
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE cell SET taken_by = $1, taken_until = $6, version = cell.version + 1
    FROM locked
    WHERE cell.office_id = $2 AND cell.window_id = $3 AND cell.starts_at = locked.starts_at
        AND NOT locked.own AND (SELECT count(*) FROM locked) = $5
    RETURNING cell.starts_at, cell.version, cell.audience
)
SELECT (SELECT count(*) FROM locked) = $5 AS whole, taken.*
FROM (SELECT) AS always LEFT JOIN taken ON true
"""
_HOLD = """
    INSERT INTO hold (holder, office_id, procedure_id, window_id, starts_at, cells, expires_at,
        change_of, lines, extensions, first_until, earlier)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
# Two who add somebody at the same time follow one another, so that each counts the other.
_LOCK_PARTY = "SELECT pg_advisory_xact_lock(hashtextextended('party ' || $1::text, 0))"
_JOIN = "UPDATE booking SET party_id = $2 WHERE booking_id = $1 AND party_id IS NULL"
_SIZE = f"SELECT count(*) FROM booking WHERE party_id = $1 AND {stands()}"
_MADE_WITH = f"""
    SELECT {COLUMNS} FROM booking
    WHERE party_id = $1 AND booked_at = $2 AND booking_id <> $3 ORDER BY party_line
"""


class PartyStore(BookingStore):
    """Holds of several people, or of one person with several procedures; and their bookings."""

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
        await self.write_hold(holder, visits[0].office_id, places, held, change_of)
        return True

    async def write_hold(
        self, holder: UUID, office_id: str, places: Sequence[HeldPlace], held: Holding,
        change_of: UUID | None = None,
    ) -> None:  # fmt: skip
        """The hold over cells that this transaction has taken."""
        first = places[0]
        await self.connection.execute(
            _HOLD, holder, office_id, first.procedure_id, first.window_id, first.starts_at,
            first.cells, held.until, change_of, lines_of(places), held.used, held.first_until,
            earlier_of(held),
        )  # fmt: skip

    async def party_of(self, booking: Booking) -> UUID:
        """The party of a locked booking, which from now on has one; nobody else adds to it until
        this transaction ends."""
        party_id = booking.party_id or booking.booking_id
        await self.connection.execute(_LOCK_PARTY, str(party_id))
        await self.connection.execute(_JOIN, booking.booking_id, party_id)
        return party_id

    async def party_size(self, party_id: UUID | None) -> int:
        """How many bookings of the party stand; one for who is alone."""
        if party_id is None:
            return 1
        size: int = await self.connection.fetchval(_SIZE, party_id)
        return size

    async def made_with(self, booking: Booking) -> list[Booking]:
        """The others that one request made together with this booking, in its order."""
        b = booking
        if b.party_id is None:
            return []
        rows = await self.connection.fetch(_MADE_WITH, b.party_id, b.booked_at, b.booking_id)
        return [booking_row(row) for row in rows]

    async def _take(
        self, holder: UUID, visit: Visit, window: int, until: datetime, audience: Audience,
        own: UUID | None,
    ) -> bool:  # fmt: skip
        found: list[asyncpg.Record] = await self.connection.fetch(
            _TAKE, holder, visit.office_id, window, visit.starts, len(visit.starts), until,
            audience, own,
        )  # fmt: skip
        taken = [row for row in found if row["version"] is not None]
        self.publish_run(visit.office_id, window, taken, until.timestamp())
        whole: bool = found[0]["whole"]
        return whole


def place_of(visit: Visit, window: int) -> HeldPlace:
    return HeldPlace(
        procedure_id=visit.procedure.procedure_id,
        also=tuple(procedure.procedure_id for procedure in visit.also),
        window_id=window,
        starts_at=visit.starts_at,
        cells=visit.minutes // CELL_MINUTES,
    )
