"""Bookings whose time a change took away: their proposals, and how far each is settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.common.statements import Statement, insert
from libs.contracts.booking import CELL_MINUTES, CallResult, Proposal
from services.booking.domain.booking import Booking
from services.booking.tables import metadata

from .base import Repository
from .cards import is_shielded
from .held import HeldPlace, lines_of

MOST = 500
_PLACE = """
    d.change_id, d.booking_id, d.office_id, d.starts_at, d.holder, d.proposed_office_id,
    d.proposed_at, CASE WHEN d.held_until > clock() THEN d.held_until END AS held_until, d.mailed,
    d.called, d.called_at, d.called_by, b.version
"""
# What was answered, and else what became of the booking.
STATE = """
    CASE WHEN d.state <> 'open' THEN d.state
        WHEN b.status = 'cancelled' THEN 'cancelled'
        WHEN (b.office_id, b.starts_at) <> (d.office_id, d.starts_at) THEN 'moved'
        WHEN b.starts_at <= clock() OR b.status <> 'confirmed' THEN 'over'
        ELSE 'open' END
"""
_ROWS = f"SELECT {_PLACE}, {STATE} AS state FROM displaced d JOIN booking b USING (booking_id)"
_SERVED = "($1::text[] @> ARRAY['*'] OR d.office_id = ANY ($1))"
_LIST = f"""
    {_ROWS} WHERE {_SERVED} AND d.state <> 'withdrawn'
        AND ($2::text IS NULL OR d.office_id = $2) AND ($3::uuid IS NULL OR d.change_id = $3)
        AND ($4::text IS NULL OR {STATE} = $4) AND ($5 OR NOT {is_shielded("b")})
    ORDER BY d.starts_at, d.booking_id LIMIT {MOST}
"""
_NEWEST = f"""
    {_ROWS} JOIN schedule_change c USING (change_id)
    WHERE {_SERVED} AND d.booking_id = $2 AND d.state <> 'withdrawn'
        AND ($3 OR NOT {is_shielded("b")})
    ORDER BY c.at DESC LIMIT 1
"""
_OPEN = f"{_ROWS} WHERE d.booking_id = $1 AND d.state = 'open' AND {STATE} = 'open'"
_AMONG = f"""
    SELECT d.booking_id FROM displaced d JOIN booking b USING (booking_id)
    WHERE d.booking_id = ANY ($1) AND d.state = 'open' AND {STATE} = 'open'
"""
_WAITING = f"""
    SELECT d.change_id, count(*) AS waiting FROM displaced d JOIN booking b USING (booking_id)
    WHERE d.change_id = ANY ($1) AND d.state = 'open' AND {STATE} = 'open' GROUP BY d.change_id
"""
_OF_CHANGE = f"{_ROWS} WHERE d.change_id = $1 AND d.state = 'open' AND {STATE} = 'open'"
# One displacement a booking is open: an earlier one, of which nobody has made anything, gives way.
_SUPERSEDE = """
    UPDATE displaced SET state = 'withdrawn' WHERE booking_id = ANY ($1) AND state = 'open'
    RETURNING holder
"""
_INSERT = Statement(
    insert(metadata.tables["displaced"], but_for=("called", "called_at", "called_by"))
)
# The same step for many bookings: their next version, and a line of history of it.
_STEP = """
    WITH stepped AS (
        UPDATE booking SET version = version + 1 WHERE booking_id = ANY ($1)
        RETURNING booking_id, version, status, outcome, office_id, window_id, starts_at, minutes
    )
    INSERT INTO booking_history (booking_id, version, at, actor, what, status, outcome, office_id,
        window_id, starts_at, minutes)
    SELECT booking_id, version, clock(), $2, $3, status, outcome, office_id, window_id, starts_at,
        minutes
    FROM stepped
"""
_ANSWER = "UPDATE displaced SET state = $3 WHERE change_id = $1 AND booking_id = $2"
_CALLED = """
    UPDATE displaced SET called = $3, called_at = clock(), called_by = $4
    WHERE change_id = $1 AND booking_id = $2
