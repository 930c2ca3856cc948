"""All SQL of eligibility, one transaction at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    Integer,
    Row,
    Text,
    any_,
    bindparam,
    case,
    delete,
    desc,
    exists,
    false,
    func,
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import defer
from sqlmodel import col

from libs.common.database import UNREACHABLE
from libs.common.statements import (
    count_one,
    insert_row,
    keep_newest,
    table_of,
)
from libs.common.tries import Misses, TooSoon, gap_seconds, too_soon
from libs.contracts.eligibility import CardHolder

from .draft_store import DraftStore, NotOurs
from .list_store import ListStore, holders_of
from .tables import (
    BatchRow,
    CheckMissMinuteRow,
    CheckTryRow,
    CheckWorkRow,
    KnownOfficeRow,
    OriginTryRow,
    PersonRow,
    PickupRow,
)

NEWEST_BATCHES = 50
HOUR = timedelta(hours=1)
FAILURES: tuple[type[Exception], ...] = (SQLAlchemyError, *UNREACHABLE)
"""A transaction that did not come to its end, for whatever reason."""
GONE: tuple[type[Exception], ...] = (NotOurs, *FAILURES)
"""What a job meets that somebody else took over, or that loses the database."""

_person, _pickup, _wrong = table_of(PersonRow), table_of(PickupRow), table_of(CheckTryRow)
_origin, _minute, _spent = (
    table_of(OriginTryRow),
    table_of(CheckMissMinuteRow),
    table_of(CheckWorkRow),
)
_KEPT = (_person.c.sealed, _person.c.office_id, _person.c.shielded)
_HOLDER = (
    _person.c.card_key, _person.c.office_id, _person.c.shielded, _person.c.state, _person.c.version,
    _person.c.withdrawn,
)  # fmt: skip

_TRY_IMPORT_LOCK = text(
    "SELECT pg_try_advisory_xact_lock(hashtext('import'), hashtext(current_schema()))"
)
_PERSONS = select(_person.c.card_key, *_KEPT).where(
    _person.c.card_key == any_(bindparam("card_keys", type_=ARRAY(Text))), ~_person.c.withdrawn
)
# Always one row of the same width: what is not known must not be quicker to fetch.
_PERSON = (
    select(*_KEPT, _person.c.state, true().label("known"))
    .where(_person.c.card_key == bindparam("card_key"), ~_person.c.withdrawn)
    .union_all(
        select(
            bindparam("nobody", type_=Text), literal("nowhere"), false(), literal("ready"), false()
        )
    )
    .order_by(desc("known"))
    .limit(1)
)
_LOCK_NUMBER = text("SELECT pg_advisory_xact_lock(CAST(:number AS bigint))")
_MISSES_SINCE = select(func.coalesce(func.sum(_minute.c.misses), 0)).where(
    _minute.c.minute > bindparam("hour_ago")
)
_ON_DAY = bindparam("day", type_=Date)
_OF_NUMBER = select(_wrong.c.tries).where(
    _wrong.c.card_key == bindparam("card_key"), _wrong.c.day == _ON_DAY
)
_OF_ORIGIN = select(_origin.c.tries).where(
    _origin.c.origin == bindparam("origin"), _origin.c.day == _ON_DAY
)
_MISSES = select(
    func.coalesce(_OF_NUMBER.scalar_subquery(), 0),
    func.coalesce(_OF_ORIGIN.scalar_subquery(), 0),
    _MISSES_SINCE.scalar_subquery(),
)
_COUNT_TRY = count_one(CheckTryRow, "tries")
_TURN = select(_origin.c.tries, _origin.c.next_at).where(
    _origin.c.origin == bindparam("origin"), _origin.c.day == bindparam("day")
)
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
_COUNT_ORIGIN = count_one(OriginTryRow, "tries")
_COUNT_MINUTE = count_one(CheckMissMinuteRow, "misses")
_FORGET_MINUTES = delete(_minute).where(_minute.c.minute <= bindparam("hour_ago"))
_IS_SPENT = select(exists().where(_spent.c.name == bindparam("name")))
_SPEND = insert_row(CheckWorkRow)
_FORGET = tuple(
    delete(table).where(table.c.day < bindparam("day")) for table in (_wrong, _origin, _spent)
)
_COUNT_OFFICES = select(func.count()).select_from(table_of(KnownOfficeRow))
_KEEP_OFFICE = keep_newest(KnownOfficeRow, "version")
_HOLDERS = (
    select(*_HOLDER)
    .where(_person.c.card_key > bindparam("after"))
    .order_by(_person.c.card_key)
    .limit(bindparam("count", type_=Integer))
)
_LOCK_PERSON = (
    select(_person.c.batch_id).where(_person.c.card_key == bindparam("card_key")).with_for_update()
)
_KEEP_PICKUP = keep_newest(PickupRow, "version")
_WANTED = case(
    (exists().where(_pickup.c.card_key == bindparam("whose"), _pickup.c.collected), "collected"),
    else_="ready",
)
_SETTLE_STATE = (
    update(_person)
    .where(_person.c.card_key == bindparam("whose"), _person.c.state != _WANTED)
    .values(state=_WANTED, version=_person.c.version + 1, updated_at=bindparam("now"))
    .returning(*_HOLDER)
)


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A person as the list keeps it; who is `shielded` is not served online."""

    card_key: str
    sealed: str
    office_id: str
    shielded: bool


class Store(DraftStore, ListStore):
    """The persons, the imports, and what is known of offices and pickups."""

    async def try_import_lock(self) -> bool:
        """Whether this transaction is the only import until it ends."""
        return bool((await self.session.execute(_TRY_IMPORT_LOCK)).scalar_one())

    async def office_names(self) -> dict[str, str]:
        query = select(col(KnownOfficeRow.office_id), col(KnownOfficeRow.name))
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

    async def person(self, card_key: str, nobody: str) -> Row[Any]:
        """`sealed`, `office_id`, `state`, `shielded` and whether the person is `known`; `nobody`
        is sealed and stands in for whoever is not. A plain row: a hit costs no more than a miss."""
        values = {"card_key": card_key, "nobody": nobody}
        return (await self.session.execute(_PERSON, values)).one()

    def add_batch(self, batch: BatchRow) -> None:
        self.session.add(batch)

    async def newest_batches(self, count: int = NEWEST_BATCHES) -> Sequence[BatchRow]:
        """The newest imports, without their errors."""
        newest_first = col(BatchRow.at).desc()
        query = select(BatchRow).options(defer(col(BatchRow.errors))).order_by(newest_first)  # type: ignore[arg-type]
        return (await self.session.execute(query.limit(count))).scalars().all()

    async def batch(self, batch_id: UUID) -> BatchRow | None:
        return await self.session.get(BatchRow, batch_id)

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
        return holders_of(await self.session.execute(_HOLDERS, {"after": after, "count": count}))

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
        values = {"whose": card_key, "now": now}
        return holders_of(await self.session.execute(_SETTLE_STATE, values))
