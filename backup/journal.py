"""`python -m backup journal`: receives, brings it into the archive, and says how it is."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import asyncpg
import uvicorn

from libs.common.ops import Readiness, ops_app
from libs.common.signing import Verifier
from libs.common.supervise import every, supervised

from . import metrics
from .archive import Archive
from .keeping import Keeping
from .lag import Lag
from .receiver import Receiver
from .report import PURPOSE, newest
from .sealed import Sealer
from .settings import JournalSettings

LOOK_SECONDS = 0.2
SEAL_SECONDS = 1.0
COUNT_SECONDS = 5.0
HOUR = 3600.0
_LOOK = """
SELECT pg_current_wal_flush_lsn() - '0/0' AS written, restart_lsn - '0/0' AS flushed, active,
    coalesce((SELECT sync_state IN ('sync', 'quorum') FROM pg_stat_replication r
        WHERE r.pid = active_pid), false) AS synchronous,
    (SELECT system_identifier FROM pg_control_system()) AS system
FROM pg_replication_slots WHERE slot_name = $1
"""


@dataclass
class Journal:
    """One journal. Whatever of it fails, receiving goes on."""

    settings: JournalSettings
    lag: Lag = field(default_factory=Lag)
    system: str | None = None
    flushed: int = 0

    def __post_init__(self) -> None:
        wanted = self.settings
        sealer = Sealer(wanted.keys)
        metrics.BASE_AGE.set(-1)
        metrics.DRILL_AGE.set(-1)
        self.keeping = Keeping(wanted.journal, wanted.name, wanted.archive, sealer)
        self.receiver = Receiver(
            wanted.journal,
            wanted.name,
            wanted.database_url,
            self.keeping.set_aside,
            wanted.programs,
        )
        self.reports = Verifier(wanted.drill_public_key, PURPOSE)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for name, task in (
                ("receive", self.receiver.run),
                ("look", self.look),
                ("seal", every(SEAL_SECONDS, partial(asyncio.to_thread, self.keeping.seal))),
                ("tail", every(self.settings.tail_seconds, self._tail)),
                ("count", every(COUNT_SECONDS, partial(asyncio.to_thread, self.count))),
                ("tidy", every(HOUR, partial(asyncio.to_thread, self.keeping.forget_asides))),
            ):
                await stack.enter_async_context(supervised(name, task))
            yield

    async def receiving(self) -> bool:
        return self.receiver.connected

    async def look(self) -> None:
        """Compare the server's position with what it knows this journal to have on its disk."""
        try:
            connection = await asyncpg.connect(self.settings.database_url, timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            self._away()
            raise
        try:
            while True:
                row = await connection.fetchrow(_LOOK, self.settings.name, timeout=5)
                self._note(row)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._away()
            connection.terminate()

    def _note(self, row: asyncpg.Record | None) -> None:
        """Without a slot there is nothing that this journal has."""
        now = time.monotonic()
        if row is None:
            self._away()
            return
        self.system, self.flushed = str(row["system"]), int(row["flushed"] or 0)
        metrics.LAG.set(self.lag.note(now, int(row["written"]), self.flushed))
        metrics.CONNECTED.set(row["active"])
        metrics.SYNCHRONOUS.set(row["synchronous"])

    def _away(self) -> None:
        metrics.CONNECTED.set(0)
        metrics.SYNCHRONOUS.set(0)
        metrics.LAG.set(self.lag.behind(time.monotonic(), self.flushed))

    async def _tail(self) -> None:
        await asyncio.to_thread(self.keeping.seal_tail)

    def count(self) -> None:
        """What the archive has; told by its files, so it holds whoever wrote them."""
        metrics.UNSEALED.set(self.keeping.unsealed())
        if self.system is None:
            return
        archive, now = self.keeping.archive(self.system), datetime.now(UTC)
        bases = archive.bases()
        age = (now - bases[-1].ended).total_seconds() if bases else -1
        metrics.BASE_AGE.set(age)
        metrics.MISSING.set(len(archive.missing()))
        self._count_drills(archive, now)

    def _count_drills(self, archive: Archive, now: datetime) -> None:
        report = newest(archive, self.reports)
        metrics.DRILL_AGE.set((now - report.at).total_seconds() if report else -1)
        metrics.DRILL_OK.set(bool(report and report.ok))


async def serve(settings: JournalSettings) -> None:
    """Until SIGTERM or SIGINT."""
    journal, readiness = Journal(settings), Readiness()
    readiness.require("receiving", journal.receiving)
    ops = uvicorn.Server(
        uvicorn.Config(
            ops_app(readiness),
            host=settings.host,
            port=settings.ops_port,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
        )
    )
    async with journal.running():
        await ops.serve()
