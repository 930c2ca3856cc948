"""Bookings: made from a hold, moved, cancelled, ticked; each step with its line of history."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.contracts.booking import BOOKED_UNTIL
from libs.contracts.eligibility import CardState
from services.booking.domain import AlreadyBooked, VersionConflict
from services.booking.domain.booking import Booking, Change, Step

from .holds import HeldPlace, HeldTime, HoldStore
from .standing import TODAY, forget, stands

COLUMNS = """
    booking_id, number, procedure_id, person_group, person_key, card_key, birth_digest, kana,
    contact, office_id, window_id, starts_at, minutes, visitor, channel, language, status, outcome,
    mail_failed, card_moved, booked_at, version, also, party_id, phone, needs, cards, has_inquiry,
    also_groups, party_line, also_keys
"""
STEP = "booking_id, version, status, outcome, office_id, window_id, starts_at, minutes"
"""What a booking and each line of its history have in common."""
_BY_ID = f"SELECT {COLUMNS} FROM booking WHERE booking_id = $1"
# $1–$31 the booking's columns  $32 actor  $33 what  $34 reason  $35 digest of the mail's link
_INSERT = f"""
    WITH forgotten AS ({forget("$31::text[] || $5::text")}), made AS (
        INSERT INTO booking ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
            $30, $31)
        RETURNING {STEP}
    ), linked AS (
        INSERT INTO booking_link (digest, booking_id)
        SELECT $35, booking_id FROM made WHERE $35::text IS NOT NULL
    )
    INSERT INTO booking_history ({STEP}, at, actor, what, reason)
    SELECT {STEP}, clock(), $32, $33, $34 FROM made
    RETURNING at
"""
_UPDATE = """
    UPDATE booking SET office_id = $3, window_id = $4, starts_at = $5, minutes = $6, status = $7,
        outcome = $8, card_moved = $9, contact = $10, phone = $11, needs = $12, version = $2 + 1,
        mail_failed = mail_failed AND NOT $13 AND contact IS NOT DISTINCT FROM $10
    WHERE booking_id = $1 AND version = $2
