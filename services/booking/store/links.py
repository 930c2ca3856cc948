"""Links in mails: which booking each opens, for 30 days after the visit."""

from uuid import UUID

from .base import Repository
from .cards import SHIELDED_PARTY
from .erasure import KEPT_DAYS

_SAVE = "INSERT INTO booking_link (digest, booking_id) VALUES ($1, $2)"
_OPENS = f"""
    SELECT booking_id FROM booking_link JOIN booking USING (booking_id)
    WHERE digest = $1 AND starts_at > clock() - make_interval(days => $2) AND NOT {SHIELDED_PARTY}
"""
_DROP = "DELETE FROM booking_link WHERE booking_id = $1 AND digest <> $2"


class Links(Repository):
    """A link is known by its digest only."""

    async def save(self, digest: str, booking_id: UUID) -> None:
        await self.connection.execute(_SAVE, digest, booking_id)

    async def booking_of_link(self, digest: str) -> UUID | None:
        found: UUID | None = await self.connection.fetchval(_OPENS, digest, KEPT_DAYS)
        return found

    async def drop(self, booking_id: UUID, but_for: str = "") -> None:
        """No mail that was sent before opens the booking any more, `but_for` one of this digest."""
        await self.connection.execute(_DROP, booking_id, but_for)
