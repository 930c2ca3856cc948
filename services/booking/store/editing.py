"""Changing offices and procedures, and the log of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from libs.contracts.booking import SEED, FieldChange, Office, SettingChange

from .base import Repository

Kind = Literal["office", "procedure"]

_SERVED = """
    SELECT office_id FROM office WHERE office_id = $1
        AND ($2::text[] @> ARRAY['*'] OR office_id = ANY ($2))
"""
_LOCK_PROCEDURE = "SELECT procedure_id FROM procedure WHERE procedure_id = $1 FOR UPDATE"
_LOG = """
    INSERT INTO setting_change (kind, object_id, version, actor, changes)
    VALUES ($1, $2, $3, $4, $5)
"""
_STEPS = """
    SELECT version, at, actor, changes FROM setting_change
    WHERE kind = $1 AND object_id = $2 ORDER BY version DESC LIMIT 50
"""
_CHANGED_SINCE = """
    SELECT EXISTS (SELECT FROM setting_change WHERE kind = $1 AND object_id = $2 AND version > $3)
"""
_BY_STAFF = "SELECT EXISTS (SELECT FROM setting_change WHERE actor <> $1)"
_STANDING_FOR = """
    SELECT count(*) AS standing,
        count(*) FILTER (WHERE minutes <> ALL ($2::bigint[]) AND also = '{}') AS other_length
    FROM booking
    WHERE status = 'confirmed' AND starts_at >= clock() AND (procedure_id = $1 OR $1 = ANY (also))
"""
_STANDING_AT = """
    SELECT count(*) FROM booking
    WHERE office_id = $1 AND status = 'confirmed' AND starts_at >= clock()
"""


@dataclass(frozen=True)
class StandingCount:
    """How many bookings to come there are, and how many of them take another time."""

    count: int
    other_length: int = 0


class SettingsRepository(Repository):
    """Settings as staff change them."""

    async def office_for(
        self, offices: Iterable[str], office_id: str, lock: bool = False
    ) -> Office | None:
        """The office, if it is one of `offices`; with `lock` nobody else changes it meanwhile."""
        served = f"{_SERVED} FOR UPDATE" if lock else _SERVED
        if await self.connection.fetchval(served, office_id, list(offices)) is None:
            return None
        return next(
            office for office in await self.store.catalog.offices() if office.office_id == office_id
        )

    async def lock_procedure(self, procedure_id: str) -> bool:
        """Whether there is such a procedure; nobody else changes it meanwhile."""
        return await self.connection.fetchval(_LOCK_PROCEDURE, procedure_id) is not None

    async def log_change(
        self, kind: Kind, object_id: str, version: int, actor: str, changes: Sequence[FieldChange]
    ) -> None:
        lines = json.dumps(
            [change.model_dump(mode="json") for change in changes], ensure_ascii=False
        )
        await self.connection.execute(_LOG, kind, object_id, version, actor, lines)

    async def changes_of(self, kind: Kind, object_id: str) -> tuple[SettingChange, ...]:
        """The newest first."""
        rows = await self.connection.fetch(_STEPS, kind, object_id)
        parsed = [{**row, "changes": json.loads(row["changes"])} for row in rows]
        return tuple(SettingChange.model_validate(step) for step in parsed)

    async def changed_since(self, kind: Kind, object_id: str, version: int) -> bool:
        """Whether settings changed after `version`. New series alone do not count."""
        return bool(await self.connection.fetchval(_CHANGED_SINCE, kind, object_id, version))

    async def edited_by_staff(self) -> bool:
        """Whether the city has changed anything of what it began with."""
        return bool(await self.connection.fetchval(_BY_STAFF, SEED))

    async def standing_for(self, procedure_id: str, lengths: Iterable[int]) -> StandingCount:
        """Bookings to come for a procedure; those that take none of `lengths`, where it is
        alone."""
        row = await self.connection.fetchrow(_STANDING_FOR, procedure_id, list(lengths))
        assert row is not None
        return StandingCount(row["standing"], row["other_length"])

    async def standing_at(self, office_id: str) -> StandingCount:
        return StandingCount(await self.connection.fetchval(_STANDING_AT, office_id))
