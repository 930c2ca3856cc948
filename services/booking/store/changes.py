"""The log of applied changes of timetables."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.common.statements import Statement, insert
from services.booking.tables import metadata

from .base import Repository

MOST = 50
_COLUMNS = """
    change_id, at, actor, steps, office_ids, delta, first_day, last_day, added, removed, affected,
    undone_at, undone_by
"""
_INSERT = Statement(
    insert(metadata.tables["schedule_change"], but_for=("at", "undone_at", "undone_by"))
)
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
        kept = {name: getattr(change, name) for name in _INSERT.names}
        lists = {name: json.dumps(kept[name]) for name in ("steps", "delta")}
        await self.connection.execute(*_INSERT(**{**kept, **lists}))
        return await self.change(change.change_id)

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
