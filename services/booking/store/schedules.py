"""Changes of timetables: what stands in their way, the cells they open and close, their log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from services.booking.domain.schedules.impact import Standing

from .base import Repository
from .standing import is_expected
from .timetables import LOCK_CELLS, RUNS, Run, columns_of

# Less than the database takes to call it a deadlock: it is this transaction that gives way.
_IMPATIENT = "SET LOCAL lock_timeout = '300ms'"

# The cells that the runs do not open any more. Nobody takes them until this transaction ends.
_LOCK_CLOSING = f"""
    WITH wanted AS MATERIALIZED ({RUNS})
    SELECT FROM cell
    WHERE office_id = ANY ($7) AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = ANY ($8)
        AND starts_at >= $9 AND starts_at < $10 AND audience <> 'extra'
        AND NOT EXISTS (SELECT FROM wanted w WHERE (w.office_id, w.starts_at, w.window_id)
            = (cell.office_id, cell.starts_at, cell.window_id) AND w.audience = cell.audience)
    ORDER BY office_id, starts_at, window_id
    FOR UPDATE
"""
# $1: procedures that are tied to where the card is
_COLUMNS = """
    b.booking_id, b.version, b.number, b.office_id, b.window_id, b.starts_at, b.minutes,
    b.procedure_id, b.also, b.contact IS NOT NULL AS has_email, b.party_id AS party,
    (b.also || b.procedure_id) && $1::text[] AS bound, b.visitor = 'guardian' AS guarded
"""
_STANDING = f"""
    SELECT {_COLUMNS} FROM booking b
    WHERE b.office_id = $2 AND {is_expected("b")} AND b.starts_at > clock()
        AND b.starts_at >= $3 AND b.starts_at < $4
    ORDER BY b.starts_at, b.booking_id
"""
_OTHER_CHILDREN = f"""
    SELECT {_COLUMNS} FROM booking b
    WHERE b.party_id = ANY ($2) AND NOT b.booking_id = ANY ($3) AND b.visitor = 'guardian'
        AND {is_expected("b")} AND b.starts_at > clock()
"""
_LOCK_STANDING = f"{_STANDING} FOR UPDATE OF b NOWAIT"

# A cell that comes back is newer than whatever a door remembers of it.
_NEWER = "(extract(epoch FROM clock()) - 1577836800)::integer"
_TURN = f"""
    WITH wanted AS MATERIALIZED ({RUNS})
    UPDATE cell SET audience = w.audience, version = cell.version + 1
    FROM wanted w
    WHERE (w.office_id, w.starts_at, w.window_id)
            = (cell.office_id, cell.starts_at, cell.window_id)
        AND cell.audience <> w.audience AND cell.audience <> 'extra'
"""
_OPEN = f"""
    INSERT INTO cell (office_id, starts_at, window_id, audience, version)
    SELECT office_id, starts_at, window_id, audience, {_NEWER} FROM ({RUNS}) AS wanted
    ON CONFLICT DO NOTHING
"""
_GONE = f"""
    office_id = ANY ($7) AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = ANY ($8)
        AND starts_at >= $9 AND starts_at < $10 AND audience <> 'extra'
        AND NOT EXISTS (SELECT FROM ({RUNS}) AS w WHERE (w.office_id, w.starts_at, w.window_id)
            = (cell.office_id, cell.starts_at, cell.window_id))
"""
_DROP = f"DELETE FROM cell WHERE taken_until <= clock() AND {_GONE}"
_CLOSE = f"""
    UPDATE cell SET audience = 'closed', version = version + 1
    WHERE audience <> 'closed' AND {_GONE}
"""
_PRUNE_CLOSED = "DELETE FROM cell WHERE audience = 'closed' AND taken_until <= clock()"


@dataclass(frozen=True)
class Span:
    """Days of offices, between two moments that all of them lie within."""

    office_ids: Sequence[str]
    days: Sequence[date]
    begin: datetime
    end: datetime

    @property
    def values(self) -> tuple[object, ...]:
        return list(self.office_ids), list(self.days), self.begin, self.end


class Schedules(Repository):
    """What a change of timetables reads and writes beside the timetables."""

    async def lock_timetables(self) -> None:
        await self.connection.execute(LOCK_CELLS)
        await self.connection.execute(_IMPATIENT)

    async def lock_closing(self, span: Span, runs: Sequence[Run]) -> None:
        """Nobody takes or gives back a cell that `runs` leave out, until this transaction ends.
        Raises asyncpg.LockNotAvailableError."""
        await self.connection.execute(_LOCK_CLOSING, *columns_of(runs), *span.values)

    async def standing(
        self, office_id: str, begin: datetime, end: datetime, tied: list[str], lock: bool = False
    ) -> list[Standing]:
        """Bookings to come; bound are those for procedures that are `tied` to where the card is.
        Raises asyncpg.LockNotAvailableError where one is being changed."""
        query = _LOCK_STANDING if lock else _STANDING
        rows = await self.connection.fetch(query, tied, office_id, begin, end)
        return [*map(_standing, rows)]

    async def other_children(self, affected: Sequence[Standing]) -> list[Standing]:
        """Whom the guardians of these come with as well, and who are not among them."""
        parties = list({one.party for one in affected if one.guarded and one.party})
        if not parties:
            return []
        ids = [one.booking_id for one in affected]
        rows = await self.connection.fetch(_OTHER_CHILDREN, [], parties, ids)
        return [*map(_standing, rows)]

    async def lay_out_anew(self, span: Span, runs: Sequence[Run]) -> None:
        """The days have exactly the cells of `runs`; what somebody has beside them is closed: it
        stays with whoever has it, and is given to nobody afterwards."""
        columns = columns_of(runs)
        await self.connection.execute(_DROP, *columns, *span.values)
        await self.connection.execute(_CLOSE, *columns, *span.values)
        await self.connection.execute(_TURN, *columns)
        await self.connection.execute(_OPEN, *columns)

    async def prune_closed(self) -> None:
        """Closed cells that nobody has any more."""
        await self.connection.execute(_PRUNE_CLOSED)


def _standing(row: asyncpg.Record) -> Standing:
    values = dict(row)
    wish = (values.pop("procedure_id"), *values.pop("also"))
    return Standing(wish=wish, **values)
