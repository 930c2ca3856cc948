"""Which bookings a search has found, for some minutes: ids alone, never what was looked for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from libs.common.database import SqlStore

MINUTES = 15
_WITHIN = f"at > now() - interval '{MINUTES} minutes'"
_ADD = text("INSERT INTO found (found_id, owner, bookings) VALUES (:id, :owner, :bookings)")
_GET = text(f"SELECT bookings FROM found WHERE found_id = :id AND owner = :owner AND {_WITHIN}")
_PRUNE = text(f"DELETE FROM found WHERE NOT {_WITHIN}")


class FoundStore(SqlStore):
    """Each sees what they found themselves."""

    async def add_found(self, found_id: UUID, owner: str, bookings: Sequence[UUID]) -> None:
        values = {"id": found_id, "owner": owner, "bookings": list(bookings)}
        await self.session.execute(_ADD, values)

    async def found(self, found_id: UUID, owner: str) -> list[UUID] | None:
        """None where there is nothing, or no longer."""
        result = await self.session.execute(_GET, {"id": found_id, "owner": owner})
        ids: list[UUID] | None = result.scalar_one_or_none()
        return ids

    async def prune_found(self) -> None:
        await self.session.execute(_PRUNE)
