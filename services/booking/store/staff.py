"""What staff see: lists and histories, limited to their offices by the query itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import HistoryLine

from .base import BaseStore
from .bookings import COLUMNS, BookingRow, booking_row

PAGE = 200
_SERVES = "($1::text[] @> ARRAY['*'] OR office_id = ANY ($1))"
_LIST = f"""
    SELECT {COLUMNS} FROM booking
    WHERE {_SERVES}
        AND ($2::text IS NULL OR office_id = $2)
        AND ($3::date IS NULL OR (starts_at >= $3::timestamp AT TIME ZONE 'Asia/Tokyo'
            AND starts_at < ($3::timestamp + interval '1 day') AT TIME ZONE 'Asia/Tokyo'))
        AND ($4::text IS NULL OR procedure_id = $4 OR $4 = ANY (also))
        AND ($5::text IS NULL OR status = $5)
        AND ($6::text IS NULL OR number = $6)
        AND ($7::timestamptz IS NULL OR (starts_at, booking_id) > ($7, $8))
    ORDER BY starts_at, booking_id LIMIT {PAGE + 1}
"""
_ONE = f"SELECT {COLUMNS} FROM booking WHERE {_SERVES} AND booking_id = $2"
_LOCK_ONE = f"{_ONE} FOR UPDATE"
_LINES = """
    SELECT version, at, actor, what, status, starts_at, reason FROM booking_history
    WHERE booking_id = $1 ORDER BY version
"""


@dataclass(frozen=True)
class Filter:
    """Which bookings a list shows; None means all. `after` continues a list."""

    office_id: str | None = None
    day: date | None = None
    procedure_id: str | None = None
    status: str | None = None
    number: str | None = None
    after: tuple[datetime, UUID] | None = None


class StaffStore(BaseStore):
    """Bookings for members of staff; `offices` are those the caller serves."""

    async def bookings(
        self, offices: Iterable[str], wanted: Filter
    ) -> tuple[list[BookingRow], bool]:
        """One page by appointment time, and whether there are more."""
        at, booking_id = wanted.after or (None, None)
        rows = await self.connection.fetch(
            _LIST, list(offices), wanted.office_id, wanted.day, wanted.procedure_id,
            wanted.status, wanted.number, at, booking_id,
        )  # fmt: skip
        return [booking_row(row) for row in rows[:PAGE]], len(rows) > PAGE

    async def booking_for(
        self, offices: Iterable[str], booking_id: UUID, lock: bool = False
    ) -> BookingRow | None:
        """A booking of these offices; one of another office is as absent as an unknown one."""
        row = await self.connection.fetchrow(_LOCK_ONE if lock else _ONE, list(offices), booking_id)
        return booking_row(row) if row else None

    async def history(self, booking_id: UUID) -> list[HistoryLine]:
        rows = await self.connection.fetch(_LINES, booking_id)
        return [HistoryLine.model_validate(dict(row)) for row in rows]


assert EVERY_OFFICE == "*"
