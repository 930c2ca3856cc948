"""Bookings: made from a hold, and saved step by step with their history."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import HistoryLine
from services.booking.domain import AlreadyBooked, VersionConflict
from services.booking.domain.booking import Booking, Change, Place, Step

from .base import Repository
from .standing import TODAY, forget

COLUMNS = """
    booking_id, number, procedure_id, person_group, person_key, card_key, birth_digest, kana,
    contact, office_id, window_id, starts_at, minutes, visitor, channel, language, status, outcome,
    mail_failed, card_moved, booked_at, version, also, party_id, phone, needs, cards, has_inquiry,
    also_groups, party_line, also_keys, contact_version, former_keys
"""

_LISTS = ("also", "needs", "also_groups", "also_keys", "former_keys")

STEP = "booking_id, version, status, outcome, office_id, window_id, starts_at, minutes"
"""What a booking and each line of its history have in common."""

_BY_ID = f"SELECT {COLUMNS} FROM booking WHERE booking_id = $1"

_SERVES = "($1::text[] @> ARRAY['*'] OR office_id = ANY ($1))"

_ONE_FOR = f"SELECT {COLUMNS} FROM booking WHERE {_SERVES} AND booking_id = $2"

_LOCK_ONE_FOR = f"{_ONE_FOR} FOR UPDATE"

# $1–$33 the booking's columns  $34 actor  $35 what  $36 reason  $37 digest of the mail's link
_INSERT = f"""
    WITH forgotten AS ({forget("$31::text[] || $33::text[] || $5::text")}), made AS (
        INSERT INTO booking ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
            $30, $31, $32, $33)
        RETURNING {STEP}
    ), linked AS (
        INSERT INTO booking_link (digest, booking_id)
        SELECT $37, booking_id FROM made WHERE $37::text IS NOT NULL
    )
    INSERT INTO booking_history ({STEP}, at, actor, what, reason)
    SELECT {STEP}, clock(), $34, $35, $36 FROM made
    RETURNING at
"""

_UPDATE = """
    UPDATE booking SET office_id = $3, window_id = $4, starts_at = $5, minutes = $6, status = $7,
        outcome = $8, card_moved = $9, contact = $10, phone = $11, needs = $12, version = $2 + 1,
        mail_failed = mail_failed AND NOT $13 AND contact IS NOT DISTINCT FROM $10,
        contact_version = $14
    WHERE booking_id = $1 AND version = $2
"""

# Of two who are put in each other's place at once, each would let go of a person that the other
# waits for: whoever comes second waits here, before holding anything.
_LOCK_PERSONS = """
    SELECT FROM active_person WHERE person_key = ANY ($1)
    ORDER BY person_key, person_group FOR UPDATE
"""

_REPLACE = f"""
    WITH forgotten AS ({forget("$4::text[] || $3::text || $15::text[]", "$1")}), known AS (
        DELETE FROM unlinked_booking WHERE booking_id = $1
    )
    UPDATE booking SET person_key = $3, also_keys = $4, card_key = $5, birth_digest = $6,
        kana = $7, visitor = $8, cards = $9, has_inquiry = $10, needs = $11, contact = $12,
        phone = $13, card_moved = false, mail_failed = false, version = $2 + 1,
        contact_version = $14, former_keys = $15
    WHERE booking_id = $1 AND version = $2
"""

_SAVE_CARD = f"""
    WITH forgotten AS ({forget("$4::text[] || $3::text")})
    UPDATE booking SET person_key = $3, also_keys = $4, card_key = $5, birth_digest = $6,
        card_moved = $7, version = $2 + 1
    WHERE booking_id = $1 AND version = $2