"""
_HISTORY = """
    INSERT INTO booking_history (booking_id, version, at, actor, what, status, outcome, office_id,
        window_id, starts_at, minutes, reason)
    VALUES ($1, $2, clock(), $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_STEPS_TODAY = f"""
    SELECT count(*) FROM booking_history WHERE booking_id = $1 AND what = $2 AND at >= {TODAY}
"""
_KEEP_CELLS = """
    UPDATE cell SET taken_by = $2, taken_until = 'infinity', version = version + 1
    WHERE taken_by = $1 AND office_id = $3 AND window_id = $4
        AND starts_at >= $5 AND starts_at < $5 + $6 * interval '5 minutes'
        AND audience <> 'closed'
    RETURNING starts_at, version, audience
"""
_FREE_CELLS = """
    UPDATE cell SET taken_by = NULL, taken_until = '-infinity', version = version + 1
    WHERE taken_by = $1 AND office_id = $2 AND window_id = $3
        AND starts_at >= $4 AND starts_at < $4 + $5 * interval '1 minute'
    RETURNING starts_at, version, audience
"""
# Where the old and the new time of a booking share cells, they go with the new one.
_LEND = """
    UPDATE cell SET taken_by = $1
    WHERE taken_by = $2 AND office_id = $3 AND window_id = $4
        AND starts_at >= $5 AND starts_at < $5 + $6 * interval '5 minutes'
"""
_ACTIVE = f"""
    SELECT EXISTS (SELECT FROM active_person a JOIN booking b USING (booking_id)
        WHERE a.person_key = $1 AND a.person_group = $2 AND b.starts_at >= {TODAY}
        AND booking_id IS DISTINCT FROM $3)
"""
_CARD = "SELECT card_key, office_id, state, version, shielded FROM card WHERE card_key = $1"
_SAVE_CARDS = """
    INSERT INTO card (card_key, office_id, state, version, shielded)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::boolean[])
    ON CONFLICT (card_key) DO UPDATE SET office_id = excluded.office_id, state = excluded.state,
        version = excluded.version, shielded = excluded.shielded
    WHERE card.version < excluded.version
    RETURNING card_key, old.office_id <> new.office_id AS moved
"""
SHIELDED = "EXISTS (SELECT FROM card WHERE card.card_key = booking.card_key AND card.shielded)"
"""Whether the person of a booking is not served online."""
# Who comes along is not mailed either: it would say where the shielded person is.
_REACHED = f"""
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
_FLAG_MOVED = """
    UPDATE booking SET card_moved = card.office_id <> booking.office_id
        AND (booking.also || booking.procedure_id) && $2::text[]
    FROM card
    WHERE booking.card_key = ANY ($1) AND card.card_key = booking.card_key
        AND booking.status IN ('confirmed', 'arrived')
"""
_FLAG_MAIL = "UPDATE booking SET mail_failed = true WHERE booking_id = $1 AND version <= $2"


@dataclass(frozen=True)
class CardRow:
    """A card, as eligibility said last. Who is `shielded` is not served online."""

    card_key: str
    office_id: str
    state: CardState
    version: int
    shielded: bool = False


class BookingStore(HoldStore):
    """Bookings and the cells they own."""

    async def booking(self, booking_id: UUID, lock: bool = False) -> Booking:
        query = f"{_BY_ID} FOR UPDATE" if lock else _BY_ID
        row = await self.connection.fetchrow(query, booking_id)
        assert row is not None
        return booking_row(row)

    async def insert_booking(
        self, booking: Booking, step: Step, link: str | None = None
    ) -> datetime:
        """The booking with its first line of history and the digest of the link that its mail will
        carry: since when it stands. Raises AlreadyBooked."""
        told = (step.actor, step.what, step.reason, link)
        with once_a_person("There may be a booking already."):
            at: datetime = await self.connection.fetchval(_INSERT, *vars(booking).values(), *told)
        return at

    async def save(self, change: Change) -> Booking:
        """The booking as it is from now on, with its history and the fact about it. Raises
        VersionConflict where there is a newer one, and AlreadyBooked where it stands again whose
        person has booked anew."""
        before, a = change.before, change.after
        with once_a_person("This person has booked again meanwhile."):
            done = await self.connection.execute(
                _UPDATE, a.booking_id, before.version, a.office_id, a.window_id, a.starts_at,
                a.minutes, a.status, a.outcome, a.card_moved, a.contact, a.phone, a.needs,
                before.mail_failed and not a.mail_failed,
            )  # fmt: skip
        return await self.saved(change, done)

    async def saved(self, change: Change, done: str) -> Booking:
        """What goes with every new version, once its row is written. Raises VersionConflict."""
        if done != "UPDATE 1":
            raise VersionConflict("The booking was changed by somebody else.")
        await self._write_history(change.after, change.step)
        if change.fact:
            self.publish(change.fact)
        return change.after

    async def _write_history(self, booking: Booking, step: Step) -> None:
        b = booking
        await self.connection.execute(
            _HISTORY, b.booking_id, b.version, step.actor, step.what, b.status, b.outcome,
            b.office_id, b.window_id, b.starts_at, b.minutes, step.reason,
        )  # fmt: skip

    async def steps_today(self, booking_id: UUID, what: str) -> int:
        """How often this was done to the booking today."""
        count: int = await self.connection.fetchval(_STEPS_TODAY, booking_id, what)
        return count

    async def keep_cells(self, held: HeldTime, place: HeldPlace, booking_id: UUID) -> bool:
        """The cells of one person become the booking's; False where the hold had lost one, or the
        office is closed by now."""
        h, p = held, place
        rows = await self.connection.fetch(
            _KEEP_CELLS, h.holder, booking_id, h.office_id, p.window_id, p.starts_at, p.cells
        )
        if len(rows) != p.cells:
            return False
        self.publish_run(h.office_id, p.window_id, rows, BOOKED_UNTIL)
        return True

    async def exchange_for_held(self, held: HeldTime, booking: Booking) -> bool:
        """The held cells become those of the booking, which gives back its old ones but for what
        both have. False where the hold had lost one, or the office is closed by now."""
        h, p = held, held.places[0]
        await self.connection.execute(
            _LEND, h.holder, booking.booking_id, h.office_id, p.window_id, p.starts_at, p.cells
        )
        await self.free_cells(booking)
        return await self.keep_cells(held, p, booking.booking_id)

    async def free_cells(self, booking: Booking) -> None:
        """The booking's cells are free for others."""
        b = booking
        rows = await self.connection.fetch(
            _FREE_CELLS, b.booking_id, b.office_id, b.window_id, b.starts_at, b.minutes
        )
        if rows:
            self.publish_run(b.office_id, b.window_id, rows, 0)

    async def has_active(self, person_key: str, group: str, apart_from: UUID | None) -> bool:
        found: bool = await self.connection.fetchval(_ACTIVE, person_key, group, apart_from)
        return found

    async def card(self, card_key: str) -> CardRow | None:
        row = await self.connection.fetchrow(_CARD, card_key)
        return CardRow(**row) if row else None

    async def is_shielded(self, card_key: str | None) -> bool:
        """Whether the person with this card is not served online; nobody is without a card."""
        card = await self.card(card_key) if card_key else None
        return card is not None and card.shielded

    async def save_cards(self, cards: list[CardRow]) -> list[str]:
        """Take them over, except where a newer version is known. The keys of those that were known
        at another office."""
        columns = zip(*(vars(card).values() for card in cards), strict=True)
        rows = await self.connection.fetch(_SAVE_CARDS, *map(list, columns))
        return [row["card_key"] for row in rows if row["moved"]]

    async def reached_though_shielded(self, card_keys: list[str]) -> list[Booking]:
        """Standing bookings of these people, and of who comes along, that mails would still go out
        for; locked."""
        rows = await self.connection.fetch(_REACHED, card_keys)
        return [booking_row(row) for row in rows]

    async def flag_moved(self, card_keys: list[str], tied: list[str]) -> None:
        """Mark active bookings whose card is no longer where the visit is, and has to be: for the
        procedures that are `tied` to its place."""
        await self.connection.execute(_FLAG_MOVED, card_keys, tied)

    async def flag_mail_failed(self, booking_id: UUID, version: int) -> None:
        await self.connection.execute(_FLAG_MAIL, booking_id, version)


def booking_row(row: asyncpg.Record | dict[str, Any]) -> Booking:
    lists = {name: tuple(row[name]) for name in ("also", "needs", "also_groups", "also_keys")}
    return Booking(**{**row, **lists})


@contextmanager
def once_a_person(refusal: str) -> Iterator[None]:
    """Of one person one booking stands in each group of procedures. Raises AlreadyBooked."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "booking_active_person":
            raise
        raise AlreadyBooked(refusal) from None
