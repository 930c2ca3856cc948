"""Cells: who has them, and what the doors are told about them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg

from libs.contracts.booking import BOOKED_UNTIL, CELL_MINUTES, CellRun, CellsChanged
from libs.rules.masks import Windows
from services.booking.domain import Visit
from services.booking.domain.booking import Booking, Place
from services.booking.domain.phone import WindowMasks

from .base import Repository
from .held import HeldPlace, HeldTime

Audience = Literal["public", "staff", "extra"]
"""Whom a cell is for: everybody, staff alone, or the one visit that it was opened for."""

# Windows in which every cell is free by what is committed: only none of them means full.
_FREE_WINDOWS = """
    SELECT window_id FROM cell
    WHERE office_id = $1 AND starts_at = ANY ($2) AND window_id = ANY ($3)
        AND audience = $5 AND (taken_until <= clock() OR taken_by = $6)
    GROUP BY window_id HAVING count(*) = $4
"""

_TAKEN_UNTIL = """
    UPDATE cell SET taken_until = $2, version = version + 1
    WHERE taken_by = $1 AND office_id = $3 AND window_id = $4
        AND starts_at >= $5 AND starts_at < $5 + $6 * interval '5 minutes'
    RETURNING starts_at, version, audience
"""

_OWN_CELLS = """
    SELECT count(*) FROM cell
    WHERE taken_by = $1 AND office_id = $2 AND window_id = $3
        AND starts_at >= $4 AND starts_at < $4 + $5 * interval '5 minutes'
