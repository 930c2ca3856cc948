"""What staff see: lists and histories, limited to their offices by the query itself."""

from collections.abc import Iterable
from uuid import UUID

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import HistoryLine
from services.booking.domain.booking import Booking

from .bookings import COLUMNS, booking_row
from .lists import ListStore

_SERVES = "($1::text[] @> ARRAY['*'] OR office_id = ANY ($1))"
_ONE = f"SELECT {COLUMNS} FROM booking WHERE {_SERVES} AND booking_id = $2"
_LOCK_ONE = f"{_ONE} FOR UPDATE"
_LINES = """
    SELECT version, at, actor, what, status, starts_at, reason, outcome, office_id, window_id
    FROM booking_history
    WHERE booking_id = $1 ORDER BY version
"""


class StaffStore(ListStore):
    """Bookings for members of staff; `offices` are those the caller serves."""

    async def booking_for(
        self, offices: Iterable[str], booking_id: UUID, lock: bool = False
    ) -> Booking | None:
        """A booking of these offices; one of another office is as absent as an unknown one."""
        row = await self.connection.fetchrow(_LOCK_ONE if lock else _ONE, list(offices), booking_id)
        return booking_row(row) if row else None

    async def history(self, booking_id: UUID) -> list[HistoryLine]:
        rows = await self.connection.fetch(_LINES, booking_id)
        return [HistoryLine.model_validate(dict(row)) for row in rows]


assert EVERY_OFFICE == "*"
