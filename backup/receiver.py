"""PostgreSQL's pg_receivewal, started again whenever it ends."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from libs.common.logs import fields

from .programs import SOON, environment, program

log = logging.getLogger(__name__)
AGAIN_SECONDS = 0.5
SAY_AGAIN_SECONDS = 30.0
_ELSEWHERE = (
    "is not in this server's history",
    "ahead of the WAL flush position",
    "has already been removed",
)
_SLOT_LOST = ("can no longer access replication slot", "can no longer get changes")


@dataclass
class Receiver:
    """Receives into `journal` through the slot `name`. `set_aside` is called when what was received
    does not lead on to what the server has: it was restored, or another one took over earlier."""

    journal: Path
    name: str
    database_url: str
    set_aside: Callable[[], object]
    programs: Path | None = None
    connected: bool = False
    _told: tuple[str, float] = ("", 0.0)

    async def run(self) -> None:
        """Receive for ever."""
        while True:
            self.journal.mkdir(parents=True, exist_ok=True)
            await self._once("--create-slot", "--if-not-exists")
            self.connected = True
            try:
                said = await self._once(f"--directory={self.journal}", "--synchronous", "--no-loop")
            finally:
                self.connected = False
            await self._ended(said)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _ended(self, said: str) -> None:
        if any(words in said for words in _SLOT_LOST):
            log.error("the server has thrown away what this journal did not fetch in time")
            await self._once("--drop-slot")
        elif not any(words in said for words in _ELSEWHERE):
            self._tell(_kind(said))
            return
        aside = await asyncio.to_thread(self.set_aside)
        log.error("the journal begins anew", extra=fields(aside=str(aside)))

    def _tell(self, line: str) -> None:
        """A server that is away is one line now and then."""
        now = time.monotonic()
        if line != self._told[0] or now - self._told[1] > SAY_AGAIN_SECONDS:
            self._told = line, now
            log.warning("receiving ended", extra=fields(line=line))

    async def _once(self, *arguments: str) -> str:
        """What it said until it ended."""
        child = await asyncio.create_subprocess_exec(
            program(self.programs, "pg_receivewal"),
            *(f"--slot={self.name}", "--no-password", f"--dbname={SOON}", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment(self.database_url, self.name),
        )
        try:
            _, said = await child.communicate()
        finally:
            if child.returncode is None:
                child.terminate()
                await child.wait()
        return said.decode(errors="replace")


def _kind(said: str) -> str:
    """The last thing it said; pg_receivewal knows no data, only positions and addresses."""
    return said.strip().rsplit("\n", 1)[-1]
