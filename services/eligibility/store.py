"""All SQL of eligibility, one transaction at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Row, bindparam, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import defer
from sqlmodel import col

from libs.common.database import UNREACHABLE, SqlStore
from libs.common.tries import Misses, TooSoon, gap_seconds, too_soon
from libs.contracts.eligibility import CardHolder

from .tables import Batch, KnownOffice

NEWEST_BATCHES = 50
HOUR = timedelta(hours=1)
FAILURES: tuple[type[Exception], ...] = (SQLAlchemyError, *UNREACHABLE)
"""A transaction that did not come to its end, for whatever reason."""

_TRY_IMPORT_LOCK = text(
    "SELECT pg_try_advisory_xact_lock(hashtext('import'), hashtext(current_schema()))"
)
_PERSONS = text(
    """
    SELECT card_key, sealed, office_id, shielded FROM person
    WHERE card_key = ANY(CAST(:card_keys AS text[]))
    """
)
# Always one row of the same width: what is not known must not be quicker to fetch.
_PERSON = text(
    """
    SELECT sealed, office_id, state, shielded, true AS known
    FROM person WHERE card_key = :card_key
    UNION ALL SELECT CAST(:nobody AS text), 'nowhere', 'ready', false, false
    ORDER BY known DESC LIMIT 1
    """
)
# `state` is left alone: a card that was collected stays collected, whatever a later file says.
_WRITE_PERSONS = text(
    """
    INSERT INTO person AS known
        (card_key, sealed, office_id, shielded, state, version, first_batch_id, batch_id,
            updated_at)
    SELECT card_key, sealed, office_id, shielded, 'ready', 1, :batch_id, :batch_id, :now
    FROM unnest(CAST(:card_keys AS text[]), CAST(:seals AS text[]), CAST(:office_ids AS text[]),
            CAST(:shielded AS boolean[]))
        AS sent (card_key, sealed, office_id, shielded)
    ON CONFLICT (card_key) DO UPDATE SET
        sealed = excluded.sealed, office_id = excluded.office_id, shielded = excluded.shielded,
        version = known.version + 1, batch_id = excluded.batch_id, updated_at = excluded.updated_at
    RETURNING card_key, office_id, shielded, state, version
    """
).bindparams(bindparam("now", type_=DateTime(True)))
_LOCK_NUMBER = text("SELECT pg_advisory_xact_lock(CAST(:number AS bigint))")
_MISSES = text(
    """
    SELECT coalesce((SELECT tries FROM wrong_try WHERE card_key = :card_key AND day = :day), 0),
        coalesce((SELECT tries FROM origin_try WHERE origin = :origin AND day = :day), 0),
        coalesce((SELECT sum(misses) FROM miss_minute WHERE minute > :hour_ago), 0)
    """
)
_COUNT_TRY = text(
    """
    INSERT INTO wrong_try AS known (card_key, day, tries) VALUES (:card_key, :day, 1)
    ON CONFLICT (card_key, day) DO UPDATE SET tries = known.tries + 1
    """
)
_TURN = text("SELECT tries, next_at FROM origin_try WHERE origin = :origin AND day = :day")
# Whoever is second goes without: nobody waits for the other with a connection in hand.
_TAKE_TURN = text(
    """
    UPDATE origin_try SET next_at = :next_at
    WHERE (origin, day) = (SELECT origin, day FROM origin_try
        WHERE origin = :origin AND day = :day AND (next_at IS NULL OR next_at <= :now)
        FOR UPDATE SKIP LOCKED)
    RETURNING true
    """
)
_COUNT_ORIGIN = text(
    """
    INSERT INTO origin_try AS known (origin, day, tries) VALUES (:origin, :day, 1)
    ON CONFLICT (origin, day) DO UPDATE SET tries = known.tries + 1
    """
)
_COUNT_MINUTE = text(
    """
    INSERT INTO miss_minute AS known (minute, misses) VALUES (:minute, 1)
    ON CONFLICT (minute) DO UPDATE SET misses = known.misses + 1
    """
)
_MISSES_SINCE = text("SELECT coalesce(sum(misses), 0) FROM miss_minute WHERE minute > :hour_ago")
_FORGET_MINUTES = text("DELETE FROM miss_minute WHERE minute <= :hour_ago")
_IS_SPENT = text("SELECT EXISTS (SELECT FROM spent_work WHERE name = :name)")
_SPEND = text("INSERT INTO spent_work (name, day) VALUES (:name, :day)")
_FORGET = tuple(
    text(f"DELETE FROM {table} WHERE day < :day")
    for table in ("wrong_try", "origin_try", "spent_work")
)
_COUNT_OFFICES = text("SELECT count(*) FROM known_office")
_KEEP_OFFICE = text(
    """
    INSERT INTO known_office AS known (office_id, name, version)
    VALUES (:office_id, :name, :version)
    ON CONFLICT (office_id) DO UPDATE SET name = excluded.name, version = excluded.version
    WHERE known.version < excluded.version
    """
)
_HOLDERS = text(
    """
    SELECT card_key, office_id, shielded, state, version FROM person
    WHERE card_key > :after ORDER BY card_key LIMIT :count
    """
)
_LOCK_PERSON = text("SELECT batch_id FROM person WHERE card_key = :card_key FOR UPDATE")
_KEEP_PICKUP = text(
    """
    INSERT INTO pickup AS known (booking_id, card_key, version, collected)
    VALUES (:booking_id, :card_key, :version, :collected)
    ON CONFLICT (booking_id) DO UPDATE SET
        card_key = excluded.card_key, version = excluded.version, collected = excluded.collected
    WHERE known.version < excluded.version
    """
)
_SETTLE_STATE = text(
    """
    WITH wanted AS (
        SELECT CASE WHEN EXISTS (SELECT FROM pickup WHERE card_key = :card_key AND collected)
            THEN 'collected' ELSE 'ready' END AS state)
    UPDATE person SET state = wanted.state, version = version + 1, updated_at = :now
    FROM wanted
    WHERE card_key = :card_key AND person.state <> wanted.state
    RETURNING card_key, office_id, shielded, person.state, version
    """
).bindparams(bindparam("now", type_=DateTime(True)))


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A person as the list keeps it; who is `shielded` is not served online."""

    card_key: str
    sealed: str
    office_id: str
    shielded: bool


