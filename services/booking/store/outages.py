"""Outages of the national system, and the bookings that they meet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.contracts.booking import OutageCount
from services.booking.domain.booking import Booking

from .base import Repository
from .bookings import COLUMNS, booking_row
from .standing import TODAY

MOST_SHOWN = 20
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('outage'))"
_SERVED = "($1::text[] @> ARRAY['*'] OR o.office_ids && $1)"
_ROWS = f"""
    SELECT o.outage_id, o.office_ids, o.procedure_ids, o.last_day, o.started_at, o.started_by,
        o.ended_at, o.ended_by, count(v.*) FILTER (WHERE v.waited) AS waiting,
        count(v.*) FILTER (WHERE NOT v.waited) AS to_come,
        count(v.*) FILTER (WHERE v.state = 'used') AS rebooked
    FROM outage o LEFT JOIN outage_visit v USING (outage_id)
    WHERE {_SERVED} AND ($2::uuid IS NULL OR o.outage_id = $2)
    GROUP BY o.outage_id
    ORDER BY (o.ended_at IS NULL) DESC, o.started_at DESC LIMIT {MOST_SHOWN}
"""
_START = """
    INSERT INTO outage (outage_id, office_ids, procedure_ids, last_day, started_at, started_by)
    VALUES ($1, $2, $3, $4, clock(), $5)
"""
_END = "UPDATE outage SET ended_at = clock(), ended_by = $2 WHERE outage_id = $1"
# One that stops all of it, long enough.
_COVERING = """
    SELECT outage_id FROM outage
    WHERE ended_at IS NULL AND office_ids @> $1 AND procedure_ids @> $2 AND last_day >= $3
    ORDER BY started_at LIMIT 1
"""
# Until when booking online is stopped for any of the procedures at an office.
_STOPPED = """
    SELECT max(last_day) FROM outage
    WHERE ended_at IS NULL AND $1 = ANY (office_ids) AND procedure_ids && $2::text[]
"""
_PROCEDURES = "array_prepend(b.procedure_id, b.also)"
_OF_TODAY = f"(b.starts_at >= {TODAY} AND b.starts_at < {TODAY} + interval '1 day')"
_UNTIL = "($3::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'"
# All that they came for has stopped.
_WAITING = f"""
    SELECT {COLUMNS} FROM booking b
    WHERE b.office_id = ANY ($1) AND b.status = 'arrived' AND {_OF_TODAY}
        AND {_PROCEDURES} <@ $2::text[]
    ORDER BY b.booking_id FOR UPDATE
"""
_MEET = f"""
    INSERT INTO outage_visit (booking_id, starts_at, office_id, outage_id, waited, state)
    SELECT b.booking_id, b.starts_at, b.office_id, $4, b.status = 'finished', 'due'
    FROM booking b
    WHERE b.booking_id = ANY ($5) OR b.office_id = ANY ($1) AND b.status = 'confirmed'
        AND b.starts_at >= {TODAY} AND b.starts_at < {_UNTIL} AND {_PROCEDURES} && $2::text[]
    ON CONFLICT (booking_id, starts_at) DO UPDATE SET outage_id = excluded.outage_id,
        waited = excluded.waited, state = 'due'
        WHERE outage_visit.state IN ('over', 'resuming')
"""
_COUNT = f"""
    SELECT b.office_id,
        count(*) FILTER (WHERE b.status = 'arrived' AND {_PROCEDURES} <@ $2::text[]) AS waiting,
        count(*) FILTER (WHERE b.status = 'arrived' AND NOT {_PROCEDURES} <@ $2::text[]) AS partly,
        count(*) FILTER (WHERE b.status = 'confirmed' AND {_OF_TODAY}) AS today,
        count(*) FILTER (WHERE b.status = 'confirmed' AND NOT {_OF_TODAY}) AS tomorrow,
        count(*) FILTER (WHERE b.contact IS NOT NULL
            AND (b.status = 'confirmed' OR {_PROCEDURES} <@ $2::text[])) AS mailed
    FROM booking b
    WHERE b.office_id = ANY ($1) AND {_PROCEDURES} && $2::text[] AND (
        b.status = 'confirmed' AND b.starts_at >= {TODAY} AND b.starts_at < {_UNTIL}
        OR b.status = 'arrived' AND {_OF_TODAY})
    GROUP BY b.office_id
"""
# A visit still to come has its time again; of a mail that has not left nobody has to hear.
_RELEASE = """
    UPDATE outage_visit v
    SET state = CASE WHEN v.state = 'told' AND b.contact IS NOT NULL THEN 'resuming' ELSE 'over' END
    FROM booking b
    WHERE v.outage_id = $1 AND v.state IN ('due', 'told') AND b.booking_id = v.booking_id
        AND b.status = 'confirmed' AND (b.office_id, b.starts_at) = (v.office_id, v.starts_at)
        AND b.starts_at > clock()
"""
# A booking where an outage met it, and nothing came of that yet.
HIT = """
    EXISTS (SELECT FROM outage_visit hit WHERE hit.booking_id = b.booking_id
        AND (hit.office_id, hit.starts_at) = (b.office_id, b.starts_at)
        AND hit.state IN ('due', 'told'))
"""
_HITS = f"SELECT b.booking_id FROM booking b WHERE b.booking_id = ANY ($1) AND {HIT}"
_NOTE = """
    INSERT INTO outage_visit (booking_id, starts_at, office_id, waited, state)
    VALUES ($1, $2, $3, true, 'told')
    ON CONFLICT (booking_id, starts_at) DO UPDATE SET waited = true, state = 'told'
        WHERE outage_visit.state = 'over'
