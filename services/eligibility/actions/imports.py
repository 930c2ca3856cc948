"""Taking in a CSV of eligible persons: one file, one transaction, one import at a time."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from libs.common.errors import NotFound, Unavailable
from libs.contracts.eligibility import ImportList, ImportReport, RejectedRow
from services.eligibility.domain.dates import day_in_japan
from services.eligibility.domain.offices import Offices
from services.eligibility.domain.problems import ImportRunning
from services.eligibility.domain.rows import RowReader, find_columns
from services.eligibility.domain.sheet import Sheet, open_sheet
from services.eligibility.store import FAILURES, Store
from services.eligibility.tables import Batch
from services.eligibility.vault import Vault

from .intake import Intake

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Imports:
    """The desk where files are taken in and their reports are kept. A file waits `wait_seconds`
    for the import before it."""

    open_store: Callable[[], AbstractAsyncContextManager[Store]]
    vault: Vault
    pattern: re.Pattern[str]
    now: Callable[[], datetime]
    wait_seconds: float = 10.0

    async def take(self, body: bytes, file_name: str) -> ImportReport:
        """Import a file, all good rows or nothing. Raises ImportRunning, UnknownEncoding,
        MissingColumn, UnreadableFile, TooManyRows, Unavailable."""
        sheet = await asyncio.to_thread(open_sheet, body)
        try:
            return await self._in_turn(sheet, file_name)
        except FAILURES as error:
            log.exception("import failed")
            raise Unavailable(
                "取り込みを終えられませんでした。しばらくしてから同じファイルを"
                "もう一度取り込んでください。二度取り込んでも重複しません。"
            ) from error

    async def newest(self) -> ImportList:
        async with self.open_store() as store:
            batches = await store.newest_batches()
        return ImportList(imports=tuple(_report(batch, ()) for batch in batches))

    async def one(self, batch_id: UUID) -> ImportList:
        """Raises NotFound."""
        async with self.open_store() as store:
            batch = await store.batch(batch_id)
        if batch is None:
            raise NotFound("この取り込みの記録はありません。")
        errors = tuple(RejectedRow.model_validate(error) for error in batch.errors)
        return ImportList(imports=(_report(batch, errors),))

    async def _in_turn(self, sheet: Sheet, file_name: str) -> ImportReport:
        """Waiting for the import before this one keeps no connection from the checks."""
        clock = asyncio.get_running_loop().time
        until = clock() + self.wait_seconds
        while clock() < until:
            async with self.open_store() as store:
                if await store.try_import_lock():
                    return await self._import(store, sheet, file_name)
            await asyncio.sleep(POLL_SECONDS)
        raise ImportRunning("ほかの取り込みが続いています。終わってから、もう一度お試しください。")

    async def _import(self, store: Store, sheet: Sheet, file_name: str) -> ImportReport:
        now = self.now()
        reader = await self._reader(store, sheet, now)
        intake = Intake(store, self.vault, sheet.lines, reader, uuid4(), now)
        await intake.all_rows()
        intake.publish()
        ledger, effects = intake.ledger, intake.ledger.effects
        errors = tuple(RejectedRow(**asdict(fault)) for fault in ledger.faults)
        batch = Batch(
            batch_id=intake.batch_id,
            file_name=file_name,
            encoding=sheet.encoding,
            rows=ledger.rows,
            added=effects["added"],
            changed=effects["changed"] + effects["moved"],
            unchanged=effects["unchanged"],
            rejected=ledger.rejected,
            errors=[error.model_dump() for error in errors],
            at=now,
        )
        store.add_batch(batch)
        return _report(batch, errors)

    async def _reader(self, store: Store, sheet: Sheet, now: datetime) -> RowReader:
        columns = find_columns(sheet.header)
        names = await store.office_names()
        if not names:
            raise Unavailable(
                "受取場所の一覧がまだ届いていません。しばらくしてからもう一度お試しください。"
            )
        return RowReader(columns, self.pattern, Offices(names), day_in_japan(now))


def _report(batch: Batch, errors: tuple[RejectedRow, ...]) -> ImportReport:
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
    )