"""
_HOLDER = "SELECT holder FROM displaced WHERE booking_id = $1 AND state = 'open'"
# All cells of all proposals, each proposal whole or not at all.
_CLAIM = """
WITH wanted AS MATERIALIZED (
    SELECT holder, office_id, window_id, first + n * interval '5 minutes' AS starts_at, cells,
        until
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[], $5::integer[],
            $6::timestamptz[]) AS place (holder, office_id, window_id, first, cells, until)
        CROSS JOIN LATERAL generate_series(0, cells - 1) AS n
), locked AS (
    SELECT w.holder, w.cells, w.until, c.office_id, c.starts_at, c.window_id
    FROM wanted w JOIN cell c USING (office_id, starts_at, window_id)
    WHERE c.audience = 'public' AND c.taken_until <= clock()
    ORDER BY c.starts_at, c.window_id
    FOR UPDATE OF c SKIP LOCKED
), whole AS (
    SELECT holder FROM locked GROUP BY holder, cells HAVING count(*) = cells
)
UPDATE cell SET taken_by = locked.holder, taken_until = locked.until, version = cell.version + 1
FROM locked JOIN whole USING (holder)
WHERE (cell.office_id, cell.starts_at, cell.window_id)
    = (locked.office_id, locked.starts_at, locked.window_id)
RETURNING locked.holder
"""
_HOLD = Statement(insert(metadata.tables["hold"], but_for=("extensions", "first_until", "earlier")))
# A later change may close a time that was proposed.
_DROP_CLOSED = """
    WITH gone AS (
        UPDATE displaced d SET proposed_office_id = NULL, proposed_at = NULL, held_until = NULL
        WHERE state = 'open' AND proposed_office_id = ANY ($1) AND EXISTS (
            SELECT FROM cell c WHERE c.office_id = d.proposed_office_id
                AND c.starts_at = d.proposed_at AND c.taken_by = d.holder
                AND c.audience = 'closed')
        RETURNING holder
    )
    DELETE FROM hold USING gone WHERE hold.holder = gone.holder
