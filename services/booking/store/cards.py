"""Cards, as eligibility said last."""

from dataclasses import dataclass

from libs.contracts.eligibility import CardState
from services.booking.domain.booking import Booking

from .base import Repository
from .bookings import COLUMNS, booking_row
from .standing import is_expected, stands


def is_shielded(booking: str = "booking") -> str:
    """Whether the person of a booking is not served online. `booking` is the alias of the table."""
    return f"EXISTS (SELECT FROM card WHERE card.card_key = {booking}.card_key AND card.shielded)"


SHIELDED = is_shielded()
# Who comes along would say where the shielded person is.
SHIELDED_PARTY = f"""
    ({SHIELDED} OR EXISTS (SELECT FROM booking AS mate
        WHERE mate.party_id = booking.party_id AND mate.status <> 'cancelled'
            AND {is_shielded("mate")}))
"""
"""Whether somebody of a booking's party is not served online."""

_ONE_CARD = """
    SELECT card_key, office_id, state, version, shielded, withdrawn FROM card WHERE card_key = $1
"""

_SAVE_CARDS = """
    INSERT INTO card (card_key, office_id, state, version, shielded, withdrawn)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::boolean[],
        $6::boolean[])
    ON CONFLICT (card_key) DO UPDATE SET office_id = excluded.office_id, state = excluded.state,
        version = excluded.version, shielded = excluded.shielded, withdrawn = excluded.withdrawn,
        shelf = CASE WHEN excluded.office_id = card.office_id AND excluded.state = 'ready'
            THEN card.shelf END
    WHERE card.version < excluded.version
    RETURNING card_key, old.office_id <> new.office_id AS moved
"""

_SHELF = "SELECT shelf FROM card WHERE card_key = $1 AND office_id = $2 AND state = 'ready'"
_PUT_ON_SHELF = """
    UPDATE card SET shelf = $3 WHERE card_key = $1 AND office_id = $2 AND state = 'ready'
    RETURNING true
"""

# Who comes along is not mailed either: it would say where the shielded person is.
_STILL_MAILED = f"""
    WITH shielded AS (
        SELECT booking_id, party_id FROM booking
        WHERE card_key = ANY ($1) AND {SHIELDED} AND {stands()}
    )
    SELECT {COLUMNS} FROM booking
    WHERE contact IS NOT NULL AND {stands()} AND booking_id IN (
        SELECT booking_id FROM shielded
        UNION SELECT b.booking_id FROM booking b JOIN shielded USING (party_id))
    ORDER BY booking_id FOR UPDATE OF booking
"""

# $2 the procedures for which one comes where the card is; for all others it may be anywhere.
_FLAG_MOVED = f"""
    UPDATE booking SET card_moved = card.office_id <> booking.office_id
        AND (booking.also || booking.procedure_id) && $2::text[]
    FROM card
    WHERE booking.card_key = ANY ($1) AND card.card_key = booking.card_key
        AND {is_expected("booking")}
"""


@dataclass(frozen=True)
class KnownCard:
    """A card, as eligibility said last. Who is `shielded` is not served online; who is `withdrawn`
    is in the list no more."""

    card_key: str
    office_id: str
    state: CardState
    version: int
    shielded: bool = False
    withdrawn: bool = False


class Cards(Repository):
    """Where cards lie, and whose persons are not served online."""

    async def get(self, card_key: str) -> KnownCard | None:
        row = await self.connection.fetchrow(_ONE_CARD, card_key)
        return KnownCard(**row) if row else None

    async def is_shielded(self, card_key: str | None) -> bool:
        """Whether the person with this card is not served online; nobody is without a card."""
        card = await self.get(card_key) if card_key else None
        return card is not None and card.shielded

    async def shelf(self, card_key: str | None, office_id: str) -> tuple[bool, str | None]:
        """Whether the card lies at this office, and on which shelf. It is forgotten when the card
        leaves."""
        row = await self.connection.fetchrow(_SHELF, card_key, office_id)
        return (row is not None, row["shelf"] if row else None)

    async def put_on_shelf(self, card_key: str | None, office_id: str, shelf: str | None) -> bool:
        """False where the card is not there."""
        found = await self.connection.fetchval(_PUT_ON_SHELF, card_key, office_id, shelf)
        return found is not None

    async def save(self, cards: list[KnownCard]) -> list[str]:
        """Take them over, except where a newer version is known. The keys of those that were known
        at another office."""
        columns = zip(*(vars(card).values() for card in cards), strict=True)
        rows = await self.connection.fetch(_SAVE_CARDS, *map(list, columns))
        return [row["card_key"] for row in rows if row["moved"]]

    async def still_mailed(self, card_keys: list[str]) -> list[Booking]:
        """Standing bookings of these people, and of who comes along, that mails would still go out
        for; locked."""
        rows = await self.connection.fetch(_STILL_MAILED, card_keys)
        return [booking_row(row) for row in rows]

    async def flag_moved(self, card_keys: list[str], tied: list[str]) -> None:
        """Mark active bookings whose card is no longer where the visit is, and has to be: for the
        procedures that are `tied` to its place."""
        await self.connection.execute(_FLAG_MOVED, card_keys, tied)
