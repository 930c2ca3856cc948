"""What a waiting room is told: 受付番号 and windows, and not one column of a person."""

from collections.abc import Iterable

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


class Calls(Repository):
    """Today at one office; `offices` are those the caller serves."""

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