"""

FOR_STAFF: tuple[Audience, ...] = ("public", "staff")
"""Whose windows staff may take."""

_MIDNIGHT = "::date::timestamp AT TIME ZONE 'Asia/Tokyo'"

_CELLS = f"""
    SELECT (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day, window_id, audience,
        array_agg(n) AS opened,
        array_agg(n) FILTER (WHERE taken_until <= clock() OR taken_by = $4) AS free
    FROM cell, LATERAL (
        SELECT (extract(epoch FROM (starts_at AT TIME ZONE 'Asia/Tokyo')::time) / 300)::integer AS n
    ) AS numbered
    WHERE office_id = $1 AND audience IN ('public', 'staff')
        AND starts_at >= $2{_MIDNIGHT} AND starts_at < ($3::date + 1){_MIDNIGHT}
    GROUP BY day, window_id, audience
"""

_IS_EXTRA = """
    SELECT audience = 'extra' FROM cell WHERE office_id = $1 AND starts_at = $2 AND window_id = $3
"""

_TAKEN = """
    SELECT office_id, (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day, window_id,
        array_agg((extract(epoch FROM (starts_at AT TIME ZONE 'Asia/Tokyo')::time) / 300)::integer)
            AS cells
    FROM cell
    WHERE office_id = ANY ($1) AND starts_at >= $2 AND starts_at < $3 AND taken_until > clock()
    GROUP BY office_id, day, window_id
"""

_SEAT = """
WITH locked AS (
    SELECT starts_at FROM cell
    WHERE office_id = $2 AND window_id = $3 AND starts_at >= $4
        AND starts_at < $4 + $5 * interval '1 minute'
        AND audience IN ('public', 'staff') AND taken_until <= clock()
    ORDER BY starts_at
    FOR UPDATE SKIP LOCKED
)
UPDATE cell SET taken_by = $1, taken_until = 'infinity', version = cell.version + 1
FROM locked
WHERE cell.office_id = $2 AND cell.window_id = $3 AND cell.starts_at = locked.starts_at
    AND (SELECT count(*) FROM locked) * 5 = $5
RETURNING cell.starts_at, cell.version, cell.audience
"""

_KEEP_CELLS = """
    UPDATE cell SET taken_by = $2, taken_until = 'infinity', version = version + 1
    WHERE taken_by = $1 AND office_id = $3 AND window_id = $4
        AND starts_at >= $5 AND starts_at < $5 + $6 * interval '5 minutes'
        AND audience <> 'closed'
    RETURNING starts_at, version, audience
"""

# Where the old and the new time of a booking share cells, they go with the new one.
_LEND = """
    UPDATE cell SET taken_by = $1
    WHERE taken_by = $2 AND office_id = $3 AND window_id = $4
        AND starts_at >= $5 AND starts_at < $5 + $6 * interval '5 minutes'
"""

_FREE_CELLS = """
    UPDATE cell SET taken_by = NULL, taken_until = '-infinity', version = version + 1
    WHERE taken_by = $1 AND office_id = $2 AND window_id = $3
        AND starts_at >= $4 AND starts_at < $4 + $5 * interval '1 minute'
    RETURNING starts_at, version, audience
"""

# Cells stay taken for good: who has them concerns no door, so neither their version nor a fact
# tells of it. All of both bookings change hands, or the caller rolls back.
_EXCHANGE = """
    WITH locked AS (
        SELECT c.office_id, c.starts_at, c.window_id FROM cell c
        JOIN unnest($3::text[], $4::integer[], $5::timestamptz[], $6::integer[])
            AS place (office_id, window_id, starts_at, minutes)
            ON c.office_id = place.office_id AND c.window_id = place.window_id
            AND c.starts_at >= place.starts_at
            AND c.starts_at < place.starts_at + make_interval(mins => place.minutes)
        WHERE c.taken_by IN ($1, $2) AND c.taken_until = 'infinity'
        ORDER BY c.office_id, c.window_id, c.starts_at
        FOR UPDATE OF c
    )
    UPDATE cell SET taken_by = CASE WHEN cell.taken_by = $1 THEN $2 ELSE $1 END
    FROM locked
    WHERE cell.office_id = locked.office_id AND cell.starts_at = locked.starts_at
        AND cell.window_id = locked.window_id
"""

# All of them or none; a cell that somebody else is at counts as taken.
_TAKE_AGAIN = """
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


class Cells(Repository):
    """Five minutes of a window each."""

    def publish_run(
        self, office_id: str, window_id: int, rows: list[asyncpg.Record], taken_until: float
    ) -> None:
        """Tell the doors about cells (starts_at, version, audience) of one window: those that
        citizens may take, which the others' calendars must not show."""
        cells = sorted(
            (row["starts_at"], row["version"]) for row in rows if row["audience"] == "public"
        )
        runs = tuple(
            CellRun(
                window_id=window_id,
                starts_at=run[0][0],
                versions=tuple(version for _, version in run),
                taken_until=taken_until,
            )
            for run in _neighbours(cells)
        )
        if runs:
            self.store.publish(CellsChanged(office_id=office_id, runs=runs))

    async def free_windows(
        self, visit: Visit, audience: Audience = "public", own: UUID | None = None
    ) -> list[int]:
        """The windows that could take the visit, by what is committed now, ascending. The cells of
        the booking that is to move there, its `own`, are free for it."""
        rows = await self.connection.fetch(
            _FREE_WINDOWS, visit.office_id, visit.starts, visit.windows, len(visit.starts),
            audience, own,
        )  # fmt: skip
        return sorted(row["window_id"] for row in rows)

    async def set_taken_until(self, held: HeldTime, place: HeldPlace) -> bool:
        """The cells of one person are taken as long as the hold; False where one was lost."""
        rows = await self.connection.fetch(
            _TAKEN_UNTIL,
            held.holder,
            held.expires_at,
            held.office_id,
            place.window_id,
            place.starts_at,
            place.cells,
        )
        if len(rows) + await self._own_cells(held, place) != place.cells:
            return False
        self.publish_run(held.office_id, place.window_id, rows, held.expires_at.timestamp())
        return True

    async def _own_cells(self, held: HeldTime, place: HeldPlace) -> int:
        """How many of the cells the booking has already that is to move there."""
        if held.change_of is None:
            return 0
        count: int = await self.connection.fetchval(
            _OWN_CELLS, held.change_of, held.office_id, place.window_id, place.starts_at,
            place.cells,
        )  # fmt: skip
        return count

    async def windows_for_staff(self, visit: Visit, own: UUID | None = None) -> dict[int, Audience]:
        """The windows that could take the visit, by what is committed now, each with whom it is
        for."""
        found: dict[int, Audience] = {}
        for audience in FOR_STAFF:
            found |= dict.fromkeys(await self.free_windows(visit, audience, own), audience)
        return found

    async def between(
        self, office_id: str, first: date, last: date, own: UUID | None = None
    ) -> dict[date, list[WindowMasks]]:
        """The cells that staff may take, taken or not, by day; those of the booking that is to
        move, its `own`, are free."""
        days: dict[date, list[WindowMasks]] = {}
        for row in await self.connection.fetch(_CELLS, office_id, first, last, own):
            cells = WindowMasks(
                row["window_id"], row["audience"], _mask(row["opened"]), _mask(row["free"] or ())
            )
            days.setdefault(row["day"], []).append(cells)
        return days

    async def is_extra(self, held: HeldTime) -> bool:
        """Whether the held windows were opened for this hold alone; all of them were, or none."""
        found: bool | None = await self.connection.fetchval(
            _IS_EXTRA, held.office_id, held.starts_at, held.window_id
        )
        return bool(found)

    async def taken(
        self, office_ids: Iterable[str], begin: datetime, end: datetime
    ) -> dict[tuple[str, date], Windows]:
        """The cells that somebody has."""
        found: dict[tuple[str, date], Windows] = {}
        for row in await self.connection.fetch(_TAKEN, list(office_ids), begin, end):
            windows = found.setdefault((row["office_id"], row["day"]), {})
            windows[row["window_id"]] = sum(1 << cell for cell in row["cells"])
        return found

    async def seat(self, row: Booking, window_id: int) -> bool:
        """Take the booking's time at another window as well. False where somebody was faster."""
        rows = await self.connection.fetch(
            _SEAT, row.booking_id, row.office_id, window_id, row.starts_at, row.minutes
        )
        if rows:
            self.publish_run(row.office_id, window_id, rows, BOOKED_UNTIL)
        return bool(rows)

    async def keep(self, held: HeldTime, place: HeldPlace, booking_id: UUID) -> bool:
        """The cells of one person become the booking's; False where the hold had lost one, or the
        office is closed by now."""
        h, p = held, place
        rows = await self.connection.fetch(
            _KEEP_CELLS, h.holder, booking_id, h.office_id, p.window_id, p.starts_at, p.cells
        )
        if len(rows) != p.cells:
            return False
        self.publish_run(h.office_id, p.window_id, rows, BOOKED_UNTIL)
        return True

    async def exchange_for_held(self, held: HeldTime, booking: Booking) -> bool:
        """The held cells become those of the booking, which gives back its old ones but for what
        both have. False where the hold had lost one, or the office is closed by now."""
        h, p = held, held.places[0]
        await self.connection.execute(
            _LEND, h.holder, booking.booking_id, h.office_id, p.window_id, p.starts_at, p.cells
        )
        await self.free(booking)
        return await self.keep(held, p, booking.booking_id)

    async def free(self, booking: Booking) -> None:
        """The booking's cells are free for others."""
        b = booking
        rows = await self.connection.fetch(
            _FREE_CELLS, b.booking_id, b.office_id, b.window_id, b.starts_at, b.minutes
        )
        if rows:
            self.publish_run(b.office_id, b.window_id, rows, 0)

    async def exchange(self, one: Booking, other: Booking) -> bool:
        """Each of two locked bookings gets the cells of the other; False where some of them are not
        theirs: then this transaction must roll back."""
        both = (one, other)
        done: str = await self.connection.execute(
            _EXCHANGE, one.booking_id, other.booking_id, [row.office_id for row in both],
            [row.window_id for row in both], [row.starts_at for row in both],
            [row.minutes for row in both],
        )  # fmt: skip
        return done == f"UPDATE {(one.minutes + other.minutes) // CELL_MINUTES}"

    async def take_again(self, booking_id: UUID, place: Place) -> bool:
        """The cells are the booking's for good; False where not all of them are free."""
        p = place
        rows: list[asyncpg.Record] = await self.connection.fetch(
            _TAKE_AGAIN,
            booking_id,
            p.office_id,
            p.window_id,
            p.starts_at,
            p.minutes // CELL_MINUTES,
        )
        if rows:
            self.publish_run(p.office_id, p.window_id, rows, BOOKED_UNTIL)
        return bool(rows)


def _neighbours(cells: list[tuple[datetime, int]]) -> list[list[tuple[datetime, int]]]:
    """Cells in order of time, parted where one is missing."""
    runs: list[list[tuple[datetime, int]]] = []
    for cell in cells:
        if runs and cell[0] - runs[-1][-1][0] == timedelta(minutes=CELL_MINUTES):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _mask(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)
