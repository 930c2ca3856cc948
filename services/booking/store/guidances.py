"""来庁日の案内: every state is kept, the newest holds."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from libs.contracts.booking import Guidance, GuidanceWish
from services.booking.domain import VersionConflict
from services.booking.domain.guidances import GuidanceState, days_of

from .base import Repository

_COLUMNS = """
    guidance_id, version, office_ids, from_day, until_day, weekdays, holidays, texts, ended,
    actor AS by, at
"""
# In the order in which they are shown: by the first day, then the older one.
_NEWEST = f"""
    SELECT * FROM (
        SELECT DISTINCT ON (guidance_id) {_COLUMNS},
            min(at) OVER (PARTITION BY guidance_id) AS made_at
        FROM guidance ORDER BY guidance_id, version DESC) AS newest
"""
_ORDER = "ORDER BY from_day, made_at, guidance_id"
_IN_FORCE = f"{_NEWEST} WHERE NOT ended AND until_day >= $1 {_ORDER}"
_ALL = f"{_NEWEST} WHERE ($1 OR NOT ended AND until_day >= $2) {_ORDER} DESC LIMIT 500"
_HISTORY = f"SELECT {_COLUMNS} FROM guidance WHERE guidance_id = $1 ORDER BY version DESC"
_ADD = """
    INSERT INTO guidance (guidance_id, version, office_ids, from_day, until_day, weekdays, holidays,
        texts, ended, actor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_STANDING = """
    SELECT count(*) FROM booking
    WHERE status = 'confirmed' AND starts_at > clock() AND office_id = ANY ($1)
        AND starts_at >= $2::date::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND starts_at < ($3::date::timestamp + interval '1 day') AT TIME ZONE 'Asia/Tokyo'
        AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = ANY ($4::date[])
"""


class Guidances(Repository):
    """What visitors of certain days are told beside their booking."""

    async def in_force(self, today: date) -> dict[str, tuple[Guidance, ...]]:
        """Those of today and later days, by office, in order."""
        found: dict[str, tuple[Guidance, ...]] = {}
        for row in await self.connection.fetch(_IN_FORCE, today):
            state = _state(row)
            days = tuple(day for day in days_of(state) if day >= today)
            shown = Guidance(
                guidance_id=state.guidance_id, version=state.version, days=days, texts=state.texts
            )
            for office_id in state.office_ids if days else ():
                found[office_id] = (*found.get(office_id, ()), shown)
        return found

    async def all(self, past: bool, today: date) -> list[GuidanceState]:
        """Those that hold or will, with `past` the others as well; the latest days first."""
        return [_state(row) for row in await self.connection.fetch(_ALL, past, today)]

    async def history(self, guidance_id: UUID) -> list[GuidanceState]:
        """Its states, the newest first; none for an unknown one."""
        return [_state(row) for row in await self.connection.fetch(_HISTORY, guidance_id)]

    async def add(
        self, guidance_id: UUID, version: int, wish: GuidanceWish, ended: bool, actor: str
    ) -> None:
        """The next state. Raises VersionConflict where somebody else was faster."""
        texts = json.dumps(wish.texts, ensure_ascii=False)
        values = (
            *(guidance_id, version, list(wish.office_ids), wish.from_day, wish.until_day),
            *(list(wish.weekdays), wish.holidays, texts, ended, actor),
        )
        try:
            await self.connection.execute(_ADD, *values)
        except asyncpg.UniqueViolationError:
            raise VersionConflict("The guidance was changed by somebody else.") from None

    async def standing(self, offices: Iterable[str], days: Collection[date]) -> int:
        """How many bookings to come are at one of these offices on one of these days."""
        if not days:
            return 0
        asked = (list(offices), min(days), max(days), list(days))
        counted: int = await self.connection.fetchval(_STANDING, *asked)
        return counted


def _state(row: asyncpg.Record) -> GuidanceState:
    values: dict[str, Any] = {**row, "texts": json.loads(row["texts"])}
    values.pop("made_at", None)
    return GuidanceState.model_validate(values)
