"""申し送り in the door's own database: read, written and changed for one's own offices only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from libs.common.database import SqlStore
from services.gateway.lgwan.door.loan_store import TODAY

from .notes import NOTES_MOST, Note

_MINE = "(CAST(:offices AS text[]) @> ARRAY['*'] OR n.office_id = ANY (CAST(:offices AS text[])))"
_COLUMNS = """
    n.note_id, n.office_id, n.first_day, n.last_day, n.body, n.version,
    n.written_by, n.written_at, n.changed_by
"""
_FROM = f"""
    SELECT {_COLUMNS} FROM handover_note n
    WHERE n.last_day >= {TODAY} AND {_MINE}
"""
_ON = text(f"""
    {_FROM} AND (CAST(:office AS text) = '' OR n.office_id = :office)
        AND CAST(:day AS date) BETWEEN n.first_day AND n.last_day
    ORDER BY n.office_id, n.first_day, n.written_at, n.note_id
""")
_AT = text(f"{_FROM} AND n.office_id = :office ORDER BY n.first_day, n.written_at, n.note_id")
_ONE = text(f"{_FROM} AND n.note_id = :note")
_TODAY = text(f"SELECT {TODAY}")
# Whoever writes at an office waits for the other, so that together they keep to the limit.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('notes ' || :office, 0))")
_ADD = text(f"""
    INSERT INTO handover_note (note_id, office_id, first_day, last_day, body, written_by)
    SELECT :note, CAST(:office AS text), CAST(:first AS date), CAST(:last AS date),
        CAST(:body AS text), CAST(:staff AS text)
    WHERE (SELECT count(*) FROM handover_note WHERE office_id = :office AND last_day >= {TODAY})
        < :most
    ON CONFLICT (note_id) DO NOTHING
    RETURNING note_id
""")
_KNOWN = text("SELECT true FROM handover_note WHERE note_id = :note")
_CHANGE = text(f"""
    UPDATE handover_note n SET body = :body, first_day = :first, last_day = :last,
        version = version + 1, changed_by = :staff, changed_at = now()
    WHERE n.note_id = :note AND n.version = :version AND n.last_day >= {TODAY} AND {_MINE}
    RETURNING true
""")
_DELETE = text(f"DELETE FROM handover_note n WHERE n.note_id = :note AND {_MINE} RETURNING true")
_PRUNE = text(f"DELETE FROM handover_note WHERE last_day < {TODAY}")


@dataclass(frozen=True)
class Written:
    """What a note is to say."""

    first_day: date
    last_day: date
    body: str


class NoteStore(SqlStore):
    """Notes whose last day is over are as absent as those of other offices."""

    async def today(self) -> date:
        day: date = (await self.session.execute(_TODAY)).scalar_one()
        return day

    async def notes_on(self, offices: Iterable[str], office_id: str, day: date) -> list[Note]:
        """Those that hold on `day` at an office, or with an empty id at all of `offices`."""
        values = {"offices": list(offices), "office": office_id, "day": day}
        return [Note(*row) for row in await self.session.execute(_ON, values)]

    async def notes_at(self, offices: Iterable[str], office_id: str) -> list[Note]:
        """Those that hold at an office now or later."""
        values = {"offices": list(offices), "office": office_id}
        return [Note(*row) for row in await self.session.execute(_AT, values)]

    async def note(self, offices: Iterable[str], note_id: UUID) -> Note | None:
        values = {"offices": list(offices), "note": note_id}
        row = (await self.session.execute(_ONE, values)).one_or_none()
        return Note(*row) if row else None

    async def add_note(
        self, note_id: UUID, office_id: str, written: Written, staff_id: str
    ) -> bool:
        """Whether it stands now; False where there is no room for more."""
        await self.session.execute(_LOCK, {"office": office_id})
        values = {
            "note": note_id,
            "office": office_id,
            "first": written.first_day,
            "last": written.last_day,
            "body": written.body,
            "staff": staff_id,
            "most": NOTES_MOST,
        }
        if (await self.session.execute(_ADD, values)).scalar_one_or_none():
            return True
        known = await self.session.execute(_KNOWN, {"note": note_id})
        return bool(known.scalar_one_or_none())

    async def change_note(
        self, offices: Iterable[str], note: Note, written: Written, staff_id: str
    ) -> bool:
        """False where the note is no longer the one of this version."""
        values = {
            "offices": list(offices),
            "note": note.note_id,
            "version": note.version,
            "first": written.first_day,
            "last": written.last_day,
            "body": written.body,
            "staff": staff_id,
        }
        return bool((await self.session.execute(_CHANGE, values)).scalar_one_or_none())

    async def delete_note(self, offices: Iterable[str], note_id: UUID) -> bool:
        """Whether there was one."""
        values = {"offices": list(offices), "note": note_id}
        return bool((await self.session.execute(_DELETE, values)).scalar_one_or_none())

    async def prune_notes(self) -> None:
        await self.session.execute(_PRUNE)
