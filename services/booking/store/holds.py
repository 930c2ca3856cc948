"""Holds: one time for each session, or for each form of staff."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.statements import Statement, insert
from libs.contracts.booking import Arrangement
from services.booking.domain import EXTENSION_MINUTES, EXTENSIONS, Visit
from services.booking.domain.holding import Earlier, Holding
from services.booking.tables import metadata

from .base import Repository
from .held import EARLIER, HeldPlace, HeldTime, earlier_of, held_time, lines_of, place_of, places_in

_HOLD_COLUMNS = """
    holder, office_id, procedure_id, window_id, starts_at, cells, expires_at, extensions, change_of,
    first_until, lines, clock() AS read_at
"""

_HOLD = f"SELECT {_HOLD_COLUMNS} FROM hold WHERE holder = $1 AND expires_at > clock()"


_TAKE_HOLD = f"""
    DELETE FROM hold WHERE holder = $1 AND expires_at > clock() RETURNING {_HOLD_COLUMNS}
"""

_EXTEND = f"""
    UPDATE hold SET extensions = extensions + 1,
        expires_at = expires_at + make_interval(mins => $2)
    WHERE holder = $1 AND expires_at > clock() AND extensions < $3
        AND expires_at < first_until + make_interval(mins => $2 * $3)
    RETURNING {_HOLD_COLUMNS}
"""

_RENEW = """
    UPDATE hold SET expires_at = greatest(expires_at, clock() + make_interval(mins => $2))
    WHERE holder = $1 AND expires_at > clock()
"""

# What the holder held before, given back: the first half of choosing again. Also where nothing is
# left to give back, it says since when the holder had it.
_RELEASE = """
WITH previous AS (
    DELETE FROM hold WHERE holder = $1
    RETURNING office_id, window_id, starts_at, cells, lines, first_until, extensions, expires_at,
        earlier
), freed AS (
    UPDATE cell SET taken_by = NULL, taken_until = '-infinity', version = cell.version + 1
    FROM previous p
    WHERE cell.office_id = p.office_id AND cell.window_id = p.window_id
        AND cell.starts_at >= p.starts_at
        AND cell.starts_at < p.starts_at + p.cells * interval '5 minutes'
        AND cell.taken_by = $1
    RETURNING cell.starts_at, cell.version, cell.audience
)
SELECT p.office_id, p.window_id, p.starts_at AS began, p.lines, p.first_until, p.extensions,
    p.expires_at, p.earlier, freed.*
FROM previous p LEFT JOIN freed ON true
"""


# The same for the times of the people who come along.
_RELEASE_LINE = """
    UPDATE cell SET taken_by = NULL, taken_until = '-infinity', version = version + 1
    WHERE taken_by = $1 AND office_id = $2 AND window_id = $3
        AND starts_at >= $4 AND starts_at < $4 + $5 * interval '5 minutes'
    RETURNING starts_at, version, audience
"""

_WRITE = Statement(insert(metadata.tables["hold"]))

# One after the other at an office, so that two visits over capacity get a window each.
_LOCK_EXTRA = "SELECT pg_advisory_xact_lock(hashtextextended('extra ' || $1::text, 0))"

_DROP_SPARE = """
    DELETE FROM cell WHERE office_id = $1 AND audience = 'extra' AND taken_until <= clock()
"""

# No number that a schedule gives to a window, or that another visit has at these times.
_SPARE_NUMBER = """
    SELECT 1 + greatest(0,
        (SELECT max(w) FROM series, unnest(windows || staff_windows) AS w WHERE office_id = $1),
        (SELECT max(window_id) FROM cell WHERE office_id = $1 AND audience <> 'extra'
            AND starts_at >= date_trunc('day', $3::timestamptz, 'Asia/Tokyo')
            AND starts_at < date_trunc('day', $3::timestamptz, 'Asia/Tokyo') + interval '1 day'),
        (SELECT max(window_id) FROM cell WHERE office_id = $1 AND starts_at = ANY ($2)))
"""

_OPEN_EXTRA = """
    INSERT INTO cell (office_id, starts_at, window_id, audience, taken_by, taken_until, version)
    SELECT $1, start, $3, 'extra', $4, $5, 1 FROM unnest($2::timestamptz[]) AS start
