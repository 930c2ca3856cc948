"""The SQL of files on their way into the list: their pieces, their rows, what is wrong with them.

A job writes what it has done in transactions of its own, each of which renews its lease: where
another job has taken over, or the draft is gone, nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Row, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.common.database import SqlStore
from libs.common.statements import one_of
from libs.contracts.booking import STANDING

from .tables import DraftChunkRow, DraftFaultRow, DraftRow, ProfileRow, StagedRow

LEASE = timedelta(seconds=30)
KEPT = timedelta(hours=1)
"""So long a draft waits for the next step of a person."""
BUSY = ("staging", "applying")

_LOCK_FORM = text("SELECT pg_advisory_xact_lock(hashtext('form'), hashtext(:key))")
_ADD_ROWS = text(
    """
    INSERT INTO staged_row (draft_id, line, card_key, sealed, office_id, shielded, effect, fields)
    SELECT :draft_id, line, card_key, sealed, office_id, shielded, effect,
        string_to_array(fields, ',')
    FROM unnest(CAST(:lines AS integer[]), CAST(:card_keys AS text[]), CAST(:seals AS text[]),
            CAST(:office_ids AS text[]), CAST(:shielded AS boolean[]), CAST(:effects AS text[]),
            CAST(:fields AS text[]))
        AS sent (line, card_key, sealed, office_id, shielded, effect, fields)
    ON CONFLICT (draft_id, card_key) DO NOTHING
    RETURNING card_key
    """
)
_UPDATE_ROWS = text(
    """
    UPDATE staged_row SET effect = sent.effect, fields = string_to_array(sent.fields, ',')
    FROM unnest(CAST(:lines AS integer[]), CAST(:effects AS text[]), CAST(:fields AS text[]))
        AS sent (line, effect, fields)
    WHERE draft_id = :draft_id AND staged_row.line = sent.line
    """
)
_ADD_FAULTS = text(
    """
    INSERT INTO fault (batch_id, line, column_name, reason)
    SELECT :draft_id, * FROM unnest(CAST(:lines AS integer[]), CAST(:columns AS text[]),
        CAST(:reasons AS text[]))
    ON CONFLICT DO NOTHING
    """
)
_COUNT = text(
    """
    SELECT count(*) FILTER (WHERE effect = 'added') AS added,
        count(*) FILTER (WHERE effect IN ('changed', 'moved')) AS changed,
        count(*) FILTER (WHERE effect = 'unchanged') AS unchanged
    FROM staged_row WHERE draft_id = :draft_id
    """
)
_REVISION = text("SELECT revision FROM list_revision")
_STANDS = one_of("v.status", STANDING)
_CHANGES = """
    SELECT s.line, s.sealed, s.office_id, s.shielded, s.fields, s.card_key,
        p.sealed AS sealed_now, p.office_id AS office_now, p.shielded AS shielded_now
    FROM staged_row s JOIN person p USING (card_key)
    WHERE s.draft_id = :draft_id AND s.line > :after AND s.effect IN ('changed', 'moved')
        AND {booked} (SELECT FROM known_visit v
            WHERE v.card_key = s.card_key AND {standing}
                AND v.starts_at >= :today)
    ORDER BY s.line LIMIT :count
"""
_BOOKED_CHANGES, _OTHER_CHANGES = (
    text(_CHANGES.format(booked=word, standing=_STANDS)).bindparams(
        bindparam("today", type_=DateTime(True))
    )
    for word in ("EXISTS", "NOT EXISTS")
)
_COUNT_BOOKED = text(
    f"""
    SELECT count(DISTINCT s.card_key) FROM known_visit v JOIN staged_row s USING (card_key)
    WHERE s.draft_id = :draft_id AND s.effect IN ('changed', 'moved')
        AND {_STANDS} AND v.starts_at >= :today
    """
).bindparams(bindparam("today", type_=DateTime(True)))
# What belongs to no draft any more. Faults and undo rows of an import stay with it.
_SWEEP = tuple(
    text(
        f"""
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} AS old
            WHERE NOT EXISTS (SELECT FROM draft WHERE draft.draft_id = old.{key}) {unless}
            LIMIT 20000))
        """
    )
    for table, key, unless in (
        ("draft_chunk", "draft_id", ""),
        ("staged_row", "draft_id", ""),
        (
            "fault",
            "batch_id",
            "AND NOT EXISTS (SELECT FROM batch WHERE batch.batch_id = old.batch_id)",
        ),
    )
)


class NotOurs(Exception):
    """Another job works on the draft, or it is gone: nothing of this transaction is kept."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A row on its way to the list."""

    line: int
    card_key: str
    sealed: str
    office_id: str
    shielded: bool | None
    effect: str
    fields: tuple[str, ...]


