"""Who is called and who waits: 受付番号 and windows, and not one column of a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from libs.contracts.booking import CALLS_SHOWN, WAITING_SHOWN, CallBoard, CalledNumber

from .base import Repository

_HERE = """
    FROM visit v JOIN booking b USING (booking_id)
    WHERE v.office_id = $2 AND ($1::text[] @> ARRAY['*'] OR $2 = ANY ($1))
        AND v.day = (clock() AT TIME ZONE 'Asia/Tokyo')::date
        AND b.office_id = v.office_id AND b.status = 'arrived' AND v.reception IS NOT NULL
"""
_CALLED = f"""
    SELECT v.reception, v.window_id AS window, v.calls {_HERE} AND v.called_at IS NOT NULL
    ORDER BY v.called_at DESC, v.reception DESC LIMIT {CALLS_SHOWN}
"""
# Whoever is late is served next: their appointment is the earliest.
_WAITING = f"SELECT v.reception {_HERE} AND v.called_at IS NULL ORDER BY b.starts_at, v.reception"

_SERVED = f"""
    SELECT v.window_id AS window, v.reception, v.booking_id, b.party_id {_HERE}
        AND v.called_at IS NOT NULL
    ORDER BY v.called_at, v.reception
"""
_LOCK_WINDOW = (
    "SELECT pg_advisory_xact_lock(hashtextextended(format('window %s %s', $1::text, $2::text), 0))"
)


@dataclass(frozen=True)
class Served:
    """Who was called to a window and is not finished."""

    window: int
    reception: int | None
    booking_id: UUID
    party_id: UUID | None


class Calls(Repository):
    """Today at one office; `offices` are those the caller serves."""

    async def lock_window(self, office_id: str, window: int) -> None:
        """Of two who call to one window at once, the second sees the first."""
        await self.connection.execute(_LOCK_WINDOW, office_id, str(window))

    async def served(self, office_id: str) -> list[Served]:
        """In the order of their calls."""
        rows = await self.connection.fetch(_SERVED, ["*"], office_id)
        return [Served(**row) for row in rows]

    async def of(self, offices: Iterable[str], office_id: str) -> CallBoard:
        asked = (list(offices), office_id)
        called = await self.connection.fetch(_CALLED, *asked)
        waiting = [row["reception"] for row in await self.connection.fetch(_WAITING, *asked)]
        return CallBoard(
            office_id=office_id,
            at=await self.store.now(),
            called=tuple(CalledNumber.model_validate(dict(row)) for row in called),
            waiting=tuple(waiting[:WAITING_SHOWN]),
            waiting_total=len(waiting),
        )