"""


@dataclass(frozen=True)
class Bid:
    """A time that is to be held for a displaced booking."""

    holder: UUID
    booking: Booking
    office_id: str
    window_id: int
    starts_at: datetime
    until: datetime

    @property
    def cells(self) -> int:
        return self.booking.minutes // CELL_MINUTES

    @property
    def lines(self) -> str | None:
        """Who comes for several procedures has them in the hold."""
        if not self.booking.also:
            return None
        place = HeldPlace(
            procedure_id=self.booking.procedure_id,
            also=self.booking.also,
            window_id=self.window_id,
            starts_at=self.starts_at,
            cells=self.cells,
        )
        return lines_of([place])


@dataclass(frozen=True)
class DisplacedBooking:
    """Where a booking stood, what is proposed, and how far that is settled. `held_until` is None
    once the proposed time is free for others; `version` is that of the booking."""

    change_id: UUID
    booking_id: UUID
    office_id: str
    starts_at: datetime
    holder: UUID | None
    proposed_office_id: str | None
    proposed_at: datetime | None
    held_until: datetime | None
    mailed: bool
    called: CallResult | None
    called_at: datetime | None
    called_by: str | None
    version: int
    state: Proposal


class DisplacedBookings(Repository):
    """Displaced bookings; `offices` are those the caller serves."""

    async def list_for(
        self, offices: Iterable[str], office_id: str | None, change_id: UUID | None,
        state: str | None, shielded: bool,
    ) -> list[DisplacedBooking]:  # fmt: skip
        """`shielded`: also those of people who are not served online."""
        rows = await self.connection.fetch(
            _LIST, list(offices), office_id, change_id, state, shielded
        )
        return list(map(_displaced, rows))

    async def newest_for(
        self, offices: Iterable[str], booking_id: UUID, shielded: bool
    ) -> DisplacedBooking | None:
        """The newest displacement of a booking. `shielded`: also of somebody who is not served
        online."""
        row = await self.connection.fetchrow(_NEWEST, list(offices), booking_id, shielded)
        return _displaced(row) if row else None

    async def open_displacement(self, booking_id: UUID) -> DisplacedBooking | None:
        """The one that waits for an answer."""
        row = await self.connection.fetchrow(_OPEN, booking_id)
        return _displaced(row) if row else None

    async def among(self, booking_ids: Iterable[UUID]) -> set[UUID]:
        """Those of the bookings that wait for an answer."""
        rows = await self.connection.fetch(_AMONG, list(booking_ids))
        return {row["booking_id"] for row in rows}

    async def open_of_change(self, change_id: UUID) -> list[DisplacedBooking]:
        return list(map(_displaced, await self.connection.fetch(_OF_CHANGE, change_id)))

    async def waiting(self, change_ids: Iterable[UUID]) -> dict[UUID, int]:
        """How many of each change wait for an answer."""
        rows = await self.connection.fetch(_WAITING, list(change_ids))
        return {row["change_id"]: row["waiting"] for row in rows}

    async def claim_bids(self, bids: list[Bid]) -> set[UUID]:
        """Hold those times that are still free; whose they are, by holder. The doors are told by
        office."""
        rows = await self.connection.fetch(
            _CLAIM,
            [bid.holder for bid in bids],
            [bid.office_id for bid in bids],
            [bid.window_id for bid in bids],
            [bid.starts_at for bid in bids],
            [bid.cells for bid in bids],
            [bid.until for bid in bids],
        )
        held = {row["holder"] for row in rows}
        await self.connection.executemany(
            _HOLD.text, [_hold_row(bid) for bid in bids if bid.holder in held]
        )
        return held

    async def supersede(self, booking_ids: list[UUID]) -> None:
        """Give back what earlier changes proposed to these bookings."""
        for row in await self.connection.fetch(_SUPERSEDE, booking_ids):
            if row["holder"]:
                await self.store.holds.release(row["holder"])

    async def displace(
        self, change_id: UUID, actor: str, lost: Sequence[tuple[Booking, Bid | None, bool]]
    ) -> None:
        """Write down which bookings lost their time, with what is held for each and whether a mail
        is written. They are locked, and get a line of history."""
        ids = [row.booking_id for row, _, _ in lost]
        await self.connection.execute(_STEP, ids, actor, "displaced")
        rows = [_displaced_values(change_id, *one) for one in lost]
        await self.connection.executemany(_INSERT.text, rows)

    async def answer(self, displaced: DisplacedBooking, state: str) -> None:
        await self.connection.execute(_ANSWER, displaced.change_id, displaced.booking_id, state)

    async def note_call(self, displaced: DisplacedBooking, result: CallResult, actor: str) -> None:
        await self.connection.execute(
            _CALLED, displaced.change_id, displaced.booking_id, result, actor
        )

    async def release_proposal(self, booking_id: UUID) -> None:
        """The booking has found another time, or is cancelled: what was held for it is free."""
        holder = await self.connection.fetchval(_HOLDER, booking_id)
        if holder is not None:
            await self.store.holds.release(holder)

    async def drop_closed_proposals(self, office_ids: Iterable[str]) -> None:
        """Proposals whose time has just been closed are none any more."""
        await self.connection.execute(_DROP_CLOSED, list(office_ids))


def _displaced_values(
    change_id: UUID, row: Booking, bid: Bid | None, mailed: bool
) -> tuple[object, ...]:
    proposed = ("holder", "proposed_office_id", "proposed_at", "held_until")
    held = (bid.holder, bid.office_id, bid.starts_at, bid.until) if bid else (None,) * 4
    return _INSERT.args(
        change_id=change_id, booking_id=row.booking_id, office_id=row.office_id,
        starts_at=row.starts_at, mailed=mailed, state="open",
        **dict(zip(proposed, held, strict=True)),
    )  # fmt: skip


def _hold_row(bid: Bid) -> tuple[object, ...]:
    return _HOLD.args(
        holder=bid.holder, office_id=bid.office_id, procedure_id=bid.booking.procedure_id,
        window_id=bid.window_id, starts_at=bid.starts_at, cells=bid.cells, expires_at=bid.until,
        change_of=bid.booking.booking_id, lines=bid.lines,
    )  # fmt: skip


def _displaced(row: asyncpg.Record) -> DisplacedBooking:
    return DisplacedBooking(**row)
