"""Another person for a booking, and two bookings whose cells change owners."""

from uuid import UUID

import asyncpg

from libs.contracts.booking import CELL_MINUTES
from services.booking.domain.booking import Booking, Change

from .bookings import COLUMNS, BookingStore, booking_row, once_a_person
from .standing import forget, stands

# Of two who are put in each other's place at once, each would let go of a person that the other
# waits for: whoever comes second waits here, before holding anything.
_LOCK_PERSONS = """
    SELECT FROM active_person WHERE person_key = ANY ($1)
    ORDER BY person_key, person_group FOR UPDATE
"""
_REPLACE = f"""
    WITH forgotten AS ({forget("$4::text[] || $3::text", "$1")}), known AS (
        DELETE FROM unlinked_booking WHERE booking_id = $1
    )
    UPDATE booking SET person_key = $3, also_keys = $4, card_key = $5, birth_digest = $6,
        kana = $7, visitor = $8, cards = $9, has_inquiry = $10, needs = $11, contact = $12,
        phone = $13, card_moved = false, mail_failed = false, version = $2 + 1
    WHERE booking_id = $1 AND version = $2
"""
# Cells stay taken for good: who has them concerns no door, so neither their version nor a fact
# tells of it. All of both bookings change hands, or the caller rolls back.
_EXCHANGE = """
    WITH locked AS (
        SELECT c.office_id, c.starts_at, c.window_id FROM cell c
        JOIN unnest($3::text[], $4::integer[], $5::timestamptz[], $6::integer[])
            AS place (office_id, window_id, starts_at, minutes)
            ON c.office_id = place.office_id AND c.window_id = place.window_id
            AND c.starts_at >= place.starts_at
            AND c.starts_at < place.starts_at + make_interval(mins => place.minutes)
        WHERE c.taken_by IN ($1, $2) AND c.taken_until = 'infinity'
        ORDER BY c.office_id, c.window_id, c.starts_at
        FOR UPDATE OF c
    )
    UPDATE cell SET taken_by = CASE WHEN cell.taken_by = $1 THEN $2 ELSE $1 END
    FROM locked
    WHERE cell.office_id = locked.office_id AND cell.starts_at = locked.starts_at
        AND cell.window_id = locked.window_id
"""
_PARTY = f"""
    SELECT {COLUMNS} FROM booking
    WHERE party_id = $1 AND booking_id <> $2 AND {stands()}
        AND ($3::text[] @> ARRAY['*'] OR office_id = ANY ($3))
    ORDER BY starts_at, party_line, booking_id
"""


class ExchangeStore(BookingStore):
    """Exchanges of persons and of times."""

    async def save_person(self, change: Change) -> Booking:
        """The booking is another person's from now on. Raises VersionConflict, and AlreadyBooked
        where that person has another standing booking."""
        before, a = change.before, change.after
        both = {one for row in (before, a) for one in (row.person_key, *row.also_keys)}
        await self.connection.execute(_LOCK_PERSONS, list(both))
        with once_a_person("There is a booking already."):
            done = await self.connection.execute(
                _REPLACE, a.booking_id, before.version, a.person_key, a.also_keys, a.card_key,
                a.birth_digest, a.kana, a.visitor, a.cards, a.has_inquiry, a.needs, a.contact,
                a.phone,
            )  # fmt: skip
        return await self.saved(change, done)

    async def exchange_cells(self, one: Booking, other: Booking) -> bool:
        """Each of two locked bookings gets the cells of the other; False where some of them are not
        theirs: then this transaction must roll back."""
        both = (one, other)
        done: str = await self.connection.execute(
            _EXCHANGE, one.booking_id, other.booking_id, [row.office_id for row in both],
            [row.window_id for row in both], [row.starts_at for row in both],
            [row.minutes for row in both],
        )  # fmt: skip
        return done == f"UPDATE {(one.minutes + other.minutes) // CELL_MINUTES}"

    async def standing_party(
        self, offices: frozenset[str], party_id: UUID | None, apart_from: UUID
    ) -> list[Booking]:
        """The other standing bookings of a party, those of these offices."""
        if party_id is None:
            return []
        rows: list[asyncpg.Record] = await self.connection.fetch(
            _PARTY, party_id, apart_from, list(offices)
        )
        return [booking_row(row) for row in rows]
