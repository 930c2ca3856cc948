"""Child processes that never outlive us, and ports for them."""

import atexit
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

import psutil

from .account import ROOT, Account
from .errors import CannotStart

# Below Linux's range for outgoing connections, so that none of those takes a port we just chose.
PORTS = range(20000, 32000)
_untried = iter(random.sample(PORTS, len(PORTS)))


@cache
def _guard() -> IO[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "dev.guard"],
        stdin=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    assert process.stdin
    atexit.register(_dismiss, process)
    return process.stdin


def _dismiss(guard: subprocess.Popen[str]) -> None:
    """At our orderly end nothing should be left; if something is, the guard ends it now."""
    guard.communicate()


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    cwd: Path = ROOT,
    ends_on: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own; if we die, it gets the signal `ends_on`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            **(account or Account()).popen_options(),
        )
    protect(process, ends_on)
    return process


def protect(process: subprocess.Popen[bytes], ends_on: signal.Signals) -> None:
    """Tell the guard about a child."""
    try:
        started = psutil.Process(process.pid).create_time()
    except psutil.NoSuchProcess:
        return
    guard = _guard()
    guard.write(f"{process.pid} {int(ends_on)} {started}\n")
    guard.flush()


def stop(
    process: subprocess.Popen[bytes] | None,
    number: signal.Signals = signal.SIGTERM,
    patience: float = 20,
) -> None:
    """Send a signal and wait; after `patience` seconds the child is killed."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now; never the same one twice."""
    for port in _untried:
        if not taken(port):
            return port
    raise CannotStart("No free port between 20000 and 32000 is left.")


def taken(port: int) -> bool:
    """Whether somebody listens on 127.0.0.1:port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def listens(port: int) -> bool:
    """Whether 127.0.0.1:port accepts connections."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(
    name: str,
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    log: Path,
    seconds: float = 60,
) -> None:
    """Poll `ready`; raise CannotStart with the end of the log if the child dies or is too slow."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise CannotStart(f"{name} stopped while starting:\n{last_lines(log)}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{name} was not ready after {seconds:.0f} s:\n{last_lines(log)}")
        time.sleep(0.03)


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
