"""Cards laid out for a day: which visits need one, and where it lies."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from libs.contracts.booking import Preparation, PreparationSort
from services.booking.domain.booking import Booking

from .base import Repository
from .standing import is_expected

# The outcome is that of the procedure with the card, where it is not the first one of the visit.
# A card that was laid out for another card, office or day is not ready for this visit.
_SELECT = """
    SELECT b.booking_id, b.number, b.starts_at, b.minutes, b.window_id, b.office_id,
        b.procedure_id, b.also, b.visitor, b.status, o.outcome,
        CASE WHEN c.state IS NULL THEN 'unknown' WHEN c.state <> 'ready' THEN 'gone'
             WHEN c.office_id <> b.office_id THEN 'elsewhere' ELSE 'here' END AS card,
        c.office_id AS card_office_id, p.prepared_by, p.prepared_at,
        CASE WHEN c.office_id = b.office_id THEN c.shelf END AS shelf
    FROM booking b LEFT JOIN card c ON c.card_key = b.card_key
    CROSS JOIN LATERAL (SELECT coalesce(
        (SELECT v.outcomes ->> r.procedure_id FROM visit v, procedure r
         WHERE v.booking_id = b.booking_id AND r.procedure_id = ANY (b.also) AND r.needs_card
         LIMIT 1), b.outcome) AS outcome) AS o
"""
_SERVES = "($3::text[] @> ARRAY['*'] OR $1 = ANY ($3))"
_LAID_OUT = """
    p.office_id = b.office_id AND p.day = (b.starts_at AT TIME ZONE 'Asia/Tokyo')::date
    AND p.card_key IS NOT DISTINCT FROM b.card_key
"""
_ITS_OWN = f"LEFT JOIN preparation p ON p.booking_id = b.booking_id AND {_LAID_OUT}"
_VISITS = f"""
    {_SELECT} {_ITS_OWN}
    WHERE b.office_id = $1 AND {_SERVES}
        AND b.starts_at >= $2::date::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND b.starts_at < ($2::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND {is_expected("b")}
        AND EXISTS (SELECT FROM procedure r
            WHERE r.procedure_id = ANY (b.also || b.procedure_id) AND r.needs_card)
    ORDER BY
"""
_ORDERS: dict[PreparationSort, str] = {
    "number": "b.number",
    "time": "b.starts_at, b.window_id, b.booking_id",
}
_PREPARED = f"""
    SELECT b.booking_id, p.booking_id IS NOT NULL AS ready, c.shelf FROM booking b {_ITS_OWN}
    LEFT JOIN card c ON c.card_key = b.card_key AND c.office_id = b.office_id
    WHERE b.office_id = $1 AND {_SERVES}
        AND b.starts_at >= $2::date::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND b.starts_at < ($2::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND EXISTS (SELECT FROM procedure r
            WHERE r.procedure_id = ANY (b.also || b.procedure_id) AND r.needs_card)
"""
_TO_RETURN = f"""
    {_SELECT} JOIN preparation p ON p.booking_id = b.booking_id
    WHERE p.office_id = $1 AND {_SERVES} AND p.day = $2 AND (
        b.status IN ('cancelled', 'missed') OR NOT ({_LAID_OUT})
        OR o.outcome IN ('papers', 'identity', 'outage'))
    ORDER BY b.number
"""
_ONE = f"{_SELECT} {_ITS_OWN} WHERE b.booking_id = $1"
_PERSONS = "SELECT booking_id, card_key, kana FROM booking WHERE booking_id = ANY ($1)"
_PREPARE = """
    INSERT INTO preparation AS p (booking_id, office_id, day, card_key, prepared_by)
    SELECT booking_id, office_id, (starts_at AT TIME ZONE 'Asia/Tokyo')::date, card_key, $2
    FROM booking WHERE booking_id = $1
    ON CONFLICT (booking_id) DO UPDATE SET office_id = excluded.office_id, day = excluded.day,
        card_key = excluded.card_key, prepared_by = excluded.prepared_by, prepared_at = clock()
    WHERE (p.office_id, p.day) <> (excluded.office_id, excluded.day)
        OR p.card_key IS DISTINCT FROM excluded.card_key
"""
_PUT_BACK = "DELETE FROM preparation WHERE booking_id = $1"
_NEXT_OPEN = """
    SELECT coalesce(
        (SELECT (min(starts_at) AT TIME ZONE 'Asia/Tokyo')::date FROM cell
         WHERE office_id = $1 AND starts_at >= tomorrow.begins),
        (tomorrow.begins AT TIME ZONE 'Asia/Tokyo')::date)
    FROM (SELECT date_trunc('day', clock() + interval '1 day', 'Asia/Tokyo') AS begins) AS tomorrow
"""
_PRUNE = """
    DELETE FROM preparation WHERE day < (clock() AT TIME ZONE 'Asia/Tokyo')::date - $1::integer
"""
KEPT_DAYS = 30
"""So long a card that nobody put back stands in the list of its day."""


class Preparations(Repository):
    """No step of a booking: its version and its history stay as they are."""

    async def next_open_day(self, office_id: str) -> date:
        """The first day after today that has places there; tomorrow where none is known."""
        found: date = await self.connection.fetchval(_NEXT_OPEN, office_id)
        return found

    async def visits_with_cards(
        self, offices: Iterable[str], office_id: str, day: date, sort: PreparationSort
    ) -> tuple[Preparation, ...]:
        """The visits still to come of that day that need a card; none of another office than
        `offices`."""
        query = _VISITS + _ORDERS[sort]
        rows = await self.connection.fetch(query, office_id, day, list(offices))
        return tuple(Preparation.model_validate(dict(row)) for row in rows)

    async def prepared(
        self, offices: Iterable[str], office_id: str, day: date
    ) -> dict[UUID, tuple[bool, str | None]]:
        """Every booking of that day that needs a card, whether it is laid out, and its shelf."""
        rows = await self.connection.fetch(_PREPARED, office_id, day, list(offices))
        return {row["booking_id"]: (row["ready"], row["shelf"]) for row in rows}

    async def cards_to_return(
        self, offices: Iterable[str], office_id: str, day: date
    ) -> tuple[Preparation, ...]:
        rows = await self.connection.fetch(_TO_RETURN, office_id, day, list(offices))
        return tuple(Preparation.model_validate(dict(row)) for row in rows)

    async def preparation(self, booking_id: UUID) -> Preparation:
        row = await self.connection.fetchrow(_ONE, booking_id)
        assert row is not None
        return Preparation.model_validate(dict(row))

    async def persons_of(
        self, booking_ids: list[UUID]
    ) -> dict[UUID, tuple[str | None, str | None]]:
        """The key of the card and the sealed name of each booking."""
        rows = await self.connection.fetch(_PERSONS, booking_ids)
        return {row["booking_id"]: (row["card_key"], row["kana"]) for row in rows}

    async def prepare(self, booking: Booking, actor: str) -> None:
        """The card is laid out; who did it first stays noted."""
        await self.connection.execute(_PREPARE, booking.booking_id, actor)

    async def put_back(self, booking_id: UUID) -> None:
        await self.connection.execute(_PUT_BACK, booking_id)

    async def prune_preparations(self) -> None:
        await self.connection.execute(_PRUNE, KEPT_DAYS)
