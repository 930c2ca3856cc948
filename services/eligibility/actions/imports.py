"""The imports so far: who took in what, when, with which layout, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.errors import NotFound
from libs.contracts.eligibility import Faults, ImportList, ImportReport, RejectedRow
from services.eligibility.store import Store
from services.eligibility.tables import BatchRow

from .changes import FAULTS_A_PAGE, faults_page
from .draft_replies import line_of
from .files import OpenStore

SHOWN_FAULTS = 200


@dataclass(frozen=True)
class Imports:
    """The desk where the record of imports is kept."""

    open_store: OpenStore
    now: Callable[[], datetime]

    async def newest(self) -> ImportList:
        """Without their rejected rows; with the files that somebody is at."""
        async with self.open_store() as store:
            batches = await store.newest_batches()
            drafts = await store.drafts()
            known = await store.known_rows()
        reports = tuple(_report(batch, (), newest=n == 0) for n, batch in enumerate(batches))
        lines = tuple(line_of(draft, self.now()) for draft in drafts)
        return ImportList(imports=reports, offices_known=known["offices"] > 0, drafts=lines)

    async def one(self, batch_id: UUID) -> ImportList:
        """With the first of its rejected rows. Raises NotFound."""
        async with self.open_store() as store:
            batch = await _batch(store, batch_id)
            newest = await store.newest_batches(1)
            found = await store.faults_after(batch_id, 0, SHOWN_FAULTS)
        errors = _older(batch) or faults_page(found).faults
        is_newest = newest[0].batch_id == batch_id
        return ImportList(imports=(_report(batch, errors[:SHOWN_FAULTS], newest=is_newest),))

    async def faults(self, batch_id: UUID, after: int) -> Faults:
        """Raises NotFound."""
        async with self.open_store() as store:
            batch = await _batch(store, batch_id)
            found = await store.faults_after(batch_id, after, FAULTS_A_PAGE)
        if older := _older(batch):
            return Faults(faults=older if after == 0 else ())
        return faults_page(found)


async def _batch(store: Store, batch_id: UUID) -> BatchRow:
    """Raises NotFound."""
    batch = await store.batch(batch_id)
    if batch is None:
        raise NotFound("この取り込みの記録はありません。")
    return batch


def _older(batch: BatchRow) -> tuple[RejectedRow, ...]:
    """What imports before kept in their own row."""
    return tuple(RejectedRow.model_validate(error) for error in batch.errors)


def _report(batch: BatchRow, errors: tuple[RejectedRow, ...], *, newest: bool) -> ImportReport:
    return ImportReport(
        batch_id=batch.batch_id,
        file_name=batch.file_name,
        encoding=batch.encoding,
        rows=batch.rows,
        added=batch.added,
        changed=batch.changed,
        unchanged=batch.unchanged,
        rejected=batch.rejected,
        errors=errors,
        at=batch.at,
        sent_by=batch.sent_by,
        profile=batch.profile,
        undone_at=batch.undone_at,
        undone_by=batch.undone_by,
        can_undo=newest and batch.undone_at is None,
    )
