"""Standing bookings whose persons are known by a former version of the rule alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .base import Repository
from .bookings import once_a_person
from .standing import stands

_UNKEYED = f"""
    SELECT booking_id, number, version, birth_digest, kana, person_key || also_keys AS keys
    FROM booking WHERE former_keys IS NULL AND kana IS NOT NULL AND {stands()}
    ORDER BY booking_id LIMIT $1
"""
_REKEY = """
    UPDATE booking SET person_key = ($3::text[])[1], also_keys = ($3::text[])[2:], former_keys = $4
    WHERE booking_id = $1 AND version = $2 AND former_keys IS NULL
"""
_LEAVE = "UPDATE booking SET former_keys = '{}' WHERE booking_id = $1 AND former_keys IS NULL"


@dataclass(frozen=True)
class Unkeyed:
    """A booking of the release before; `keys` has one for each procedure, or one for all."""

    booking_id: UUID
    number: str
    version: int
    birth_digest: str
    kana: str
    keys: Sequence[str]


class Rekeying(Repository):
    """Newer keys for standing bookings. Nobody has to be told."""

    async def unkeyed(self, at_most: int) -> list[Unkeyed]:
        return [Unkeyed(**row) for row in await self.connection.fetch(_UNKEYED, at_most)]

    async def rekey(self, one: Unkeyed, keys: Sequence[str], former: Sequence[str]) -> None:
        """Not where the booking has changed meanwhile. Raises AlreadyBooked where another standing
        booking has the newer key."""
        with once_a_person("Another booking has the newer key."):
            await self.connection.execute(_REKEY, one.booking_id, one.version, keys, former)

    async def leave_keys(self, booking_id: UUID) -> None:
        """The booking keeps the keys it has."""
        await self.connection.execute(_LEAVE, booking_id)
