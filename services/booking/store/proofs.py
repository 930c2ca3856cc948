"""What citizens show to open their booking, and the count of wrong tries."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.common.tries import TooSoon, gap_seconds, too_soon

from .base import Repository
from .cards import SHIELDED_PARTY
from .standing import stands

HOUR = "interval '1 hour'"
TODAY_HERE = "(clock() AT TIME ZONE 'Asia/Tokyo')::date"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('try ' || $1::text, 0))"

# An unknown number reads the row before it, so that it is as much work as a known one. Online,
# a booking of a party with somebody who is shielded is none.
_TRIED = f"""
    SELECT clock() AS now, coalesce(number = $2 AND NOT shielded, false) AS known,
        coalesce(booking_id, '00000000-0000-0000-0000-000000000000') AS booking_id,
        coalesce(birth_digest, repeat('0', 64)) AS birth_digest,
        coalesce((SELECT tries FROM wrong_try WHERE subject = $1 AND day = {TODAY_HERE}), 0)
            AS of_number,
        coalesce((SELECT tries FROM wrong_try WHERE subject = $3 AND day = {TODAY_HERE}), 0)
            AS of_origin,
        coalesce((SELECT sum(misses) FROM miss_minute WHERE minute > clock() - {HOUR}), 0)
            AS everybody
    FROM (VALUES (1)) AS once LEFT JOIN LATERAL (
        SELECT number, booking_id, birth_digest, {SHIELDED_PARTY} AS shielded FROM booking
        WHERE number <= $2 ORDER BY number DESC LIMIT 1) AS nearest ON true
"""
_TURN = f"""
    SELECT tries, next_at, clock() AS now FROM wrong_try
    WHERE subject = $1 AND day = {TODAY_HERE}
"""
# Whoever is second goes without: nobody waits for the other with a connection in hand.
_TAKE_TURN = f"""
    UPDATE wrong_try SET next_at = clock() + make_interval(secs => $2)
    WHERE (subject, day) = (SELECT subject, day FROM wrong_try
        WHERE subject = $1 AND day = {TODAY_HERE} AND (next_at IS NULL OR next_at <= clock())
        FOR UPDATE SKIP LOCKED)
    RETURNING true
"""
_COUNT = """
    INSERT INTO wrong_try AS known (subject, day, tries) VALUES ($1, $2, 1)
    ON CONFLICT (subject, day) DO UPDATE SET tries = known.tries + 1
"""
_COUNT_MINUTE = """
    INSERT INTO miss_minute AS known (minute, misses) VALUES (date_trunc('minute', clock()), 1)
    ON CONFLICT (minute) DO UPDATE SET misses = known.misses + 1
"""
_MISSES = f"SELECT coalesce(sum(misses), 0) FROM miss_minute WHERE minute > clock() - {HOUR}"
_IS_SPENT = "SELECT EXISTS (SELECT FROM spent_work WHERE name = $1)"
_SPEND = "INSERT INTO spent_work (name, day) VALUES ($1, $2)"
_FORGET = [
    *(f"DELETE FROM {table} WHERE day < {TODAY_HERE}" for table in ("wrong_try", "spent_work")),
    f"DELETE FROM miss_minute WHERE minute <= clock() - {HOUR}",
]
_STANDING = f"""
    SELECT booking_id FROM booking WHERE card_key = $1 AND {stands()} AND NOT {SHIELDED_PARTY}
    ORDER BY starts_at LIMIT 1
"""


@dataclass(frozen=True)
class Tried:
    """A number: whose it is, if it is `known` (else the booking is another), and how often it, its
    origin and everybody was wrong."""

    now: datetime
    known: bool
    booking_id: UUID
    birth_digest: str
    of_number: int
    of_origin: int
    everybody: int


class Proofs(Repository):
    """`subject` is a digest of a number or of an origin: what people type as a number may be
    anything, and is not kept."""

    async def try_number(self, subject: str, number: str, origin: str) -> Tried:
        """Tries of one number follow one another until this transaction ends."""
        await self.connection.execute(_LOCK, subject)
        row = await self.connection.fetchrow(_TRIED, subject, number, origin)
        assert row is not None
        return Tried(**row)

    async def take_turn(self, origin: str) -> TooSoon | None:
        """The origin's next try is this one, or the refusal that says when it may come."""
        row = await self.connection.fetchrow(_TURN, origin)
        gap = gap_seconds(row["tries"]) if row else 0.0
        if row is None or gap == 0 or await self.connection.fetchval(_TAKE_TURN, origin, gap):
            return None
        return too_soon(gap, row["next_at"], row["now"])

    async def count_wrong_try(self, subject: str, day: date) -> None:
        await self.connection.execute(_COUNT, subject, day)

    async def count_minute(self) -> None:
        """One more wrong try of everybody. Comes last: others wait for this row until the end."""
        await self.connection.execute(_COUNT_MINUTE)

    async def misses_within_an_hour(self) -> int:
        found: int = await self.connection.fetchval(_MISSES)
        return found

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
