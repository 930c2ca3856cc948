"""One program of the stack as a child process that can be killed, ended and started again."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import process
from .account import ROOT
from .errors import CannotStart

READY_SECONDS = 60.0
# Nothing of the caller's environment but these reaches a child: its settings are all in the table.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")


def child_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """`variables`, and what every program needs from ours."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "PYTHONUNBUFFERED": "1", **variables}


@dataclass
class Program:
    """`python -m module` with its environment, as a child in a session of its own."""

    name: str
    module: str
    env: dict[str, str]
    log: Path
    arguments: tuple[str, ...] = field(default=(), kw_only=True)
    child: subprocess.Popen[bytes] | None = field(default=None, kw_only=True)

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self) -> int:
        assert self.child, f"{self.name} was never started"
        return self.child.pid

    def start(self) -> None:
        """Start without waiting until it is ready."""
        argv = [sys.executable, "-m", self.module, *self.arguments]
        self.child = process.spawn(argv, log=self.log, env=child_environment(self.env))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal and do not wait."""
        if self.alive:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        self.signal(signal.SIGKILL)
        if self.child is not None:
            self.child.wait()

    def terminate(self, patience: float = 30) -> None:
        """SIGTERM, and wait for the orderly end."""
        process.stop(self.child, signal.SIGTERM, patience)

    def tail(self) -> str:
        return process.last_lines(self.log)


@dataclass
class Service(Program):
    """A program that is ready when `ready_url` answers 200."""

    ready_url: str

    @property
    def ending(self) -> str:
        """How the program ended, for people."""
        code = self.child.poll() if self.child else None
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    async def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Return when the program is ready; raises CannotStart with the end of its log."""
        try:
            async with asyncio.timeout(seconds):
                while not await asyncio.to_thread(self._answers):
                    if not self.alive:
                        raise CannotStart(f"{self.name} stopped while starting:\n{self.tail()}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise CannotStart(
                f"{self.name} was not ready after {seconds:.0f} s:\n{self.tail()}"
            ) from None

    async def restart(self) -> None:
        await asyncio.to_thread(self.terminate)
        self.start()
        await self.wait_ready()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.ready_url, timeout=2) as reply:
                return bool(reply.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False


async def run_command(module: str, *arguments: str, env: Mapping[str, str]) -> str:
    """Run `python -m module arguments` to its end; its output, or CannotStart with it."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child_environment(env),
        cwd=ROOT,
    )
    output, _ = await child.communicate()
    text = output.decode(errors="replace").strip()
    if child.returncode:
        raise CannotStart(f"python -m {module} {' '.join(arguments)} failed:\n{text}")
    return text
