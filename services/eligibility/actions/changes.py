"""What a draft would change, person by person, and what is wrong with its rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.contracts.eligibility import (
    DraftChange,
    DraftChanges,
    Faults,
    RejectedRow,
    VisitOfCard,
)
from services.eligibility.vault import Vault

from .drafts import ImportDrafts
from .files import Order

PAGE = 50
MOST_BOOKED = 200
FAULTS_A_PAGE = 1_000
SHOWN_SIGNS = 4
_PARTS = ("年", "月", "日")

Name = Callable[[str], str]


@dataclass(frozen=True)
class ChangePages:
    """Pages of what a draft would do."""

    drafts: ImportDrafts
    vault: Vault

    async def page(
        self, draft_id: UUID, order: Order, after: int, *, booked: bool, sees_shielded: bool
    ) -> DraftChanges:
        """Those with a booking, or the others. Raises NotFound."""
        today, count = self.drafts.today(), MOST_BOOKED if booked else PAGE
        async with self.drafts.uploads.open_store() as store:
            await self.drafts.own(store, draft_id, order)
            rows = await store.changes(draft_id, after, count, today, booked=booked)
            names = await store.office_names()
            keys = [row.card_key for row in rows] if booked else []
            visits = defaultdict(list)
            for visit in await store.visits_of(keys, today):
                shown = order.serves(visit.office_id)
                visits[visit.card_key].append(_visit(visit, names) if shown else _SOME_VISIT)
        changes = tuple(
            self._change(row, names, visits[row.card_key], sees_shielded) for row in rows
        )
        return DraftChanges(changes=changes, last=rows[-1].line if len(rows) == count else None)

    async def faults(self, draft_id: UUID, order: Order, after: int) -> Faults:
        """Raises NotFound."""
        async with self.drafts.uploads.open_store() as store:
            await self.drafts.own(store, draft_id, order)
            found = await store.faults_after(draft_id, after, FAULTS_A_PAGE)
        return faults_page(found)

    def _change(
        self,
        row: Any,
        names: dict[str, str],
        visits: list[VisitOfCard],
        sees_shielded: bool,
    ) -> DraftChange:
        values: dict[str, Any] = {}
        if "office" in row.fields:
            values["office_now"] = names.get(row.office_now, row.office_now)
            values["office_then"] = names.get(row.office_id, row.office_id)
        if "born" in row.fields:
            now, then = self.vault.born(row.sealed_now), self.vault.born(row.sealed)
            values["born_now"], values["born_parts"] = f"{now.year}年", _different(now, then)
        if "shielded" in row.fields and sees_shielded:
            values |= {"shielded_now": row.shielded_now, "shielded_then": row.shielded}
        number = self.vault.number(row.sealed)[-SHOWN_SIGNS:]
        return DraftChange(line=row.line, number=number, visits=tuple(visits), **values)


def faults_page(found: Sequence[Any]) -> Faults:
    lines = {fault.line for fault in found}
    rows = tuple(
        RejectedRow(line=fault.line, column=fault.column_name, reason=fault.reason)
        for fault in found
    )
    last = rows[-1].line if len(lines) == FAULTS_A_PAGE else None
    return Faults(faults=rows, last=last)


_SOME_VISIT = VisitOfCard(office_id=None, starts_at=None)


def _visit(visit: Any, names: dict[str, str]) -> VisitOfCard:
    starts_at: datetime = visit.starts_at
    return VisitOfCard(office_id=names.get(visit.office_id, visit.office_id), starts_at=starts_at)


def _different(now: date, then: date) -> str:
    """Which parts of the date differ, without saying how."""
    pairs = zip(now.timetuple()[:3], then.timetuple()[:3], strict=True)
    return "と".join(part for part, (a, b) in zip(_PARTS, pairs, strict=True) if a != b)
