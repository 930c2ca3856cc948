"""Sending: due mails are claimed in small groups, sent over kept-alive lines, and recorded."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import get_args

from prometheus_client import Counter, Gauge

from libs.common.logs import as_request, fields
from libs.common.projections import Lasting
from libs.common.seal import KeyRing
from libs.common.supervise import every, supervised
from libs.contracts.notify import MailKind, NotMailable, mailbox

from .domain.letter import LetterVisit, MailWriter
from .domain.outcome import BAD_ADDRESS, MailOutcome, Reply, judge
from .domain.reminders import OBSOLETE
from .mail_store import DueMail, Result
from .smtp import MailConnection, MailServer
from .store import OpenStore, Store
from .texts import parsed

log = logging.getLogger(__name__)

GROUP = 4
"""Mails a line sends between two records. After a crash, at most so many go out a second time."""

POLL_SECONDS = 0.5
DRAIN_SECONDS = 10.0
_MEASURE_SECONDS = 10.0
_END_SECONDS = 2.0

MAILS = Counter("oita_mails_total", "Tries to send a mail, by what came of it.", ["kind", "result"])
OLDEST = Gauge("oita_mail_oldest_waiting_seconds", "Age of the oldest mail not yet sent.")
UNWRITABLE = Gauge(
    "oita_mails_unwritable", "Mails that wait because their office or procedure has not come in."
)
_RESULTS = {"sent": "sent", "failed": "failed", "waiting": "retried"}
for _kind in get_args(MailKind):
    for _result in _RESULTS.values():
        MAILS.labels(_kind, _result)  # 0 from the start on


class Sender:
    """Sends what is due over `lines` connections; `seconds` bounds connecting and each mail."""

    def __init__(
        self,
        open_store: OpenStore,
        contacts: KeyRing,
        writer: MailWriter,
        server: MailServer,
        *,
        seconds: float,
        lines: int,
    ) -> None:
        self._open_store = open_store
        self._contacts = contacts
        self._writer = writer
        self._edition = 0
        self._new_line = partial(MailConnection, server, writer.sender.address, seconds)
        self._lease = GROUP * 2 * seconds
        self._lines = lines
        self._written = asyncio.Event()
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._lasting = Lasting()

    def wake(self) -> None:
        """Say that a mail may have become due."""
        self._written.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send while the block lasts; at its end finish the mails on the wire, in bounded time."""
        async with AsyncExitStack() as stack:
            measuring = every(_MEASURE_SECONDS, self._measure)
            await stack.enter_async_context(supervised("mail-figures", measuring))
            ending = every(_END_SECONDS, self._end_late)
            await stack.enter_async_context(supervised("late-mails", ending))
            for number in range(self._lines):
                await stack.enter_async_context(supervised(f"mail-line-{number}", self._work))
            stack.push_async_callback(self._drain)
            yield

    async def _drain(self) -> None:
        self._stopping = True
        self.wake()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._turn.acquire()  # and keep it: nobody claims from now on
                if self._under_way:
                    await asyncio.wait(self._under_way)
        except TimeoutError:
            log.warning("mails were still on the wire", extra=fields(count=len(self._under_way)))

    async def _work(self) -> None:
        """One line. Ends when the server cannot be reached; supervision tries again."""
        line = self._new_line()
        try:
            while True:
                group = await self._next_group()
                task = asyncio.create_task(self._deliver(group, line))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
                await task
        finally:
            line.close()

    async def _next_group(self) -> list[DueMail]:
        """One line at a time asks and waits, so that one new mail costs one question."""
        while True:
            async with self._turn:
                self._written.clear()
                async with self._open_store() as store:
                    group = await store.claim(GROUP, self._lease)
                    await self._keep_up(group, store)
                if group:
                    return group
                await self._wait()

    async def _keep_up(self, group: list[DueMail], store: Store) -> None:
        """Read the city's own texts again where one has changed since."""
        if group and group[0].edition != self._edition:
            shelf = await store.own_texts()
            self._writer = replace(self._writer, own=parsed(shelf.texts))
            self._edition = shelf.edition

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._written.wait()
        except TimeoutError:
            pass

    async def _deliver(self, group: list[DueMail], line: MailConnection) -> None:
        """Try one mail after the other and record them; what was not tried is given back."""
        outcomes: list[MailOutcome | None] = [None] * len(group)
        try:
            for place, due in enumerate(group):
                if self._stopping:
                    break
                outcomes[place] = await self._try(due, line)
        finally:
            results = [Result(due, outcome) for due, outcome in zip(group, outcomes, strict=True)]
            await self._record(results)

    async def _try(self, due: DueMail, line: MailConnection) -> MailOutcome | None:
        """Raises Unreachable, and then the mail was not tried. None: it is no longer ours."""
        time_left = due.until - datetime.now(UTC)
        async with self._open_store() as store:
            stands = await store.stands(due)
        if not stands:
            return None if stands is None else MailOutcome("failed", OBSOLETE)
        try:
            to, mail = self._letter(due, due.visit)
        except NotMailable:
            return MailOutcome("failed", BAD_ADDRESS)
        except Exception:
            log.exception("a mail cannot be written")
            return judge(Reply("later", "error"), due.attempts, time_left)
        await line.ready()
        return judge(await line.send(to, mail), due.attempts, time_left)

    def _letter(self, due: DueMail, visit: LetterVisit) -> tuple[str, bytes]:
        to = mailbox(self._contacts.open(due.contact))
        if due.link:
            visit = replace(visit, token=self._contacts.open(due.link))
        message_id = self._writer.message_id(due.booking_id, due.version, due.kind)
        return to, self._writer.write(due.kind, visit, to, message_id, datetime.now(UTC))

    async def _record(self, results: list[Result]) -> None:
        """Hold on to what happened while the database cannot be reached."""
        pause = 0.2
        while True:
            try:
                async with self._open_store() as store:
                    await store.record(results)
                break
            except Exception:
                log.exception("mails cannot be recorded", extra=fields(count=len(results)))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10.0)
        for result in results:
            if result.outcome:
                self._note(result.due, result.outcome)

    def _note(self, due: DueMail, outcome: MailOutcome) -> None:
        MAILS.labels(due.kind, _RESULTS[outcome.state]).inc()
        message_id = self._writer.message_id(due.booking_id, due.version, due.kind)
        place = fields(message_id=message_id, state=outcome.state, reply=outcome.reply)
        with as_request(due.request_id):
            log.info("mail", extra=place)

    async def _end_late(self) -> None:
        """Also while the mail server cannot be reached: somebody has to call in time."""
        async with self._open_store() as store:
            if late := await store.end_late():
                log.warning("mails were not sent in time", extra=fields(count=late))

    async def _measure(self) -> None:
        async with self._open_store() as store:
            oldest, unwritable = await store.waiting()
        OLDEST.set(oldest)
        UNWRITABLE.set(unwritable)
        if self._lasting.is_due(unwritable > 0):
            log.warning(
                "mails wait for their office or procedure: run `republish` of booking",
                extra=fields(count=unwritable),
            )
