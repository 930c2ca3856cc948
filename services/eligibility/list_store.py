"""The SQL that changes the list: applying the rows of a draft, taking an import back, and what is
known of bookings for the cards of the list."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Row, bindparam, text

from libs.common.database import SqlStore
from libs.common.statements import one_of
from libs.contracts.booking import STANDING
from libs.contracts.eligibility import CardHolder

_NOW = bindparam("now", type_=DateTime(True))
# `state` is left alone: a card that was collected stays collected, whatever a later file says.
# What is kept for undoing is read before anything is written: both see the list as it was.
_APPLY = text(
    """
    WITH fresh AS (
        SELECT card_key, sealed, office_id, shielded, effect FROM staged_row
        WHERE draft_id = :batch_id AND line > :after AND line <= :until AND effect <> 'unchanged'),
    kept AS (
        INSERT INTO undo_row (batch_id, card_key, sealed, office_id, shielded, withdrawn,
            former_batch_id)
        SELECT :batch_id, p.card_key, p.sealed, p.office_id, p.shielded, p.withdrawn, p.batch_id
        FROM person p JOIN fresh USING (card_key)),
    written AS (
        INSERT INTO person AS known
            (card_key, sealed, office_id, shielded, state, version, first_batch_id, batch_id,
                updated_at, withdrawn)
        SELECT fresh.card_key, fresh.sealed, fresh.office_id,
            coalesce(fresh.shielded, p.shielded AND NOT p.withdrawn, false), 'ready', 1, :batch_id,
            :batch_id, :now, false
        FROM fresh LEFT JOIN person p USING (card_key)
        ON CONFLICT (card_key) DO UPDATE SET
            sealed = excluded.sealed, office_id = excluded.office_id, withdrawn = false,
            shielded = excluded.shielded, version = known.version + 1,
            batch_id = excluded.batch_id, updated_at = excluded.updated_at
        RETURNING card_key, office_id, shielded, state, version, withdrawn)
    SELECT written.*, fresh.effect FROM written JOIN fresh USING (card_key)
    """
).bindparams(_NOW)
_LAST_LINE = text("SELECT coalesce(max(line), 0) FROM staged_row WHERE draft_id = :draft_id")
_FORGET_UNDO = text("DELETE FROM undo_row WHERE batch_id <> :batch_id")
_CHANGED_SINCE = text(
    """
    SELECT EXISTS (SELECT FROM undo_row u JOIN person p USING (card_key)
        WHERE u.batch_id = :batch_id AND p.batch_id <> :batch_id)
    """
)
_BOOKED_SINCE = text(
    """
    SELECT count(DISTINCT p.card_key) FROM known_visit v JOIN person p USING (card_key)
    WHERE p.batch_id = :batch_id AND v.status <> 'cancelled' AND v.booked_at >= :since
    """
).bindparams(bindparam("since", type_=DateTime(True)))
_TAKE_BACK = text(
    """
    UPDATE person SET sealed = coalesce(u.sealed, ''),
        office_id = coalesce(u.office_id, person.office_id),
        shielded = coalesce(u.shielded, false), withdrawn = coalesce(u.withdrawn, true),
        batch_id = coalesce(u.former_batch_id, person.batch_id),
        version = version + 1, updated_at = :now
    FROM (SELECT card_key FROM person WHERE batch_id = :batch_id AND card_key > :after
            AND NOT withdrawn ORDER BY card_key LIMIT :count) AS page
        LEFT JOIN undo_row u ON u.batch_id = :batch_id AND u.card_key = page.card_key
    WHERE person.card_key = page.card_key
    RETURNING person.card_key, person.office_id, person.shielded, state, version,
        person.withdrawn
    """
).bindparams(_NOW)
_DROP_UNDO = text("DELETE FROM undo_row WHERE batch_id = :batch_id")
_BUMP = text("UPDATE list_revision SET revision = revision + 1 RETURNING revision")
_KEEP_VISIT = text(
    """
    INSERT INTO known_visit AS known
        (booking_id, card_key, version, status, office_id, starts_at, booked_at)
    VALUES (:booking_id, :card_key, :version, :status, :office_id, :starts_at, :at)
    ON CONFLICT (booking_id) DO UPDATE SET
        card_key = excluded.card_key, version = excluded.version, status = excluded.status,
        office_id = excluded.office_id, starts_at = excluded.starts_at
    WHERE known.version < excluded.version
    """
).bindparams(bindparam("starts_at", type_=DateTime(True)), bindparam("at", type_=DateTime(True)))
_UPDATE_VISIT = text(
    """
    UPDATE known_visit SET version = :version, status = :status, office_id = :office_id,
        starts_at = :starts_at
    WHERE booking_id = :booking_id AND version < :version
    """
).bindparams(bindparam("starts_at", type_=DateTime(True)))
_BOOKED_AT = text(
    "UPDATE known_visit SET booked_at = :at WHERE booking_id = :booking_id AND booked_at > :at"
).bindparams(bindparam("at", type_=DateTime(True)))
_FORGET_VISIT = text("DELETE FROM known_visit WHERE booking_id = :booking_id")
_VISITS_OF = text(
    f"""
    SELECT card_key, office_id, starts_at FROM known_visit
    WHERE card_key = ANY (CAST(:card_keys AS text[])) AND {one_of("status", STANDING)}
        AND starts_at >= :today
    ORDER BY starts_at
    """
).bindparams(bindparam("today", type_=DateTime(True)))
_KEEP_WATERMARK = text(
    """
    INSERT INTO watermark AS known (single, at) VALUES (true, :at)
    ON CONFLICT (single) DO UPDATE SET at = greatest(known.at, excluded.at)
    """
).bindparams(bindparam("at", type_=DateTime(True)))
_WATERMARK = text("SELECT at FROM watermark")


class ListStore(SqlStore):
    """What changes the list of persons as a whole, and the bookings of its cards."""

    async def last_line(self, draft_id: UUID) -> int:
        return int((await self.session.execute(_LAST_LINE, {"draft_id": draft_id})).scalar_one())

    async def apply_rows(
        self, batch_id: UUID, after: int, until: int, now: datetime
    ) -> list[tuple[str, CardHolder]]:
        """Write the staged rows of these lines into the list; each effect with the holder."""
        values = {"batch_id": batch_id, "after": after, "until": until, "now": now}
        rows = (await self.session.execute(_APPLY, values)).all()
        return [(row.effect, holder) for row, holder in zip(rows, holders_of(rows), strict=True)]

    async def keep_undo_of(self, batch_id: UUID) -> None:
        """Only the newest import can be taken back: what the others found is forgotten."""
        await self.session.execute(_FORGET_UNDO, {"batch_id": batch_id})

    async def was_changed_since(self, batch_id: UUID) -> bool:
        found = await self.session.execute(_CHANGED_SINCE, {"batch_id": batch_id})
        return bool(found.scalar_one())

    async def booked_since(self, batch_id: UUID, since: datetime) -> int:
        """How many persons of an import have booked since then."""
        values = {"batch_id": batch_id, "since": since}
        return int((await self.session.execute(_BOOKED_SINCE, values)).scalar_one())

    async def take_back(
        self, batch_id: UUID, after: str, count: int, now: datetime
    ) -> list[CardHolder]:
        """Put up to `count` persons back as the import found them, in the order of their keys; who
        was added is withdrawn."""
        values = {"batch_id": batch_id, "after": after, "count": count, "now": now}
        found = holders_of(await self.session.execute(_TAKE_BACK, values))
        return sorted(found, key=lambda holder: holder.card_key)

    async def drop_undo(self, batch_id: UUID) -> None:
        await self.session.execute(_DROP_UNDO, {"batch_id": batch_id})

    async def bump_revision(self) -> int:
        """The list is another one now: what was compared with it before is stale."""
        return int((await self.session.execute(_BUMP)).scalar_one())

    async def keep_visit(self, visit: dict[str, Any], *, booked: bool) -> None:
        """The newest version of a booking for a card; of others nothing is kept. `booked`: it says
        when it was made, in whatever order facts come; until then the moment of the first version
        that came stands for it. Older releases do not say which card a known booking is for."""
        if visit["card_key"] is None:
            known = {name: visit[name] for name in visit if name not in ("card_key", "at")}
            await self.session.execute(_UPDATE_VISIT, known)
            return
        await self.session.execute(_KEEP_VISIT, visit)
        if booked:
            values = {"booking_id": visit["booking_id"], "at": visit["at"]}
            await self.session.execute(_BOOKED_AT, values)

    async def forget_visit(self, booking_id: UUID) -> None:
        await self.session.execute(_FORGET_VISIT, {"booking_id": booking_id})

    async def visits_of(self, card_keys: Sequence[str], today: datetime) -> Sequence[Row[Any]]:
        """The bookings of these cards that stand, from `today` on."""
        values = {"card_keys": card_keys, "today": today}
        return (await self.session.execute(_VISITS_OF, values)).all()

    async def keep_watermark(self, at: datetime) -> None:
        await self.session.execute(_KEEP_WATERMARK, {"at": at})

    async def watermark(self) -> datetime | None:
        return (await self.session.execute(_WATERMARK)).scalar_one_or_none()


def holders_of(rows: Iterable[Row[Any]]) -> list[CardHolder]:
    return [
        CardHolder(
            card_key=row.card_key,
            office_id=row.office_id,
            state=row.state,
            version=row.version,
            shielded=row.shielded,
            withdrawn=row.withdrawn,
        )
        for row in rows
    ]