"""

_DROP_EXPIRED = "DELETE FROM hold WHERE expires_at < clock() - interval '1 day'"


class Holds(Repository):
    """Who holds which time, and until when."""

    async def find(self, holder: UUID) -> HeldTime | None:
        return held_time(await self.connection.fetchrow(_HOLD, holder))

    async def take(self, holder: UUID) -> HeldTime | None:
        """The live hold, removed: its cells now belong to this transaction."""
        return held_time(await self.connection.fetchrow(_TAKE_HOLD, holder))

    async def extend(self, holder: UUID) -> HeldTime | None:
        """Five minutes more; None without a live hold, when it was extended ten times, or when the
        hour since the holder first took this time is over."""
        held = held_time(
            await self.connection.fetchrow(_EXTEND, holder, EXTENSION_MINUTES, EXTENSIONS)
        )
        if held is None:
            return None
        for place in held.places:
            if not await self.store.cells.set_taken_until(held, place):
                return None
        return held

    async def renew(self, holder: UUID, minutes: int) -> HeldTime | None:
        """Hold for `minutes` from now, however often. None without a live hold."""
        await self.connection.execute(_RENEW, holder, minutes)
        held = await self.find(holder)
        if held is None:
            return None
        for place in held.places:
            if not await self.store.cells.set_taken_until(held, place):
                return None
        return held

    async def release(self, holder: UUID) -> tuple[Earlier, ...]:
        """Give back what the holder holds; kept after all when this transaction rolls back. The
        times that the holder had within the last minutes, that one included."""
        rows = await self.connection.fetch(_RELEASE, holder)
        if not rows:
            return ()
        first = rows[0]
        if first["version"] is not None:
            self.store.cells.publish_run(first["office_id"], first["window_id"], rows, 0)
            for place in places_in(first["lines"])[1:]:
                await self._release_place(holder, first["office_id"], place)
        own = ("office_id", "began", "first_until", "extensions", "expires_at")
        before = EARLIER.validate_json(first["earlier"]) if first["earlier"] else ()
        return (*before, Earlier(*(first[name] for name in own)))

    async def _release_place(self, holder: UUID, office_id: str, place: HeldPlace) -> None:
        rows = await self.connection.fetch(
            _RELEASE_LINE, holder, office_id, place.window_id, place.starts_at, place.cells
        )
        if rows:
            self.store.cells.publish_run(office_id, place.window_id, rows, 0)

    async def write(
        self, holder: UUID, office_id: str, places: Sequence[HeldPlace], held: Holding,
        change_of: UUID | None = None,
    ) -> None:  # fmt: skip
        """The hold over cells that this transaction has taken."""
        first = places[0]
        query = _WRITE(
            holder=holder, office_id=office_id, procedure_id=first.procedure_id,
            window_id=first.window_id, starts_at=first.starts_at, cells=first.cells,
            expires_at=held.until, change_of=change_of, lines=lines_of(places),
            extensions=held.used, first_until=held.first_until, earlier=earlier_of(held),
        )  # fmt: skip
        await self.connection.execute(*query)

    async def hold_extra(
        self, holder: UUID, visits: Sequence[Visit], arrangement: Arrangement, until: datetime
    ) -> None:
        """Hold the visits at windows that are opened for them alone, side by side, or one for all
        in turn; what such windows are no longer needed for is gone."""
        where, starts = visits[0].office_id, [start for visit in visits for start in visit.starts]
        await self.connection.execute(_LOCK_EXTRA, where)
        await self.connection.execute(_DROP_SPARE, where)
        first: int = await self.connection.fetchval(_SPARE_NUMBER, where, starts, starts[0])
        places = [
            place_of(visit, first if arrangement == "in_turn" else first + n)
            for n, visit in enumerate(visits)
        ]
        for visit, place in zip(visits, places, strict=True):
            window = place.window_id
            await self.connection.execute(_OPEN_EXTRA, where, visit.starts, window, holder, until)
        await self.write(holder, where, places, Holding(until, until))

    async def drop_expired(self) -> None:
        """Tidy up. Nothing depends on it: an expired hold takes nothing."""
        await self.connection.execute(_DROP_EXPIRED)
