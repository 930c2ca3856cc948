"""Queries for what was not saved when a session ended. Each sees and drops their own only."""

from sqlalchemy import text

from libs.common.database import SqlStore

from .unsaved import FORM, FORMS_KEPT_FOR, KEPT_FOR, KEPT_MOST, Unsaved

_KEEP = text("""
    INSERT INTO unsaved (owner, subject, content) VALUES (:owner, :subject, :content)
    ON CONFLICT (owner, subject) DO UPDATE SET content = excluded.content, kept_at = now()
""")
_MAKE_ROOM = text("""
    DELETE FROM unsaved WHERE owner = :owner AND subject NOT IN (
        SELECT subject FROM unsaved WHERE owner = :owner ORDER BY kept_at DESC LIMIT :most)
""")
_WITHIN = f"""
    kept_at > now() - CASE WHEN starts_with(subject, '{FORM}') THEN CAST(:form AS interval)
        ELSE CAST(:kept AS interval) END
"""
_FIND = text(f"""
    SELECT content FROM unsaved WHERE owner = :owner AND subject = :subject AND {_WITHIN}
""")
_DROP = text("DELETE FROM unsaved WHERE owner = :owner AND subject = :subject")
_PRUNE = text(f"DELETE FROM unsaved WHERE NOT ({_WITHIN})")
_TIMES = {"kept": KEPT_FOR, "form": FORMS_KEPT_FOR}


class UnsavedStore(SqlStore):
    """Twelve digits were dropped before. Personal data is sealed, and the key is not here."""

    async def keep_unsaved(self, owner: str, unsaved: Unsaved) -> None:
        values = {"owner": owner, "subject": unsaved.subject, "content": unsaved.content}
        await self.session.execute(_KEEP, values)
        await self.session.execute(_MAKE_ROOM, {"owner": owner, "most": KEPT_MOST})

    async def unsaved(self, owner: str, subject: str) -> str | None:
        values = {"owner": owner, "subject": subject, **_TIMES}
        found: str | None = (await self.session.execute(_FIND, values)).scalar_one_or_none()
        return found

    async def drop_unsaved(self, owner: str, subject: str) -> None:
        await self.session.execute(_DROP, {"owner": owner, "subject": subject})

    async def prune_unsaved(self) -> None:
        await self.session.execute(_PRUNE, _TIMES)
