"""Queries for what was not saved when a session ended. Each sees and drops their own only."""

from sqlalchemy import text

from libs.common.database import SqlStore

from .unsaved import KEPT_FOR, KEPT_MOST, Unsaved

_KEEP = text("""
    INSERT INTO unsaved (owner, subject, content) VALUES (:owner, :subject, :content)
    ON CONFLICT (owner, subject) DO UPDATE SET content = excluded.content, kept_at = now()
""")
_MAKE_ROOM = text("""
    DELETE FROM unsaved WHERE owner = :owner AND subject NOT IN (
        SELECT subject FROM unsaved WHERE owner = :owner ORDER BY kept_at DESC LIMIT :most)
""")
_FIND = text("""
    SELECT content FROM unsaved
    WHERE owner = :owner AND subject = :subject AND kept_at > now() - CAST(:kept AS interval)
""")
_DROP = text("DELETE FROM unsaved WHERE owner = :owner AND subject = :subject")
_PRUNE = text("DELETE FROM unsaved WHERE kept_at <= now() - CAST(:kept AS interval)")


class UnsavedStore(SqlStore):
    """Nothing of it is personal data; twelve digits were dropped before."""

    async def keep_unsaved(self, owner: str, unsaved: Unsaved) -> None:
        values = {"owner": owner, "subject": unsaved.subject, "content": unsaved.content}
        await self.session.execute(_KEEP, values)
        await self.session.execute(_MAKE_ROOM, {"owner": owner, "most": KEPT_MOST})

    async def unsaved(self, owner: str, subject: str) -> str | None:
        values = {"owner": owner, "subject": subject, "kept": KEPT_FOR}
        found: str | None = (await self.session.execute(_FIND, values)).scalar_one_or_none()
        return found

    async def drop_unsaved(self, owner: str, subject: str) -> None:
        await self.session.execute(_DROP, {"owner": owner, "subject": subject})

    async def prune_unsaved(self) -> None:
        await self.session.execute(_PRUNE, {"kept": KEPT_FOR})
