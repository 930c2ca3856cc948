"""Taking a time: one statement, so that nobody sees half of it or waits for a round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import TypeAdapter

from libs.common.facts import Contract
from libs.common.logs import request_id
from libs.contracts.booking import CELL_MINUTES, CellRun, CellsChanged, HeldLine, Hold
from services.booking.domain import EXTENSION_MINUTES, EXTENSIONS, Visit
from services.booking.domain.booking import Place
from services.booking.domain.holding import Earlier, Holding, extensions_left

from .base import BaseStore, Repeated, Request

Audience = Literal["public", "staff", "extra"]
"""Whom a cell is for: everybody, staff alone, or the one visit that it was opened for."""

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

# $1 holder  $2 office  $3 starts of the cells, ascending  $4 windows  $5 how many cells
# $6 until when  $7 procedure  $8–$10 idempotency scope, key, digest  $11 fact id  $12 fact name
# $13 request id  $14 extensions that are used up already  $15 until when at first
# $16 the holder's earlier times
#
# gate: the first window in which all cells are free; whoever locks its first cell goes on, and
# everybody else skips to the next window. locked: all cells or none count. Its conditions hold for
# the row as it is locked, which somebody may have closed or taken since the gate was read. Nothing
# happens unless every cell was locked: the rest of the statement feeds on `claimed`. A second
# request with the same key fails on the key's primary key and takes the whole statement with it.
CLAIM = """
WITH gate AS (
    SELECT c.window_id FROM cell c
    WHERE c.office_id = $2 AND c.starts_at = ($3::timestamptz[])[1] AND c.window_id = ANY ($4)
        AND c.audience = 'public' AND c.taken_until <= clock()
        AND $5 = (
            SELECT count(*) FROM cell n
            WHERE n.office_id = $2 AND n.starts_at = ANY ($3) AND n.window_id = c.window_id
                AND n.audience = 'public' AND n.taken_until <= clock())
    ORDER BY c.window_id LIMIT 1
    FOR UPDATE OF c SKIP LOCKED
), locked AS (
    SELECT n.window_id, n.starts_at FROM cell n JOIN gate USING (window_id)
    WHERE n.office_id = $2 AND n.starts_at = ANY ($3)
        AND n.audience = 'public' AND n.taken_until <= clock()
    ORDER BY n.starts_at
    FOR UPDATE OF n SKIP LOCKED
), claimed AS (
    UPDATE cell SET taken_by = $1, version = cell.version + 1,
        taken_until = $6
    FROM locked
    WHERE cell.office_id = $2 AND cell.starts_at = locked.starts_at
        AND cell.window_id = locked.window_id AND (SELECT count(*) FROM locked) = $5
    RETURNING cell.window_id, cell.starts_at, cell.version, cell.taken_until
), held AS (
    INSERT INTO hold (holder, office_id, procedure_id, window_id, starts_at, cells, expires_at,
        extensions, first_until, earlier)
    SELECT $1, $2, $7, window_id, starts_at, $5, taken_until, $14, $15, $16
    FROM claimed WHERE starts_at = ($3::timestamptz[])[1]
    RETURNING window_id, starts_at, expires_at
), keyed AS (
    INSERT INTO idempotency_key (scope, key, request_digest, reply)
    SELECT $8, $9, $10, $1 FROM held
), told AS (
    INSERT INTO outbox (fact_id, name, body, mandatory, request_id)
    SELECT $11, $12, jsonb_build_object('office_id', $2::text, 'runs', jsonb_build_array(
        jsonb_build_object('window_id', held.window_id, 'starts_at', held.starts_at,
            'versions', (SELECT jsonb_agg(version ORDER BY starts_at) FROM claimed),
            'taken_until', extract(epoch FROM held.expires_at))))::text, false, $13
    FROM held
)
SELECT FROM held
"""

# Windows in which every cell is free by what is committed: only none of them means full.
_FREE_WINDOWS = """
    SELECT window_id FROM cell
    WHERE office_id = $1 AND starts_at = ANY ($2) AND window_id = ANY ($3)
        AND audience = $5 AND (taken_until <= clock() OR taken_by = $6)
    GROUP BY window_id HAVING count(*) = $4
