"""Files of lists: how far each is, and its bytes until they are dropped an hour later."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from services.gateway.lgwan.door.store import Store
from services.gateway.lgwan.door.words import FileKind

from .files import KEPT_FOR, SILENT_FOR, Export

_COLUMNS = """
    export_id, owner, kind, query, state, reason, done_rows AS rows, total, replaced, size, as_of,
    made_at, state = 'making' AND seen_at < now() - CAST(:silent AS interval) AS silent
"""
_LIVE = "coalesce(made_at, created_at) > now() - CAST(:kept AS interval)"
_MINE = text(f"""
    SELECT {_COLUMNS} FROM export WHERE owner = :owner AND {_LIVE} ORDER BY created_at DESC
""")
_ONE = text(f"""
    SELECT {_COLUMNS} FROM export WHERE owner = :owner AND export_id = :id AND {_LIVE}
""")
_OPEN = text("""
    INSERT INTO export (export_id, owner, key, kind, query)
    VALUES (:id, :owner, :key, :kind, :query)
""")
_BUSY = text("""
    SELECT EXISTS (SELECT FROM export WHERE owner = :owner AND state = 'making'
        AND seen_at > now() - CAST(:silent AS interval))
""")
_KNOWN = text("SELECT export_id FROM export WHERE owner = :owner AND key = :key")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('export:' || :owner, 0))")
_PROGRESS = text("""
    UPDATE export SET done_rows = :rows, seen_at = now(), total = coalesce(:total, total),
        as_of = coalesce(:as_of, as_of)
    WHERE export_id = :id
""")
_PART = text("""
    INSERT INTO export_part (export_id, position, content) VALUES (:id, :position, :content)
""")
_DONE = text("""
    UPDATE export SET state = 'done', size = :size, replaced = :replaced, made_at = now()
    WHERE export_id = :id
""")
_FAIL = text("UPDATE export SET state = 'failed', reason = :reason WHERE export_id = :id")
_READ = text("SELECT content FROM export_part WHERE export_id = :id AND position = :position")
_PRUNE = text(f"DELETE FROM export WHERE NOT ({_LIVE})")

_TIMES = {"kept": KEPT_FOR, "silent": SILENT_FOR}


class ExportStore(Store):
    """Each sees their own files only. Deleting a file's row deletes its bytes."""

    async def exports_of(self, owner: str) -> list[Export]:
        rows = await self.session.execute(_MINE, {"owner": owner, **_TIMES})
        return [Export(*row) for row in rows]

    async def export(self, owner: str, export_id: UUID) -> Export | None:
        found = await self.session.execute(_ONE, {"owner": owner, "id": export_id, **_TIMES})
        row = found.one_or_none()
        return Export(*row) if row else None

    async def lock_exports(self, owner: str) -> None:
        """One after the other for each member of staff, until the end of this transaction."""
        await self.session.execute(_LOCK, {"owner": owner})

    async def export_of(self, owner: str, key: str) -> UUID | None:
        """The file that a form with this key asked for before."""
        found = await self.session.execute(_KNOWN, {"owner": owner, "key": key})
        known: UUID | None = found.scalar_one_or_none()
        return known

    async def is_making(self, owner: str) -> bool:
        found = await self.session.execute(_BUSY, {"owner": owner, "silent": SILENT_FOR})
        return bool(found.scalar_one())

    async def open_export(self, owner: str, key: str, kind: FileKind, query: str) -> UUID:
        export_id = uuid4()
        values = {"id": export_id, "owner": owner, "key": key, "kind": kind, "query": query}
        await self.session.execute(_OPEN, values)
        return export_id

    async def note_progress(
        self, export_id: UUID, rows: int, total: int | None = None, as_of: datetime | None = None
    ) -> None:
        values = {"id": export_id, "rows": rows, "total": total, "as_of": as_of}
        await self.session.execute(_PROGRESS, values)

    async def add_part(self, export_id: UUID, position: int, content: bytes) -> None:
        values = {"id": export_id, "position": position, "content": content}
        await self.session.execute(_PART, values)

    async def finish_export(self, export_id: UUID, size: int, replaced: int) -> None:
        values = {"id": export_id, "size": size, "replaced": replaced}
        await self.session.execute(_DONE, values)

    async def fail_export(self, export_id: UUID, reason: str) -> None:
        await self.session.execute(_FAIL, {"id": export_id, "reason": reason})

    async def read_part(self, export_id: UUID, position: int) -> bytes | None:
        values: dict[str, Any] = {"id": export_id, "position": position}
        content: bytes | None = (await self.session.execute(_READ, values)).scalar_one_or_none()
        return content

    async def prune_exports(self) -> None:
        """Drop files that were made an hour ago, and what was left of those never finished."""
        await self.session.execute(_PRUNE, {"kept": KEPT_FOR})
