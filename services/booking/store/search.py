"""Bookings by what people say of themselves, through digests; and how often staff search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.booking.domain.booking import Booking

from .base import Repository
from .bookings import COLUMNS, booking_row
from .standing import TODAY

# One at a time: of two, the slower one could write digests of a former address after the other.
_ENTER = "SELECT pg_advisory_xact_lock(hashtextextended('search index', 0))"
_TAKE = """
    DELETE FROM unindexed_booking WHERE note_id IN (
        SELECT note_id FROM unindexed_booking ORDER BY note_id DESC LIMIT $1)
    RETURNING booking_id
"""
_CONTENTS = """
    SELECT booking_id, kana AS name, phone, coalesce(contact, waiting) AS email
    FROM booking LEFT JOIN address_use USING (booking_id)
    WHERE booking_id = ANY ($1) AND erased_at IS NULL
"""
_DROP = "DELETE FROM search_index WHERE booking_id = ANY ($1)"
_ADD = "INSERT INTO search_index (booking_id, kind, digest) VALUES ($1, $2, $3)"
_WAIT = "SELECT EXISTS (SELECT FROM unindexed_booking)"

_MINE = "($1::text[] @> ARRAY['*'] OR office_id = ANY ($1)) AND erased_at IS NULL"
# Who comes along would say as well when and where the shielded person is there.
_OPEN = """
    ($2 OR NOT EXISTS (
        SELECT FROM booking b JOIN card USING (card_key)
        WHERE card.shielded AND (b.booking_id = booking.booking_id
            OR b.party_id = booking.party_id)))
"""
_ORDER = f"""
    ORDER BY starts_at < {TODAY}, abs(extract(epoch FROM starts_at - clock())), booking_id LIMIT $4
"""
_SELECT = f"SELECT {COLUMNS} FROM booking WHERE {_MINE} AND {_OPEN}"
_BY = {
    "digest": f"""{_SELECT} AND booking_id IN (
        SELECT booking_id FROM search_index WHERE digest = $3) {_ORDER}""",
    "card": f"{_SELECT} AND card_key = $3 {_ORDER}",
}
_BY_NUMBER = f"SELECT {COLUMNS} FROM booking WHERE {_MINE} AND number = $2"

_ENTER_ACTOR = "SELECT pg_advisory_xact_lock(hashtextextended('search of ' || $1::text, 0))"
_WITHIN = "at > clock() - interval '1 hour'"
_MADE = f"SELECT at FROM search_made WHERE actor = $1 AND {_WITHIN} ORDER BY at"
_NOTE = "INSERT INTO search_made (actor) VALUES ($1)"
_PRUNE = f"DELETE FROM search_made WHERE NOT {_WITHIN}"


@dataclass(frozen=True)
class Contents:
    """What of a booking is made findable, each sealed; None where there is none."""

    booking_id: UUID
    name: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Digest:
    """One entry of the index."""

    booking_id: UUID
    kind: str
    digest: str


class Search(Repository):
    """Digests of what people say of themselves; the keys are elsewhere."""

    async def take_unindexed(self, at_most: int) -> list[Contents]:
        """Bookings that are not findable yet, the newest first; nobody else takes any meanwhile."""
        await self.connection.execute(_ENTER)
        taken = {row["booking_id"] for row in await self.connection.fetch(_TAKE, at_most)}
        # A statement of its own: it sees all that was written before the notes that were taken.
        rows = await self.connection.fetch(_CONTENTS, list(taken))
        await self.connection.execute(_DROP, list(taken))
        return [Contents(**row) for row in rows]

    async def add_digests(self, digests: Iterable[Digest]) -> None:
        await self.connection.executemany(_ADD, [tuple(vars(one).values()) for one in digests])

    async def some_wait(self) -> bool:
        """Whether a booking is not findable yet."""
        waits: bool = await self.connection.fetchval(_WAIT)
        return waits

    async def by_number(self, offices: Iterable[str], number: str) -> list[Booking]:
        rows = await self.connection.fetch(_BY_NUMBER, list(offices), number)
        return [booking_row(row) for row in rows]

    async def by_digest(
        self, offices: Iterable[str], digest: str, shielded: bool, at_most: int
    ) -> list[Booking]:
        """`shielded`: also of people who are not served online, and of who comes along."""
        return await self._found("digest", offices, digest, shielded, at_most)

    async def by_card(
        self, offices: Iterable[str], card_key: str, shielded: bool, at_most: int
    ) -> list[Booking]:
        return await self._found("card", offices, card_key, shielded, at_most)

    async def _found(
        self, way: str, offices: Iterable[str], value: str, shielded: bool, at_most: int
    ) -> list[Booking]:
        rows = await self.connection.fetch(_BY[way], list(offices), shielded, value, at_most)
        return [booking_row(row) for row in rows]

    async def searches_of(self, actor: str) -> Sequence[datetime]:
        """When the account searched within the hour, the first one first. Its next search waits
        until this transaction has ended."""
        await self.connection.execute(_ENTER_ACTOR, actor)
        return [row["at"] for row in await self.connection.fetch(_MADE, actor)]

    async def note_search(self, actor: str) -> None:
        await self.connection.execute(_NOTE, actor)

    async def prune_searches(self) -> None:
        await self.connection.execute(_PRUNE)
