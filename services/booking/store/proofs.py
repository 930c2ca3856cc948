"""What citizens show to open their booking, and the count of wrong tries."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .base import BaseStore
from .bookings import SHIELDED
from .standing import stands

TODAY_HERE = "(clock() AT TIME ZONE 'Asia/Tokyo')::date"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('try ' || $1::text, 0))"

# An unknown number reads the row before it, so that it is as much work as a known one. Online,
# the booking of somebody who is shielded is none.
_TRIED = f"""
    SELECT clock() AS now, coalesce(number = $2 AND NOT shielded, false) AS known,
        coalesce(booking_id, '00000000-0000-0000-0000-000000000000') AS booking_id,
        coalesce(birth_digest, repeat('0', 64)) AS birth_digest,
        coalesce((SELECT tries FROM wrong_try WHERE subject = $1 AND day = {TODAY_HERE}), 0)
            AS tries
    FROM (VALUES (1)) AS once LEFT JOIN LATERAL (
        SELECT number, booking_id, birth_digest, {SHIELDED} AS shielded FROM booking
        WHERE number <= $2 ORDER BY number DESC LIMIT 1) AS nearest ON true
"""
_TRIES = f"SELECT tries FROM wrong_try WHERE subject = $1 AND day = {TODAY_HERE}"
_COUNT = """
    INSERT INTO wrong_try AS known (subject, day, tries) VALUES ($1, $2, 1)
    ON CONFLICT (subject, day) DO UPDATE SET tries = known.tries + 1
"""
_IS_SPENT = "SELECT EXISTS (SELECT FROM spent_work WHERE name = $1)"
_SPEND = "INSERT INTO spent_work (name, day) VALUES ($1, $2)"
_FORGET = [f"DELETE FROM {table} WHERE day < {TODAY_HERE}" for table in ("wrong_try", "spent_work")]
_STANDING = f"""
    SELECT booking_id FROM booking WHERE card_key = $1 AND {stands()} AND NOT {SHIELDED}
    ORDER BY starts_at LIMIT 1
"""


@dataclass(frozen=True)
class Tried:
    """A number: whose it is, if it is `known` (else the booking is another), and how often it was
    tried in vain today."""

    now: datetime
    known: bool
    booking_id: UUID
    birth_digest: str
    tries: int


class ProofStore(BaseStore):
    """`subject` is a digest of a number or of an origin: what people type as a number may be
    anything, and is not kept."""

    async def try_number(self, subject: str, number: str) -> Tried:
        """Tries of one number follow one another until this transaction ends."""
        await self.connection.execute(_LOCK, subject)
        row = await self.connection.fetchrow(_TRIED, subject, number)
        assert row is not None
        return Tried(**row)

    async def wrong_tries(self, subject: str) -> int:
        """How often it was wrong today."""
        return await self.connection.fetchval(_TRIES, subject) or 0

    async def count_wrong_try(self, subject: str, day: date) -> None:
        await self.connection.execute(_COUNT, subject, day)

    async def is_spent(self, puzzle: str) -> bool:
        spent: bool = await self.connection.fetchval(_IS_SPENT, puzzle)
        return spent

    async def spend(self, puzzle: str, day: date) -> None:
        """The puzzle bought a wrong try and buys no other."""
        await self.connection.execute(_SPEND, puzzle, day)

    async def forget_tries(self) -> None:
        """Drop the counts of days that are over."""
        for statement in _FORGET:
            await self.connection.execute(statement)

    async def standing_of_card(self, card_key: str) -> UUID | None:
        """The booking that stands for a card."""
        found: UUID | None = await self.connection.fetchval(_STANDING, card_key)
        return found
