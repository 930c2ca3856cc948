"""Who saved the list for an outage of which office and day, for colleagues to see."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from libs.common.database import SqlStore

KEPT_DAYS = 30
SHOWN = 10
# A form that is sent twice is one download.
_ADD = text("""
    INSERT INTO saved_list (save_id, office_id, day, saved_by) VALUES (:id, :office, :day, :by)
    ON CONFLICT (save_id) DO NOTHING
""")
_NEWEST = text("""
    SELECT day, saved_by, saved_at FROM saved_list
    WHERE office_id = :office AND saved_at >= :since
    ORDER BY saved_at DESC, save_id LIMIT :most
""")
_PRUNE = text(f"DELETE FROM saved_list WHERE saved_at < now() - interval '{KEPT_DAYS} days'")


@dataclass(frozen=True)
class Saved:
    """A download: which day it is the list of, by which account and when."""

    day: date
    by: str
    at: datetime


class SavedListStore(SqlStore):
    """Downloads of lists; the files themselves are kept nowhere."""

    async def add(self, save_id: UUID, office_id: str, day: date, staff_id: str) -> None:
        values = {"id": save_id, "office": office_id, "day": day, "by": staff_id}
        await self.session.execute(_ADD, values)

    async def newest(self, office_id: str, since: datetime, most: int = SHOWN) -> list[Saved]:
        values = {"office": office_id, "since": since, "most": most}
        return [Saved(*row) for row in await self.session.execute(_NEWEST, values)]

    async def prune(self) -> None:
        await self.session.execute(_PRUNE)