class Store(SqlStore):
    """The persons, the imports, and what is known of offices and pickups."""

    async def try_import_lock(self) -> bool:
        """Whether this transaction is the only import until it ends."""
        return bool((await self.session.execute(_TRY_IMPORT_LOCK)).scalar_one())

    async def office_names(self) -> dict[str, str]:
        query = select(col(KnownOffice.office_id), col(KnownOffice.name))
        return dict((await self.session.execute(query)).all())

    async def known_rows(self) -> dict[str, int]:
        """How much has come in of what others own."""
        return {"offices": int((await self.session.execute(_COUNT_OFFICES)).scalar_one())}

    async def keep_office(self, office_id: str, name: str, version: int) -> None:
        values = {"office_id": office_id, "name": name, "version": version}
        await self.session.execute(_KEEP_OFFICE, values)

    async def sealed_persons(self, card_keys: Sequence[str]) -> dict[str, SealedPerson]:
        """Those of `card_keys` that are in the list, by key."""
        rows = (await self.session.execute(_PERSONS, {"card_keys": card_keys})).all()
        return {row.card_key: SealedPerson(*row) for row in rows}

    async def write_persons(
        self, persons: Sequence[SealedPerson], batch_id: UUID, now: datetime
    ) -> list[CardHolder]:
        """Add or replace `persons`; each as it is now, with its new version."""
        values = {
            "card_keys": [person.card_key for person in persons],
            "seals": [person.sealed for person in persons],
            "office_ids": [person.office_id for person in persons],
            "shielded": [person.shielded for person in persons],
            "batch_id": batch_id,
            "now": now,
        }
        return _holders(await self.session.execute(_WRITE_PERSONS, values))

    async def person(self, card_key: str, nobody: str) -> Row[Any]:
        """`sealed`, `office_id`, `state`, `shielded` and whether the person is `known`; `nobody`
        is sealed and stands in for whoever is not. A plain row: a hit costs no more than a miss."""
        values = {"card_key": card_key, "nobody": nobody}
        return (await self.session.execute(_PERSON, values)).one()

    def add_batch(self, batch: Batch) -> None:
        self.session.add(batch)

    async def newest_batches(self) -> Sequence[Batch]:
        """The newest imports, without their errors."""
        newest_first = col(Batch.at).desc()
        query = select(Batch).options(defer(col(Batch.errors))).order_by(newest_first)  # type: ignore[arg-type]
        return (await self.session.execute(query.limit(NEWEST_BATCHES))).scalars().all()

    async def batch_of_form(self, sent_by: str, key: str) -> Batch | None:
        """What came of a form that was sent before."""
        query = select(Batch).where(col(Batch.sent_by) == sent_by, col(Batch.key) == key)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def batch(self, batch_id: UUID) -> Batch | None:
        return await self.session.get(Batch, batch_id)

    async def lock_number(self, card_key: str) -> None:
        """Let one check of a number at a time count, until the end of the transaction."""
        await self.session.execute(_LOCK_NUMBER, {"number": int(card_key[:15], 16)})

    async def misses(self, card_key: str, origin: str | None, day: date, now: datetime) -> Misses:
        """Wrong tries so far. Without an origin, those of the number alone."""
        asked = {"card_key": card_key, "origin": origin or "", "day": day}
        found = await self.session.execute(_MISSES, {**asked, "hour_ago": now - HOUR})
        number, of_origin, everybody = found.one()
        return Misses(number, of_origin, everybody) if origin else Misses(number)

    async def count_wrong_try(self, card_key: str, day: date) -> None:
        await self.session.execute(_COUNT_TRY, {"card_key": card_key, "day": day})

    async def take_turn(self, origin: str, day: date, now: datetime) -> TooSoon | None:
        """The origin's next try is this one, or the refusal that says when it may come."""
        asked = {"origin": origin, "day": day}
        tries, next_at = (await self.session.execute(_TURN, asked)).one_or_none() or (0, None)
        gap = gap_seconds(tries)
        if gap == 0:
            return None
        times = {"now": now, "next_at": now + timedelta(seconds=gap)}
        taken = (await self.session.execute(_TAKE_TURN, asked | times)).one_or_none()
        return None if taken else too_soon(gap, next_at, now)

    async def count_origin(self, origin: str, day: date) -> None:
        await self.session.execute(_COUNT_ORIGIN, {"origin": origin, "day": day})

    async def count_minute(self, now: datetime) -> None:
        """One more wrong try of everybody. Comes last: others wait for this row until the end."""
        minute = now.replace(second=0, microsecond=0)
        await self.session.execute(_COUNT_MINUTE, {"minute": minute})

    async def misses_within_an_hour(self, now: datetime) -> int:
        found = await self.session.execute(_MISSES_SINCE, {"hour_ago": now - HOUR})
        return int(found.scalar_one())

    async def is_spent(self, name: str) -> bool:
        return bool((await self.session.execute(_IS_SPENT, {"name": name})).scalar_one())

    async def spend(self, name: str, day: date) -> None:
        await self.session.execute(_SPEND, {"name": name, "day": day})

    async def forget_tries_before(self, day: date, now: datetime) -> None:
        for statement in _FORGET:
            await self.session.execute(statement, {"day": day})
        await self.session.execute(_FORGET_MINUTES, {"hour_ago": now - HOUR})

    async def holders(self, after: str, count: int) -> list[CardHolder]:
        """Up to `count` persons of the list as they are now, whose key comes later."""
        return _holders(await self.session.execute(_HOLDERS, {"after": after, "count": count}))

    async def lock_person(self, card_key: str) -> UUID | None:
        """The last batch of the person, who is ours to change until the transaction ends."""
        found = await self.session.execute(_LOCK_PERSON, {"card_key": card_key})
        return found.scalar_one_or_none()

    async def keep_pickup(
        self, booking_id: UUID, card_key: str, version: int, collected: bool
    ) -> None:
        """Remember the newest outcome of a visit; older versions change nothing."""
        values = {"booking_id": booking_id, "card_key": card_key}
        await self.session.execute(
            _KEEP_PICKUP, {**values, "version": version, "collected": collected}
        )

    async def settle_state(self, card_key: str, now: datetime) -> list[CardHolder]:
        """Collected if any visit says so, else ready; the holder if that is new."""
        return _holders(
            await self.session.execute(_SETTLE_STATE, {"card_key": card_key, "now": now})
        )


def _holders(rows: Iterable[Row[Any]]) -> list[CardHolder]:
    return [
        CardHolder(
            card_key=row.card_key,
            office_id=row.office_id,
            state=row.state,
            version=row.version,
            shielded=row.shielded,
        )
        for row in rows
    ]
