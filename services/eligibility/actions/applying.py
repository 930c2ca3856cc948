"""反映: the rows of a draft into the list in one transaction, and the newest import taken back."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.again import run_again
from libs.common.errors import NotFound, Problem
from libs.common.logs import describe_error, fields
from libs.contracts.eligibility import CardHolder, PersonsImported, PersonsMoved
from services.eligibility.domain.encodings import encoding_name
from services.eligibility.domain.problems import CannotUndoImport, ImportRunning, StaleDraft
from services.eligibility.draft_store import NotOurs
from services.eligibility.store import FAILURES, GONE, Store
from services.eligibility.tables import BatchRow, DraftRow

from .files import OpenStore, Order

log = logging.getLogger(__name__)

LINES_AT_ONCE = 5_000
HOLDERS_A_FACT = 500
FRESH = timedelta(minutes=3)
"""Booking says each minute how far its facts are. An older word may hide a new booking."""


@dataclass(frozen=True)
class Applying:
    """Where drafts become the list."""

    open_store: OpenStore
    now: Callable[[], datetime]

    async def apply(self, draft_id: UUID, run: UUID) -> None:
        """All rows or none. What came of it is an import, or stands in the draft again."""
        try:
            await run_again(lambda: self._apply(draft_id, run))
        except Problem as problem:
            await self._back(draft_id, run, problem)
        except NotOurs:
            log.info("another run took over")
        except FAILURES as error:
            log.warning("applying failed", extra=fields(error=describe_error(error)))
            await self._back(draft_id, run, None)
        except BaseException:
            await self._back(draft_id, run, None)
            raise

    async def _apply(self, draft_id: UUID, run: UUID) -> None:
        async with self.open_store() as store:
            draft = await self._in_turn(store, draft_id, run)
            now, last = self.now(), await store.last_line(draft_id)
            for after in range(0, last, LINES_AT_ONCE):
                until = min(after + LINES_AT_ONCE, last)
                applied = await store.apply_rows(draft_id, after, until, now)
                _publish(store, draft_id, applied)
                await store.write_facts()
                await self._renew(draft_id, run, done=until, total=last)
            await store.keep_undo_of(draft_id)
            await store.bump_revision()
            store.add_batch(_batch(draft, self.now()))
            await store.end_draft(draft_id, run)

    async def _in_turn(self, store: Store, draft_id: UUID, run: UUID) -> DraftRow:
        """The draft, if it is our turn and the list is still what it was compared with. Raises
        ImportRunning, StaleDraft, NotOurs."""
        if not await store.try_import_lock():
            raise ImportRunning(
                "ほかの取り込みを反映しています。終わってから、もう一度お試しください。"
            )
        draft = await store.draft(draft_id)
        if draft is None or draft.run != run:
            raise NotOurs
        if draft.revision != await store.revision():
            raise StaleDraft
        return draft

    async def _renew(self, draft_id: UUID, run: UUID, done: int, total: int) -> None:
        """In a transaction of its own, so that the page sees how far it is."""
        async with self.open_store() as other:
            await other.renew(draft_id, run, self.now(), done=done, total=total)

    async def _back(self, draft_id: UUID, run: UUID, problem: Problem | None) -> None:
        """Nothing was written: the draft is where it was before. Where the database cannot be told
        either, the lease runs out by itself."""
        told = {"slug": problem.slug, "detail": problem.detail} if problem else _BROKEN_OFF
        try:
            async with self.open_store() as store:
                await store.end_run(
                    draft_id, run, self.now(), state="staged", problem=told, leased_until=None
                )
        except GONE:
            log.warning("the lease of a draft runs out by itself")

    async def undo(self, batch_id: UUID, order: Order) -> None:
        """Take the newest import back, in one transaction. Raises NotFound, ImportRunning and
        CannotUndo: where somebody has booked since, or it cannot be said that nobody has."""
        async with self.open_store() as store:
            if not await store.try_import_lock():
                raise ImportRunning(
                    "ほかの取り込みを反映しています。終わってから、お試しください。"
                )
            batch = await store.batch(batch_id)
            if batch is None:
                raise NotFound("この取り込みの記録はありません。")
            await self._check_undo(store, batch, order)
            await self._take_back(store, batch_id)
            batch.undone_at, batch.undone_by = self.now(), order.sent_by
            await store.drop_undo(batch_id)
            await store.bump_revision()

    async def _check_undo(self, store: Store, batch: BatchRow, order: Order) -> None:
        if batch.sent_by != order.sent_by and not order.serves_all:
            raise CannotUndoImport(
                "元に戻せるのは、取り込んだ本人か、全所属を担当する職員だけです。"
            )
        newest = await store.newest_batches(1)
        if batch.undone_at or newest[0].batch_id != batch.batch_id:
            raise CannotUndoImport("元に戻せるのは、いちばん新しい取り込みだけです。")
        if await store.was_changed_since(batch.batch_id):
            raise CannotUndoImport("取り込みのあとに個別に直された方がいるため、元に戻せません。")
        if count := await store.booked_since(batch.batch_id, batch.at):
            raise CannotUndoImport(
                f"この取り込みのあとに{count:,}人が予約しているため、元に戻せません。"
                "直したファイルをもう一度取り込んでください。"
            )
        watermark = await store.watermark()
        if watermark is None or watermark < self.now() - FRESH:
            raise CannotUndoImport(
                "予約の最新の状況が届いていないため、いまは元に戻せません。しばらくしてからお試し"
                "ください。"
            )

    async def _take_back(self, store: Store, batch_id: UUID) -> None:
        after, now = "", self.now()
        while holders := await store.take_back(batch_id, after, LINES_AT_ONCE, now):
            for start in range(0, len(holders), HOLDERS_A_FACT):
                portion = tuple(holders[start : start + HOLDERS_A_FACT])
                store.publish(PersonsImported(batch_id=batch_id, holders=portion))
            await store.write_facts()
            after = holders[-1].card_key


_BROKEN_OFF = {
    "slug": "unavailable",
    "detail": "反映を終えられませんでした。何も変わっていません。もう一度反映してください。",
}


def _publish(store: Store, batch_id: UUID, applied: list[tuple[str, CardHolder]]) -> None:
    """Every new or changed person once: a moved one only as moved."""
    imported = [holder for effect, holder in applied if effect != "moved"]
    moved = [holder for effect, holder in applied if effect == "moved"]
    for start in range(0, len(imported), HOLDERS_A_FACT):
        portion = tuple(imported[start : start + HOLDERS_A_FACT])
        store.publish(PersonsImported(batch_id=batch_id, holders=portion))
    for start in range(0, len(moved), HOLDERS_A_FACT):
        portion = tuple(moved[start : start + HOLDERS_A_FACT])
        store.publish(PersonsMoved(batch_id=batch_id, holders=portion))


def _batch(draft: DraftRow, now: datetime) -> BatchRow:
    counts, layout = draft.counts or {}, draft.layout or {}
    return BatchRow(
        batch_id=draft.draft_id,
        file_name=draft.file_name,
        encoding=encoding_name(draft.kind, layout.get("codec", "")),
        rows=counts["rows"],
        added=counts["added"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        rejected=counts["rejected"],
        errors=[],
        at=now,
        sent_by=draft.sent_by,
        key=draft.key,
        digest=draft.digest,
        profile=draft.profile,
    )
