"""Makes files of lists beside the requests: from booking to the disk, then into the database."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, ClassVar, cast
from uuid import UUID

from starlette.requests import Request

from libs.common.errors import Problem
from libs.common.logs import fields
from libs.contracts.booking import EXPORT_MOST, StaffBookingExport
from services.gateway.lgwan.door.card_numbers import by_booking
from services.gateway.lgwan.door.context import CatalogCache
from services.gateway.lgwan.door.staff import Operation
from services.gateway.lgwan.door.store import OpenStore
from services.gateway.lgwan.door.words import FileKind
from services.gateway.web.clients import EligibilityClient, StaffBookingClient
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import long_time

from .export_store import ExportStore
from .lines import columns_of, line_of
from .searches import ListSearch, in_words
from .sheets import Heading, ListFile, new_list_file

log = logging.getLogger(__name__)

PART = "500"
"""Bookings in a part: small, so that booking's other callers wait for none of them."""
PIECE = 256 * 1024
_TRIES = 4
_WAIT_SECONDS = 30.0
_DISK_FULL_STATE = "53100"


class TooMany(Problem):
    """More bookings than a file takes."""

    slug: ClassVar[str] = "too-many"


@dataclass(frozen=True)
class ExportJob:
    """A file to make, on whose behalf, of which list."""

    export_id: UUID
    actor: Actor
    kind: FileKind
    search: ListSearch


