"""The log of applied changes of timetables."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from .base import Repository

MOST = 50
_COLUMNS = """
    change_id, at, actor, steps, office_ids, delta, first_day, last_day, added, removed, affected,
    undone_at, undone_by
"""
_INSERT = """
    INSERT INTO schedule_change (change_id, actor, steps, office_ids, delta, first_day, last_day,
        added, removed, affected)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_ONE = f"SELECT {_COLUMNS} FROM schedule_change WHERE change_id = $1"
_SERVED = "($1::text[] @> ARRAY['*'] OR office_ids <@ $1)"
_LIST = f"""
    SELECT {_COLUMNS} FROM schedule_change
    WHERE {_SERVED} AND ($2::text IS NULL OR $2 = ANY (office_ids))
    ORDER BY at DESC LIMIT {MOST}
"""
_MINE = f"SELECT {_COLUMNS} FROM schedule_change WHERE {_SERVED} AND change_id = $2 FOR UPDATE"
_UNDONE = """
    UPDATE schedule_change SET undone_at = clock(), undone_by = $2 WHERE change_id = $1
"""


@dataclass(frozen=True)
class ChangeRow:
    """An applied change. `steps` and `delta` are JSON as they were written."""

    change_id: UUID
    actor: str
    steps: Any
    office_ids: tuple[str, ...]
    delta: Any
    first_day: date
    last_day: date
    added: int
    removed: int
    affected: int
    at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None


class Changes(Repository):
    """Changes that concern offices of the caller alone: one that also concerns others is absent."""

    async def write_change(self, change: ChangeRow) -> ChangeRow:
        """The change as it is now in the log."""
        c = change
        await self.connection.execute(
            _INSERT, c.change_id, c.actor, json.dumps(c.steps), c.office_ids, json.dumps(c.delta),
            c.first_day, c.last_day, c.added, c.removed, c.affected,
        )  # fmt: skip
        return await self.change(c.change_id)

    async def change(self, change_id: UUID) -> ChangeRow:
        row = await self.connection.fetchrow(_ONE, change_id)
        assert row is not None
        return _change(row)

    async def change_for(self, offices: Iterable[str], change_id: UUID) -> ChangeRow | None:
        """Locked until this transaction ends."""
        row = await self.connection.fetchrow(_MINE, list(offices), change_id)
        return _change(row) if row else None

    async def changes(self, offices: Iterable[str], office_id: str | None) -> list[ChangeRow]:
        """The newest ones."""
        rows = await self.connection.fetch(_LIST, list(offices), office_id)
        return [_change(row) for row in rows]

    async def mark_undone(self, change_id: UUID, actor: str) -> None:
        await self.connection.execute(_UNDONE, change_id, actor)


def _change(row: asyncpg.Record) -> ChangeRow:
    parsed = {name: json.loads(row[name]) for name in ("steps", "delta")}
    return ChangeRow(**{**row, **parsed, "office_ids": tuple(row["office_ids"])})
