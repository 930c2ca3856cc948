"""The stamps of visits, and the bookings of a day as the counter sees them."""

import json
from collections.abc import Iterable
from datetime import date
from uuid import UUID

import asyncpg

from libs.common.statements import Statement, upsert
from libs.contracts.booking import OPEN_MOST, Stamps
from libs.contracts.times import day_of
from services.booking.domain.booking import Booking
from services.booking.tables import metadata

from .base import Repository
from .bookings import COLUMNS, booking_row
from .standing import is_forgotten

_COLUMNS = """
    booking_id, reception, arrived_at, called_at, window_id, calls, finished_at, outcomes
"""
# A number belongs to the day and office it was given for, and so does the row.
_STAMPS = f"SELECT {_COLUMNS} FROM visit WHERE booking_id = $1 AND office_id = $2 AND day = $3"
_STAMPS_OF_ALL = f"""
    SELECT {_COLUMNS} FROM visit v WHERE booking_id = ANY ($1) AND EXISTS (SELECT FROM booking b
        WHERE b.booking_id = v.booking_id AND b.office_id = v.office_id
            AND (b.starts_at AT TIME ZONE 'Asia/Tokyo')::date = v.day)
"""
_SAVE = Statement(upsert(metadata.tables["visit"]))
_NEXT = """
    INSERT INTO reception_count AS count (office_id, day, last) VALUES ($1, $2, 1)
    ON CONFLICT (office_id, day) DO UPDATE SET last = count.last + 1 RETURNING last
"""
_SERVES = "($1::text[] @> ARRAY['*'] OR $2 = ANY ($1))"
_DAY = f"""
    SELECT {COLUMNS} FROM booking WHERE {_SERVES} AND office_id = $2
        AND starts_at >= $3::date::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND starts_at < ($3::date::timestamp + interval '1 day') AT TIME ZONE 'Asia/Tokyo'
    ORDER BY starts_at, window_id, booking_id
"""
_DAY_STAMPS = f"SELECT {_COLUMNS} FROM visit WHERE {_SERVES} AND office_id = $2 AND day = $3"
_OPEN = f"""
    SELECT booking_id FROM booking
    WHERE {is_forgotten()} AND {_SERVES} AND office_id = $2
    ORDER BY starts_at, booking_id LIMIT {OPEN_MOST}
"""
_OPEN_ROWS = f"""
    SELECT {COLUMNS} FROM booking WHERE booking_id IN ({_OPEN}) ORDER BY starts_at, booking_id
"""
_COUNT_OPEN = f"SELECT count(*) FROM ({_OPEN}) AS found"
# Whoever books just now drops their own row themselves: nobody waits for the other.
_CLOSE_DAYS = f"""
    WITH forgotten AS (
        SELECT a.person_key, a.person_group FROM active_person a JOIN booking b USING (booking_id)
        WHERE {is_forgotten("b")}
        FOR UPDATE OF a SKIP LOCKED
    )
    DELETE FROM active_person a USING forgotten f
    WHERE a.person_key = f.person_key AND a.person_group = f.person_group
"""


class Visits(Repository):
    """What happens on the day; `offices` are those the caller serves."""

    async def stamps_of(self, booking: Booking) -> Stamps | None:
        """None before 受付, and for what was ticked before there were stamps."""
        b = booking
        row = await self.connection.fetchrow(
            _STAMPS, b.booking_id, b.office_id, day_of(b.starts_at)
        )
        return _stamps(row) if row else None

    async def stamps_of_all(self, booking_ids: list[UUID]) -> dict[UUID, Stamps]:
        """Of those of them who came."""
        rows = await self.connection.fetch(_STAMPS_OF_ALL, booking_ids)
        return {row["booking_id"]: _stamps(row) for row in rows}

    async def save_stamps(self, booking: Booking, stamps: Stamps) -> None:
        """Raises asyncpg.UniqueViolationError for a 受付番号 that somebody has."""
        b, s = booking, stamps
        query = _SAVE(
            booking_id=b.booking_id, office_id=b.office_id, day=day_of(b.starts_at),
            reception=s.reception, arrived_at=s.arrived_at, called_at=s.called_at,
            window_id=s.window, calls=s.calls, finished_at=s.finished_at,
            outcomes=json.dumps(s.outcomes),
        )  # fmt: skip
        await self.connection.execute(*query)

    async def next_reception(self, office_id: str, day: date) -> int:
        """The next 受付番号; given back if this transaction rolls back."""
        number: int = await self.connection.fetchval(_NEXT, office_id, day)
        return number

    async def day_list(
        self, offices: Iterable[str], office_id: str, day: date
    ) -> tuple[list[Booking], dict[UUID, Stamps]]:
        """The bookings of a day by time, and the stamps of those who came."""
        asked = (list(offices), office_id, day)
        rows = await self.connection.fetch(_DAY, *asked)
        stamps = await self.connection.fetch(_DAY_STAMPS, *asked)
        return [booking_row(row) for row in rows], {s["booking_id"]: _stamps(s) for s in stamps}

    async def open_visits(self, offices: Iterable[str], office_id: str) -> list[Booking]:
        """Visits of past days without an outcome, the oldest first."""
        rows = await self.connection.fetch(_OPEN_ROWS, list(offices), office_id)
        return [booking_row(row) for row in rows]

    async def count_open(self, offices: Iterable[str], office_id: str) -> int:
        counted: int = await self.connection.fetchval(_COUNT_OPEN, list(offices), office_id)
        return counted

    async def close_days(self) -> int:
        """What nobody ticked on its day keeps nobody from booking any more; how many that were."""
        done = await self.connection.execute(_CLOSE_DAYS)
        return int(done.removeprefix("DELETE "))


def _stamps(row: asyncpg.Record) -> Stamps:
    return Stamps(
        reception=row["reception"],
        arrived_at=row["arrived_at"],
        called_at=row["called_at"],
        window=row["window_id"],
        calls=row["calls"],
        finished_at=row["finished_at"],
        outcomes=json.loads(row["outcomes"]),
    )