"""

_UNMARK = "DELETE FROM unlinked_booking WHERE booking_id = $1"

_HISTORY = """
    INSERT INTO booking_history (booking_id, version, at, actor, what, status, outcome, office_id,
        window_id, starts_at, minutes, reason)
    VALUES ($1, $2, clock(), $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

_STEPS_TODAY = f"""
    SELECT count(*) FROM booking_history WHERE booking_id = $1 AND what = $2 AND at >= {TODAY}
"""

_HISTORY_LINES = """
    SELECT version, at, actor, what, status, starts_at, reason, outcome, office_id, window_id
    FROM booking_history
    WHERE booking_id = $1 ORDER BY version
"""

# The line before the one that brought the booking to where it is now, while that is to come.
_BEFORE_RECEIVED = """
    SELECT p.office_id, p.window_id, p.starts_at, p.minutes
    FROM booking_history r JOIN booking_history p
        ON p.booking_id = r.booking_id AND p.version = r.version - 1
    WHERE r.booking_id = $1 AND r.what = 'received' AND (r.office_id, r.starts_at) = ($2, $3)
        AND p.starts_at > clock()
    ORDER BY r.version DESC LIMIT 1
"""

_BOOKINGS = f"SELECT {COLUMNS} FROM booking WHERE booking_id = ANY ($1)"

# A mail of whatever version was for the address that the booking had by then.
_FLAG_MAIL = """
    UPDATE booking SET mail_failed = true
    WHERE booking_id = $1 AND contact_version <= $2 AND contact IS NOT NULL
"""


class Bookings(Repository):
    """The bookings themselves."""

    async def get(self, booking_id: UUID, lock: bool = False) -> Booking:
        query = f"{_BY_ID} FOR UPDATE" if lock else _BY_ID
        row = await self.connection.fetchrow(query, booking_id)
        assert row is not None
        return booking_row(row)

    async def get_for(
        self, offices: Iterable[str], booking_id: UUID, lock: bool = False
    ) -> Booking | None:
        """A booking of these offices; one of another office is as absent as an unknown one."""
        row = await self.connection.fetchrow(
            _LOCK_ONE_FOR if lock else _ONE_FOR, list(offices), booking_id
        )
        return booking_row(row) if row else None

    async def add(self, booking: Booking, step: Step, link: str | None = None) -> datetime:
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
                before.mail_failed and not a.mail_failed, a.contact_version,
            )  # fmt: skip
        return await self.saved(change, done)

    async def save_person(self, change: Change) -> Booking:
        """The booking is another person's from now on. Raises VersionConflict, and AlreadyBooked
        where that person has another standing booking."""
        before, a = change.before, change.after
        both = {*before.known_keys, *a.known_keys}
        await self.connection.execute(_LOCK_PERSONS, list(both))
        with once_a_person("There is a booking already."):
            done = await self.connection.execute(
                _REPLACE, a.booking_id, before.version, a.person_key, a.also_keys, a.card_key,
                a.birth_digest, a.kana, a.visitor, a.cards, a.has_inquiry, a.needs, a.contact,
                a.phone, a.contact_version, a.former_keys,
            )  # fmt: skip
        return await self.saved(change, done)

    async def save_card(self, change: Change) -> Booking:
        """The booking has the keys of its card. Raises VersionConflict, and AlreadyBooked where the
        card's person has another standing booking."""
        before, b = change.before, change.after
        with once_a_person("There is a booking already."):
            done = await self.connection.execute(
                _SAVE_CARD, b.booking_id, before.version, b.person_key, b.also_keys, b.card_key,
                b.birth_digest, b.card_moved,
            )  # fmt: skip
        await self.connection.execute(_UNMARK, b.booking_id)
        return await self.saved(change, done)

    async def saved(self, change: Change, done: str) -> Booking:
        """What goes with every new version, once its row is written. Raises VersionConflict."""
        if done != "UPDATE 1":
            raise VersionConflict("The booking was changed by somebody else.")
        await self._write_history(change.after, change.step)
        if change.fact:
            self.store.publish(change.fact)
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

    async def history(self, booking_id: UUID) -> list[HistoryLine]:
        rows = await self.connection.fetch(_HISTORY_LINES, booking_id)
        return [HistoryLine.model_validate(dict(row)) for row in rows]

    async def place_before_received(self, booking: Booking) -> Place | None:
        """None where the booking was not brought here, or its old time has come."""
        b = booking
        row = await self.connection.fetchrow(
            _BEFORE_RECEIVED, b.booking_id, b.office_id, b.starts_at
        )
        return Place(**row) if row else None

    async def get_all(self, booking_ids: Collection[UUID]) -> dict[UUID, Booking]:
        rows = await self.connection.fetch(_BOOKINGS, list(booking_ids))
        return {row["booking_id"]: booking_row(row) for row in rows}

    async def flag_mail_failed(self, booking_id: UUID, version: int) -> None:
        await self.connection.execute(_FLAG_MAIL, booking_id, version)


def booking_row(row: asyncpg.Record | dict[str, Any]) -> Booking:
    lists = {name: tuple(row[name] or ()) for name in _LISTS}
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


assert EVERY_OFFICE == "*", "so it stands in statements"
