"""Searches that members of staff keep by name."""

from uuid import UUID, uuid4

from sqlalchemy import text

from libs.common.database import SqlStore

from .files import FILTERS_MOST, SavedFilter

_ALL = text("""
    SELECT filter_id, name, query FROM saved_filter WHERE owner = :owner ORDER BY name
""")
_HAS_ROOM = text("""
    SELECT count(*) FILTER (WHERE name <> :name) < :most FROM saved_filter WHERE owner = :owner
""")
_SAVE = text("""
    INSERT INTO saved_filter (filter_id, owner, name, query) VALUES (:id, :owner, :name, :query)
    ON CONFLICT (owner, name) DO UPDATE SET query = excluded.query
    RETURNING filter_id
""")
_DELETE = text("DELETE FROM saved_filter WHERE owner = :owner AND filter_id = :id RETURNING name")


class FilterStore(SqlStore):
    """Each sees and changes their own only."""

    async def saved_filters(self, owner: str) -> list[SavedFilter]:
        rows = await self.session.execute(_ALL, {"owner": owner})
        return [SavedFilter(*row) for row in rows]

    async def save_filter(self, owner: str, name: str, query: str) -> UUID | None:
        """Keep `query` under `name`, in place of what was there; None where there is no room."""
        values = {"owner": owner, "name": name, "most": FILTERS_MOST}
        if not (await self.session.execute(_HAS_ROOM, values)).scalar_one():
            return None
        kept = {"id": uuid4(), "owner": owner, "name": name, "query": query}
        found: UUID = (await self.session.execute(_SAVE, kept)).scalar_one()
        return found

    async def delete_filter(self, owner: str, filter_id: UUID) -> str | None:
        """The name it had; None where there is none, also when it was deleted just now."""
        values = {"owner": owner, "id": filter_id}
        name: str | None = (await self.session.execute(_DELETE, values)).scalar_one_or_none()
        return name
