"""Taking in a CSV of eligible persons: one file, one transaction, one import at a time."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from libs.common.again import run_again
from libs.common.assertion import EVERY_OFFICE
from libs.common.errors import KeyReused, NotFound, Unavailable
from libs.contracts.eligibility import ImportList, ImportReport, RejectedRow
from services.eligibility.domain.dates import day_in_japan
from services.eligibility.domain.offices import Offices
from services.eligibility.domain.problems import ImportRunning, OfficesUnknown
from services.eligibility.domain.rows import RowReader, find_columns
from services.eligibility.domain.sheet import Sheet, open_sheet
from services.eligibility.store import FAILURES, Store
from services.eligibility.tables import Batch
from services.eligibility.vault import Vault

from .intake import Intake

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Order:
    """Who sends a file, under which key of a form, and for which offices."""

    sent_by: str
    key: str
    offices: frozenset[str]

    def serves(self, office_id: str) -> bool:
        return bool({EVERY_OFFICE, office_id} & self.offices)


@dataclass(frozen=True)
class File:
    """A file that could be opened. Its digest says nothing of what is in it."""

    name: str
    digest: str
    sheet: Sheet


@dataclass(frozen=True)
class Imports:
    """The desk where files are taken in and their reports are kept. A file waits `wait_seconds`
    for the import before it."""

    open_store: Callable[[], AbstractAsyncContextManager[Store]]
    vault: Vault
    pattern: re.Pattern[str]
    now: Callable[[], datetime]
    wait_seconds: float = 10.0

    async def take(self, body: bytes, file_name: str, order: Order) -> ImportReport:
        """Import a file, all good rows or nothing; the same form again is told what came of it
        then. Raises ImportRunning, UnknownEncoding, MissingColumn, UnreadableFile, TooManyRows,
        Unavailable, KeyReused, OfficesUnknown."""
        try:
            return await run_again(lambda: self._take(body, file_name, order))
        except FAILURES as error:
            log.exception("import failed")
            raise Unavailable(
                "取り込みを終えられませんでした。しばらくしてから同じファイルを"
                "もう一度取り込んでください。二度取り込んでも重複しません。"
            ) from error

    async def _take(self, body: bytes, file_name: str, order: Order) -> ImportReport:
        sheet = await asyncio.to_thread(open_sheet, body)
        return await self._in_turn(File(file_name, self.vault.file_digest(body), sheet), order)

    async def newest(self) -> ImportList:
        async with self.open_store() as store:
            batches = await store.newest_batches()
            known = await store.known_rows()
        reports = tuple(_report(batch, ()) for batch in batches)
        return ImportList(imports=reports, offices_known=known["offices"] > 0)

    async def one(self, batch_id: UUID) -> ImportList:
        """Raises NotFound."""
        async with self.open_store() as store:
            batch = await store.batch(batch_id)
        if batch is None:
            raise NotFound("この取り込みの記録はありません。")
        return ImportList(imports=(_whole_report(batch),))

    async def _in_turn(self, file: File, order: Order) -> ImportReport:
        """Waiting for the import before this one keeps no connection from the checks."""
        clock = asyncio.get_running_loop().time
        until = clock() + self.wait_seconds
        while clock() < until:
            async with self.open_store() as store:
                if await store.try_import_lock():
                    known = await self._earlier(store, file, order)
                    return known or await self._import(store, file, order)
            await asyncio.sleep(POLL_SECONDS)
        raise ImportRunning("ほかの取り込みが続いています。終わってから、もう一度お試しください。")

    async def _earlier(self, store: Store, file: File, order: Order) -> ImportReport | None:
        """What came of this form before. Raises KeyReused."""
        batch = await store.batch_of_form(order.sent_by, order.key)
        if batch is None:
            return None
        if batch.digest != file.digest:
            raise KeyReused("同じ画面から別のファイルが送られました。画面を開き直してください。")
        return _whole_report(batch)

    async def _import(self, store: Store, file: File, order: Order) -> ImportReport:
        now, sheet = self.now(), file.sheet
        reader = await self._reader(store, sheet, order, now)
        intake = Intake(store, self.vault, sheet.lines, reader, uuid4(), now)
        await intake.all_rows()
        intake.publish()
        ledger, effects = intake.ledger, intake.ledger.effects
        errors = tuple(RejectedRow(**asdict(fault)) for fault in ledger.faults)
        batch = Batch(
            batch_id=intake.batch_id,
            file_name=file.name,
            encoding=sheet.encoding,
            rows=ledger.rows,
            added=effects["added"],
            changed=effects["changed"] + effects["moved"],
            unchanged=effects["unchanged"],
            rejected=ledger.rejected,
            errors=[error.model_dump() for error in errors],
            at=now,
            sent_by=order.sent_by,
            key=order.key,
            digest=file.digest,
        )
        store.add_batch(batch)
        return _report(batch, errors)

    async def _reader(self, store: Store, sheet: Sheet, order: Order, now: datetime) -> RowReader:
        """An office that the member of staff does not serve is as unknown as one that is none."""
        columns = find_columns(sheet.header)
        names = await store.office_names()
        if not names:
            raise OfficesUnknown
        served = {office_id: name for office_id, name in names.items() if order.serves(office_id)}
        return RowReader(columns, self.pattern, Offices(served), day_in_japan(now))


def _whole_report(batch: Batch) -> ImportReport:
    return _report(batch, tuple(RejectedRow.model_validate(error) for error in batch.errors))


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