class DraftStore(SqlStore):
    """Drafts, their pieces and rows, and the layouts that were saved."""

    def add_draft(self, draft: DraftRow) -> None:
        self.session.add(draft)

    async def draft(self, draft_id: UUID, *, lock: bool = False) -> DraftRow | None:
        query = select(DraftRow).where(col(DraftRow.draft_id) == draft_id)
        return (
            await self.session.execute(query.with_for_update() if lock else query)
        ).scalar_one_or_none()

    async def drafts(self) -> Sequence[DraftRow]:
        """Those that somebody can go on with, the newest first."""
        query = select(DraftRow).where(col(DraftRow.state) != "receiving")
        newest = query.order_by(col(DraftRow.at).desc()).limit(20)
        return (await self.session.execute(newest)).scalars().all()

    async def lock_form(self, key: str) -> None:
        """One at a time of those that send the same form, until the transaction ends."""
        await self.session.execute(_LOCK_FORM, {"key": key})

    async def draft_of_form(self, sent_by: str, key: str) -> DraftRow | None:
        query = select(DraftRow).where(col(DraftRow.sent_by) == sent_by, col(DraftRow.key) == key)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def drop_draft(self, draft_id: UUID) -> None:
        """What belongs to it is swept up later."""
        await self.session.execute(delete(DraftRow).where(col(DraftRow.draft_id) == draft_id))

    async def add_chunk(self, draft_id: UUID, n: int, sealed: bytes) -> None:
        values = {"draft_id": draft_id, "n": n, "sealed": sealed}
        await self.session.execute(insert(DraftChunkRow).values(**values))

    async def chunk(self, draft_id: UUID, n: int) -> bytes | None:
        query = select(col(DraftChunkRow.sealed)).where(
            col(DraftChunkRow.draft_id) == draft_id, col(DraftChunkRow.n) == n
        )
        return (await self.session.execute(query)).scalar_one_or_none()

    async def drop_chunks(self, draft_id: UUID) -> None:
        """The file itself is not needed any more: its rows are staged, or it is refused."""
        chunks = delete(DraftChunkRow).where(col(DraftChunkRow.draft_id) == draft_id)
        await self.session.execute(chunks)

    async def begin_run(
        self, draft_id: UUID, state: str, expected: Sequence[str], run: UUID, now: datetime
    ) -> bool:
        """Whether the draft is this run's now: it was in one of the `expected` states, or its
        process was in one of them and is gone."""
        here, busy = [name for name in expected if name not in BUSY], expected
        idle = col(DraftRow.state).in_(here)
        left = col(DraftRow.state).in_(busy) & (col(DraftRow.leased_until) < now)
        begun = (
            update(DraftRow)
            .where(col(DraftRow.draft_id) == draft_id, idle | left)
            .values(
                state=state, run=run, leased_until=now + LEASE, touched_at=now, done=0, problem=None
            )
            .returning(col(DraftRow.draft_id))
        )
        return (await self.session.execute(begun)).scalar_one_or_none() is not None

    async def renew(self, draft_id: UUID, run: UUID, now: datetime, **values: Any) -> None:
        """The run goes on, and is as far as `values` say. Raises NotOurs."""
        renewed = (
            update(DraftRow)
            .where(col(DraftRow.draft_id) == draft_id, col(DraftRow.run) == run)
            .values(leased_until=now + LEASE, touched_at=now, **values)
            .returning(col(DraftRow.draft_id))
        )
        if (await self.session.execute(renewed)).scalar_one_or_none() is None:
            raise NotOurs

    async def end_run(self, draft_id: UUID, run: UUID, now: datetime, **values: Any) -> None:
        """The run is over; it was about `values`. Raises NotOurs."""
        await self.renew(draft_id, run, now)
        await self.session.execute(
            update(DraftRow).where(col(DraftRow.draft_id) == draft_id).values(**values)
        )

    async def end_lease(self, draft_id: UUID, run: UUID) -> None:
        """The run ends before it is done: whoever looks sees at once that it stopped."""
        left = update(DraftRow).where(col(DraftRow.draft_id) == draft_id, col(DraftRow.run) == run)
        await self.session.execute(left.values(leased_until=col(DraftRow.at)))

    async def end_draft(self, draft_id: UUID, run: UUID) -> None:
        """It has become an import. Raises NotOurs."""
        gone = delete(DraftRow).where(col(DraftRow.draft_id) == draft_id, col(DraftRow.run) == run)
        ended = await self.session.execute(gone.returning(col(DraftRow.draft_id)))
        if ended.scalar_one_or_none() is None:
            raise NotOurs

    async def clear_rows(self, draft_id: UUID) -> None:
        await self.session.execute(delete(StagedRow).where(col(StagedRow.draft_id) == draft_id))
        await self.session.execute(
            delete(DraftFaultRow).where(col(DraftFaultRow.batch_id) == draft_id)
        )

    async def add_rows(self, draft_id: UUID, rows: Sequence[Staged]) -> set[str]:
        """The keys of those whose number came for the first time."""
        values = {
            "draft_id": draft_id,
            "lines": [row.line for row in rows],
            "card_keys": [row.card_key for row in rows],
            "seals": [row.sealed for row in rows],
            "office_ids": [row.office_id for row in rows],
            "shielded": [row.shielded for row in rows],
            "effects": [row.effect for row in rows],
            "fields": [",".join(row.fields) for row in rows],
        }
        return set((await self.session.execute(_ADD_ROWS, values)).scalars())

    async def update_rows(self, draft_id: UUID, rows: Sequence[Staged]) -> None:
        values = {
            "draft_id": draft_id,
            "lines": [row.line for row in rows],
            "effects": [row.effect for row in rows],
            "fields": [",".join(row.fields) for row in rows],
        }
        await self.session.execute(_UPDATE_ROWS, values)

    async def rows_of(self, draft_id: UUID, card_keys: Sequence[str]) -> dict[str, Staged]:
        query = select(StagedRow).where(
            col(StagedRow.draft_id) == draft_id, col(StagedRow.card_key).in_(card_keys)
        )
        rows = (await self.session.execute(query)).scalars()
        return {row.card_key: _staged(row) for row in rows}

    async def rows_after(self, draft_id: UUID, after: int, count: int) -> list[Staged]:
        query = select(StagedRow).where(
            col(StagedRow.draft_id) == draft_id, col(StagedRow.line) > after
        )
        page = query.order_by(col(StagedRow.line)).limit(count)
        return [_staged(row) for row in (await self.session.execute(page)).scalars()]

    async def add_faults(self, draft_id: UUID, faults: Sequence[tuple[int, str, str]]) -> None:
        """Line, column and reason of each."""
        lines, columns, reasons = map(list, zip(*faults, strict=True))
        values = {"draft_id": draft_id, "lines": lines, "columns": columns, "reasons": reasons}
        await self.session.execute(_ADD_FAULTS, values)

    async def faults_after(self, batch_id: UUID, after: int, count: int) -> Sequence[DraftFaultRow]:
        """Whole lines: a line with two faults is not cut in two."""
        lines = (
            select(col(DraftFaultRow.line))
            .where(col(DraftFaultRow.batch_id) == batch_id, col(DraftFaultRow.line) > after)
            .distinct()
            .order_by(col(DraftFaultRow.line))
            .limit(count)
        )
        query = select(DraftFaultRow).where(
            col(DraftFaultRow.batch_id) == batch_id,
            col(DraftFaultRow.line).in_(lines.scalar_subquery()),
        )
        ordered = query.order_by(col(DraftFaultRow.line), col(DraftFaultRow.column_name))
        return (await self.session.execute(ordered)).scalars().all()

    async def count_rows(self, draft_id: UUID) -> dict[str, int]:
        """How many rows do what."""
        return dict((await self.session.execute(_COUNT, {"draft_id": draft_id})).mappings().one())

    async def count_booked(self, draft_id: UUID, today: datetime) -> int:
        """Of those who change: with a booking from `today` on."""
        values = {"draft_id": draft_id, "today": today}
        return int((await self.session.execute(_COUNT_BOOKED, values)).scalar_one())

    async def changes(
        self, draft_id: UUID, after: int, count: int, today: datetime, *, booked: bool
    ) -> Sequence[Row[Any]]:
        values = {"draft_id": draft_id, "after": after, "count": count, "today": today}
        statement = _BOOKED_CHANGES if booked else _OTHER_CHANGES
        return (await self.session.execute(statement, values)).all()

    async def revision(self) -> int:
        """How often the list was changed by people so far."""
        return int((await self.session.execute(_REVISION)).scalar_one())

    async def profiles(self) -> Sequence[ProfileRow]:
        query = select(ProfileRow).order_by(col(ProfileRow.name))
        return (await self.session.execute(query)).scalars().all()

    async def save_profile(
        self, profile_id: UUID, name: str, choice: dict[str, Any], made_by: str, now: datetime
    ) -> None:
        """Under a name that exists the choice is replaced."""
        values = {"profile_id": profile_id, "name": name, "made_by": made_by, "made_at": now}
        saved = insert(ProfileRow).values(**values, choice=choice)
        await self.session.execute(
            saved.on_conflict_do_update(
                index_elements=["name"],
                set_={"choice": choice, "made_by": made_by, "made_at": now},
            )
        )

    async def drop_profile(self, profile_id: UUID) -> None:
        await self.session.execute(
            delete(ProfileRow).where(col(ProfileRow.profile_id) == profile_id)
        )

    async def drop_forgotten(self, now: datetime) -> None:
        """Drafts that nobody has gone on with, but for those that a job works on."""
        forgotten = (col(DraftRow.touched_at) < now - KEPT) & (
            col(DraftRow.leased_until).is_(None) | (col(DraftRow.leased_until) < now)
        )
        await self.session.execute(delete(DraftRow).where(forgotten))

    async def sweep(self) -> int:
        """Delete some of what belongs to no draft; how much it was."""
        swept = [await self.session.execute(statement) for statement in _SWEEP]
        return sum(result.rowcount for result in swept)  # type: ignore[attr-defined]


def _staged(row: StagedRow) -> Staged:
    return Staged(
        row.line, row.card_key, row.sealed, row.office_id, row.shielded, row.effect,
        tuple(row.fields),
    )  # fmt: skip