class ExportRunner:
    """One file at a time in each process: two would only slow each other, and /tmp is small."""

    def __init__(
        self,
        open_store: OpenStore,
        booking: StaffBookingClient,
        eligibility: EligibilityClient,
        catalog: CatalogCache,
    ) -> None:
        self._open_store = open_store
        self._booking = booking
        self._eligibility = eligibility
        self._catalog = catalog
        self._turn = asyncio.Semaphore(1)
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ExportRunner"]:
        """Files that are not finished at the end are given up; their page says so."""
        try:
            yield self
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def order(
        self, actor: Actor, key: str, kind: FileKind, search: ListSearch
    ) -> UUID | None:
        """Begin a file; the one of then for a `key` that came before. None while another file of
        the same member of staff is being made."""
        async with self._open_store(ExportStore) as store:
            await store.lock_exports(actor.name)
            if known := await store.export_of(actor.name, key):
                return known
            if await store.is_making(actor.name):
                return None
            export_id = await store.open_export(actor.name, key, kind, search.saved)
        self._start(ExportJob(export_id, actor, kind, search))
        return export_id

    def _start(self, job: ExportJob) -> None:
        task = asyncio.create_task(self._run(job), name=f"export {job.export_id}")
        self._tasks[job.export_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.export_id, None))

    async def wait_a_little(self, export_id: UUID, seconds: float) -> None:
        """Until this file is made or given up, at most so long."""
        if task := self._tasks.get(export_id):
            await asyncio.wait({task}, timeout=seconds)

    async def prune(self) -> None:
        async with self._open_store(ExportStore) as store:
            await store.prune_exports()

    async def _run(self, job: ExportJob) -> None:
        try:
            async with self._my_turn(job):
                await self._make(job)
        except Exception as error:
            await self._give_up(job, reason_of(error))
        except asyncio.CancelledError:
            await self._give_up(job, "interrupted")
            raise

    @asynccontextmanager
    async def _my_turn(self, job: ExportJob) -> AsyncIterator[None]:
        while True:
            try:
                async with asyncio.timeout(_WAIT_SECONDS):
                    await self._turn.acquire()
                break
            except TimeoutError:
                await self._note(job, 0)
        try:
            yield
        finally:
            self._turn.release()

    async def _make(self, job: ExportJob) -> None:
        """All of it again where booking went away in the middle, which takes some seconds to start
        anew: half of one moment and half of another would make no list."""
        for tries in range(1, _TRIES):
            try:
                return await self._make_once(job)
            except Unreachable:
                await asyncio.sleep(tries)
        return await self._make_once(job)

    async def _make_once(self, job: ExportJob) -> None:
        with TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / "file"
            with _create(path) as file:
                replaced = await self._write(job, file, Path(folder))
            await self._keep(job, path, replaced)

    async def _write(self, job: ExportJob, file: BinaryIO, room: Path) -> int:
        """All parts; the number of characters that had to be replaced."""
        parts = self._booking.export(job.actor, {**job.search.query, "limit": PART})
        async with aclosing(parts):
            first = await anext(parts)
            sheet = await self._begin(job, first, file, room)
            try:
                await self._fill(job, sheet, first, parts)
            except BaseException:
                sheet.give_up()
                raise
        return sheet.replaced

    async def _fill(
        self,
        job: ExportJob,
        sheet: ListFile,
        first: StaffBookingExport,
        others: AsyncIterator[StaffBookingExport],
    ) -> None:
        rows = await self._add(job, sheet, first)
        await self._note(job, rows, first)
        async for part in others:
            rows += await self._add(job, sheet, part)
            await self._note(job, rows)
        await asyncio.to_thread(sheet.close)

    async def _begin(
        self, job: ExportJob, first: StaffBookingExport, file: BinaryIO, room: Path
    ) -> ListFile:
        """Raises TooMany."""
        if (first.total or 0) > EXPORT_MOST:
            raise TooMany(f"A file takes {EXPORT_MOST} bookings.")
        words = in_words(job.search, await self._catalog.get())
        heading = Heading(f"{long_time(first.at)}現在", f"{first.total}件　{words}")
        columns = columns_of(with_cards=first.cards is not None)
        return await asyncio.to_thread(new_list_file, job.kind, file, heading, room, columns)

    async def _add(self, job: ExportJob, sheet: ListFile, part: StaffBookingExport) -> int:
        catalog, numbers = await self._catalog.get(), await self._numbers(job, part)
        lines = [
            line_of(
                booking,
                catalog,
                numbers.get(booking.booking_id, ""),
                part.stamps.get(booking.booking_id),
            )
            for booking in part.bookings
        ]
        await asyncio.to_thread(sheet.add, lines)
        return len(lines)

    async def _numbers(self, job: ExportJob, part: StaffBookingExport) -> dict[UUID, str]:
        """Those of the cards, where the file has them: booking answers by the rights of now."""
        if part.cards is None or not part.cards.keys:
            return {}
        opened = await self._eligibility.card_numbers(job.actor, part.cards)
        return by_booking(part.cards, opened.numbers)

    async def _note(
        self, job: ExportJob, rows: int, first: StaffBookingExport | None = None
    ) -> None:
        known = (first.total, first.at) if first else (None, None)
        async with self._open_store(ExportStore) as store:
            await store.note_progress(job.export_id, rows, *known)

    async def _keep(self, job: ExportJob, path: Path, replaced: int) -> None:
        async with self._open_store(ExportStore) as store:
            size = 0
            for position, piece in enumerate(_pieces(path)):
                await store.add_part(job.export_id, position, piece)
                size += len(piece)
            await store.finish_export(job.export_id, size, replaced)
            store.record(_line(job, "done"))
            if job.search.cards:
                store.record(_line(job, "done", "card.numbers"))

    async def _give_up(self, job: ExportJob, reason: str) -> None:
        log.warning("a file was given up", extra=fields(reason=reason))
        try:
            async with self._open_store(ExportStore) as store:
                await store.fail_export(job.export_id, reason)
                store.record(_line(job, reason))
        except Exception as error:
            # Nothing more is heard of this file, which its page understands as well.
            log.warning("cannot be noted", extra=fields(reason=type(error).__name__))


def runner_of(request: Request) -> ExportRunner:
    return cast("ExportRunner", request.state["runner"])


def reason_of(error: BaseException) -> str:
    """Why a file was given up, as its page knows it."""
    if _disk_is_full(error):
        return "disk-full"
    if isinstance(error, Problem | Refused):
        return error.slug
    return "unreachable" if isinstance(error, Unreachable) else "failed"


def _disk_is_full(error: BaseException | None) -> bool:
    """Here, or where the database keeps its files; libraries wrap what they met."""
    while error is not None:
        full = getattr(error, "errno", None) == errno.ENOSPC
        if full or getattr(error, "sqlstate", None) == _DISK_FULL_STATE:
            return True
        error = error.__cause__ or error.__context__
    return False


def _create(path: Path) -> BinaryIO:
    return path.open("wb")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _line(job: ExportJob, result: str, what: str = "booking.export.made") -> Operation:
    office = job.search.office
    return Operation(job.actor.name, what, "export", str(job.export_id), office, result)
