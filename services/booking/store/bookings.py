"""Bookings: made from a hold, and saved step by step with their history."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.common.assertion import EVERY_OFFICE
from libs.common.statements import Statement, insert
from libs.contracts.booking import HistoryLine, Series
from services.booking.domain import AlreadyBooked, VersionConflict
from services.booking.domain.booking import Booking, Change, Place, Step
from services.booking.domain.series import asks_series, booking_in, change_in
from services.booking.tables import metadata

from .base import Repository
from .standing import TODAY, forget

COLUMNS = ", ".join(field.name for field in fields(Booking))

_LISTS = ("also", "needs", "also_groups", "also_keys", "former_keys")

STEP = "booking_id, version, status, outcome, office_id, window_id, starts_at, minutes"
"""What a booking and each line of its history have in common."""

_BY_ID = f"SELECT {COLUMNS} FROM booking WHERE booking_id = $1"

_SERVES = "($1::text[] @> ARRAY['*'] OR office_id = ANY ($1))"

_ONE_FOR = f"SELECT {COLUMNS} FROM booking WHERE {_SERVES} AND booking_id = $2"

_LOCK_ONE_FOR = f"{_ONE_FOR} FOR UPDATE"

_ADD = Statement(f"""
    WITH forgotten AS (
        {forget(":also_keys::text[] || :former_keys::text[] || :person_key::text")}
    ), made AS (
        {insert(metadata.tables["booking"], but_for=("erased_at",))}
        RETURNING {STEP}
    ), linked AS (
        INSERT INTO booking_link (digest, booking_id)
        SELECT :link, booking_id FROM made WHERE :link::text IS NOT NULL
    )
    INSERT INTO booking_history ({STEP}, at, actor, what, reason)
    SELECT {STEP}, clock(), :actor, :what, :reason FROM made
    RETURNING at
""")

# What no change of a booking itself touches: its person, and how it was made.
_SAVED = (
    "office_id", "window_id", "starts_at", "minutes", "status", "outcome", "card_moved", "contact",
    "phone", "needs", "interpreter", "version", "contact_version",
    "series_id",
)  # fmt: skip
_SAVE = Statement(f"""
    UPDATE booking SET {", ".join(f"{name} = :{name}" for name in _SAVED)},
        mail_failed = mail_failed AND NOT :tried_anew AND contact IS NOT DISTINCT FROM :contact
    WHERE booking_id = :booking_id AND version = :seen
""")

# Of two who are put in each other's place at once, each would let go of a person that the other
# waits for: whoever comes second waits here, before holding anything.
_LOCK_PERSONS = """
    SELECT FROM active_person WHERE person_key = ANY ($1)
    ORDER BY person_key, person_group FOR UPDATE
"""

_PERSON = (
    "person_key", "also_keys", "card_key", "birth_digest", "kana", "visitor", "cards",
    "has_inquiry", "needs", "interpreter", "contact", "phone", "card_moved", "mail_failed",
    "version", "contact_version", "former_keys",
)  # fmt: skip
_SAVE_PERSON = Statement(f"""
    WITH forgotten AS (
        {forget(":also_keys::text[] || :person_key::text || :former_keys::text[]", ":booking_id")}
    ), known AS (
        DELETE FROM unlinked_booking WHERE booking_id = :booking_id
    )
    UPDATE booking SET {", ".join(f"{name} = :{name}" for name in _PERSON)}
    WHERE booking_id = :booking_id AND version = :seen
""")

_CARD = ("person_key", "also_keys", "card_key", "birth_digest", "card_moved", "version")
_SAVE_CARD = Statement(f"""
    WITH forgotten AS ({forget(":also_keys::text[] || :person_key::text")})
    UPDATE booking SET {", ".join(f"{name} = :{name}" for name in _CARD)}
    WHERE booking_id = :booking_id AND version = :seen
""")

_UNMARK = "DELETE FROM unlinked_booking WHERE booking_id = $1"

_OF_STEP = tuple(STEP.split(", "))
_HISTORY = Statement(f"""
    INSERT INTO booking_history ({STEP}, at, actor, what, reason)
    VALUES ({", ".join(f":{name}" for name in _OF_STEP)}, clock(), :actor, :what, :reason)
""")

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

# A mail of whatever version was for the address that the booking had by then. Who was booked
# together has one mail, and the address sealed as one text.
_FLAG_MAIL = """
    WITH failed AS (SELECT booking_id, party_id, contact FROM booking
        WHERE booking_id = $1 AND contact_version <= $2 AND contact IS NOT NULL)
    UPDATE booking SET mail_failed = true FROM failed
    WHERE booking.booking_id = failed.booking_id
        OR (booking.party_id, booking.contact) = (failed.party_id, failed.contact)
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

    async def with_series(self, booking: Booking) -> Booking:
        """A new booking with the series that its time comes from."""
        return booking_in(await self._series_at(booking.office_id), booking)

    async def _series_at(self, office_id: str) -> list[Series]:
        return await self.store.timetables.series_at(office_id)

    async def add(self, booking: Booking, step: Step, link: str | None = None) -> datetime:
        """The booking with its first line of history and the digest of the link that its mail will
        carry: since when it stands. Raises AlreadyBooked."""
        query = _ADD(**vars(booking), **vars(step), link=link)
        with once_a_person("There may be a booking already."):
            at: datetime = await self.connection.fetchval(*query)
        return at

    async def save(self, change: Change) -> Booking:
        """The booking as it is from now on, with its history and the fact about it. Raises
        VersionConflict where there is a newer one, and AlreadyBooked where it stands again whose
        person has booked anew."""
        if asks_series(change):
            change = change_in(await self._series_at(change.after.office_id), change)
        before, after = change.before, change.after
        anew = before.mail_failed and not after.mail_failed
        query = _SAVE(**_written(change, _SAVED), tried_anew=anew)
        with once_a_person("This person has booked again meanwhile."):
            return await self._saved(change, query)

    async def save_person(self, change: Change) -> Booking:
        """The booking is another person's from now on. Raises VersionConflict, and AlreadyBooked
        where that person has another standing booking."""
        both = {*change.before.known_keys, *change.after.known_keys}
        await self.connection.execute(_LOCK_PERSONS, list(both))
        with once_a_person("There is a booking already."):
            return await self._saved(change, _SAVE_PERSON(**_written(change, _PERSON)))

    async def save_card(self, change: Change) -> Booking:
        """The booking has the keys of its card. Raises VersionConflict, and AlreadyBooked where the
        card's person has another standing booking."""
        with once_a_person("There is a booking already."):
            saved = await self._saved(change, _SAVE_CARD(**_written(change, _CARD)))
        await self.connection.execute(_UNMARK, saved.booking_id)
        return saved

    async def _saved(self, change: Change, query: Sequence[Any]) -> Booking:
        """The row, and what goes with every new version. Raises VersionConflict."""
        if await self.connection.execute(*query) != "UPDATE 1":
            raise VersionConflict("The booking was changed by somebody else.")
        after, step = change.after, change.step
        row = {name: getattr(after, name) for name in _OF_STEP}
        await self.connection.execute(*_HISTORY(**row, **vars(step)))
        if change.fact:
            self.store.publish(change.fact)
        return after

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


def _written(change: Change, names: Iterable[str]) -> dict[str, object]:
    """The columns of a change, of the booking as it was `seen`."""
    values = {name: getattr(change.after, name) for name in names}
    return {**values, "booking_id": change.after.booking_id, "seen": change.before.version}


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