"""
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
_DROP_EXPIRED = "DELETE FROM hold WHERE expires_at < clock() - interval '1 day'"


class HeldPlace(Contract):
    """The time and the window of one person of a hold."""

    procedure_id: str
    also: tuple[str, ...] = ()
    window_id: int
    starts_at: datetime
    cells: int

    @property
    def minutes(self) -> int:
        return self.cells * CELL_MINUTES

    def shown(self) -> HeldLine:
        return HeldLine(
            procedure_id=self.procedure_id,
            also=self.also,
            starts_at=self.starts_at,
            minutes=self.minutes,
        )


@dataclass(frozen=True)
class HeldTime:
    """A live hold at `read_at`, the database's time. `window_id`, `starts_at` and `cells` are those
    of the first person; `places` has one entry a person, the first included."""

    holder: UUID
    office_id: str
    procedure_id: str
    window_id: int
    starts_at: datetime
    cells: int
    expires_at: datetime
    extensions: int
    change_of: UUID | None
    first_until: datetime
    read_at: datetime
    places: tuple[HeldPlace, ...]

    @property
    def minutes(self) -> int:
        return self.cells * CELL_MINUTES

    @property
    def place(self) -> Place:
        """Where the first person's visit is."""
        return Place(self.office_id, self.window_id, self.starts_at, self.minutes)

    def shown(self) -> Hold:
        return Hold(
            procedure_id=self.procedure_id,
            office_id=self.office_id,
            starts_at=self.starts_at,
            minutes=self.minutes,
            expires_at=self.expires_at,
            extensions_left=extensions_left(self.expires_at, self.first_until, self.extensions),
            lines=tuple(place.shown() for place in self.places),
        )


class HoldStore(BaseStore):
    """Holds, and the cells under them."""

    async def claim(self, holder: UUID, visit: Visit, held: Holding, request: Request) -> bool:
        """Hold the visit on these terms. False where no window had all cells free and unlocked:
        that is not yet 'full'.

        Raises Repeated when the key was used before.
        """
        v, r = visit, request
        try:
            row = await self.connection.fetchrow(
                CLAIM, holder, v.office_id, v.starts, v.windows, len(v.starts), held.until,
                v.procedure.procedure_id, r.scope, r.key, r.digest, uuid4(), CellsChanged.name,
                request_id.get(), held.used, held.first_until, earlier_of(held),
            )  # fmt: skip
        except asyncpg.UniqueViolationError:
            raise Repeated from None
        self.told = row is not None
        return self.told

    async def release(self, holder: UUID) -> tuple[Earlier, ...]:
        """Give back what the holder holds; kept after all when this transaction rolls back. The
        times that the holder had within the last minutes, that one included."""
        rows = await self.connection.fetch(_RELEASE, holder)
        if not rows:
            return ()
        first = rows[0]
        if first["version"] is not None:
            self.publish_run(first["office_id"], first["window_id"], rows, 0)
            for place in _places(first["lines"])[1:]:
                await self._release_place(holder, first["office_id"], place)
        own = ("office_id", "began", "first_until", "extensions", "expires_at")
        before = _EARLIER.validate_json(first["earlier"]) if first["earlier"] else ()
        return (*before, Earlier(*(first[name] for name in own)))

    async def _release_place(self, holder: UUID, office_id: str, place: HeldPlace) -> None:
        rows = await self.connection.fetch(
            _RELEASE_LINE, holder, office_id, place.window_id, place.starts_at, place.cells
        )
        if rows:
            self.publish_run(office_id, place.window_id, rows, 0)

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

    async def hold(self, holder: UUID) -> HeldTime | None:
        return _held(await self.connection.fetchrow(_HOLD, holder))

    async def take_hold(self, holder: UUID) -> HeldTime | None:
        """The live hold, removed: its cells now belong to this transaction."""
        return _held(await self.connection.fetchrow(_TAKE_HOLD, holder))

    async def extend_hold(self, holder: UUID) -> HeldTime | None:
        """Five minutes more; None without a live hold, when it was extended ten times, or when the
        hour since the holder first took this time is over."""
        held = _held(await self.connection.fetchrow(_EXTEND, holder, EXTENSION_MINUTES, EXTENSIONS))
        if held is None:
            return None
        for place in held.places:
            if not await self.set_taken_until(held, place):
                return None
        return held

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
            self.publish(CellsChanged(office_id=office_id, runs=runs))

    async def drop_expired_holds(self) -> None:
        """Tidy up. Nothing depends on it: an expired hold takes nothing."""
        await self.connection.execute(_DROP_EXPIRED)


def _neighbours(cells: list[tuple[datetime, int]]) -> list[list[tuple[datetime, int]]]:
    """Cells in order of time, parted where one is missing."""
    runs: list[list[tuple[datetime, int]]] = []
    for cell in cells:
        if runs and cell[0] - runs[-1][-1][0] == timedelta(minutes=CELL_MINUTES):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _held(row: asyncpg.Record | None) -> HeldTime | None:
    if row is None:
        return None
    values = dict(row)
    lines = values.pop("lines")
    alone = HeldPlace.model_validate(values)
    return HeldTime(**values, places=_places(lines) or (alone,))


_LINES = TypeAdapter(tuple[HeldPlace, ...])


def _places(lines: str | None) -> tuple[HeldPlace, ...]:
    """The times of all people; none where one person comes for one procedure."""
    return _LINES.validate_json(lines) if lines else ()


_EARLIER = TypeAdapter(tuple[Earlier, ...])


def earlier_of(held: Holding) -> str | None:
    """The holder's other times as they go into the column `earlier`."""
    return _EARLIER.dump_json(held.earlier).decode() if held.earlier else None


def lines_of(places: Sequence[HeldPlace]) -> str:
    """Places as they go into the column `lines`."""
    return _LINES.dump_json(tuple(places)).decode()