"""
_SET = """
    UPDATE outage_visit SET state = $2 WHERE booking_id = $1 AND state IN ('due', 'told')
"""
_TAKE_BACK = "DELETE FROM outage_visit WHERE booking_id = $1 AND outage_id IS NULL"
_TO_TELL = """
    SELECT v.booking_id, v.starts_at, v.office_id, v.state, o.started_by, o.ended_by
    FROM outage_visit v JOIN outage o USING (outage_id)
    WHERE v.state IN ('due', 'resuming')
    ORDER BY v.starts_at, v.booking_id LIMIT $1
    FOR UPDATE OF v SKIP LOCKED
"""
_TOLD = "UPDATE outage_visit SET state = $3 WHERE booking_id = $1 AND starts_at = $2"


@dataclass(frozen=True)
class MetOutage:
    """An outage, and how many it met."""

    outage_id: UUID
    office_ids: tuple[str, ...]
    procedure_ids: tuple[str, ...]
    last_day: date
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str | None
    waiting: int
    to_come: int
    rebooked: int


@dataclass(frozen=True)
class ToTell:
    """Whose citizen has to be told, of the outage or (`resuming`) of its end."""

    booking_id: UUID
    starts_at: datetime
    office_id: str
    state: str
    started_by: str
    ended_by: str | None


class Outages(Repository):
    """What is stopped, and whom that meets. `offices` are those the caller serves."""

    async def lock(self) -> None:
        """Nobody else starts or ends one until this transaction ends."""
        await self.connection.execute(_LOCK)

    async def all(self, offices: Iterable[str], outage_id: UUID | None = None) -> list[MetOutage]:
        """Those that touch one of the offices: those that go on first, the newest first."""
        rows = await self.connection.fetch(_ROWS, list(offices), outage_id)
        lists = ("office_ids", "procedure_ids")
        return [MetOutage(**{**r, **{name: tuple(r[name]) for name in lists}}) for r in rows]

    async def covering(
        self, offices: Sequence[str], procedures: Sequence[str], last_day: date
    ) -> UUID | None:
        """One that stops all of this already."""
        found: UUID | None = await self.connection.fetchval(
            _COVERING, list(offices), list(procedures), last_day
        )
        return found

    async def start(
        self, outage_id: UUID, offices: Sequence[str], procedures: Sequence[str], last_day: date,
        actor: str,
    ) -> None:  # fmt: skip
        await self.connection.execute(
            _START, outage_id, list(offices), list(procedures), last_day, actor
        )

    async def end(self, outage_id: UUID, actor: str) -> None:
        """What it met and is still to come has its time again."""
        await self.connection.execute(_END, outage_id, actor)
        await self.connection.execute(_RELEASE, outage_id)

    async def waiting(self, offices: Sequence[str], procedures: Sequence[str]) -> list[Booking]:
        """Who was received today and waits for nothing but these procedures; they are locked."""
        rows = await self.connection.fetch(_WAITING, list(offices), list(procedures))
        return [booking_row(row) for row in rows]

    async def meet(
        self, outage_id: UUID, offices: Sequence[str], procedures: Sequence[str], last_day: date,
        waited: Iterable[UUID],
    ) -> None:  # fmt: skip
        """Those who waited, and all who are still to come until that day."""
        await self.connection.execute(
            _MEET, list(offices), list(procedures), last_day, outage_id, list(waited)
        )

    async def count(
        self, offices: Sequence[str], procedures: Sequence[str], last_day: date
    ) -> list[OutageCount]:
        """Whom one would meet, by office."""
        rows = await self.connection.fetch(_COUNT, list(offices), list(procedures), last_day)
        return [OutageCount(**row) for row in rows]

    async def stopped_until(self, office_id: str, procedures: Iterable[str]) -> date | None:
        """The last day that an outage of one of the procedures meets there; None without one."""
        found: date | None = await self.connection.fetchval(_STOPPED, office_id, list(procedures))
        return found

    async def is_hit(self, booking_id: UUID) -> bool:
        """Whether an outage met the booking where it is, and nothing came of that yet."""
        return bool(await self.hits([booking_id]))

    async def hits(self, booking_ids: Sequence[UUID]) -> set[UUID]:
        """Those of them of which nobody may say that somebody did not come."""
        rows = await self.connection.fetch(_HITS, booking_ids)
        return {row["booking_id"] for row in rows}

    async def note(self, booking: Booking) -> None:
        """Somebody ticked its visit as システム障害."""
        await self.connection.execute(
            _NOTE, booking.booking_id, booking.starts_at, booking.office_id
        )

    async def take_back(self, booking_id: UUID) -> None:
        """The tick is undone; what an outage met stays met."""
        await self.connection.execute(_TAKE_BACK, booking_id)

    async def use(self, booking_id: UUID) -> None:
        """The booking has moved: there is no other right to."""
        await self.connection.execute(_SET, booking_id, "used")

    async def drop(self, booking_id: UUID) -> None:
        """The visit took place, or was taken back: nothing is to be made good."""
        await self.connection.execute(_SET, booking_id, "over")

    async def to_tell(self, most: int) -> list[ToTell]:
        """Some whom nobody has told yet; nobody else tells them until this transaction ends."""
        return [ToTell(**row) for row in await self.connection.fetch(_TO_TELL, most)]

    async def told(self, one: ToTell, state: str) -> None:
        await self.connection.execute(_TOLD, one.booking_id, one.starts_at, state)
