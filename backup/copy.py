"""A restored server that runs for a while, reachable from this machine only."""

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit, urlunsplit

from .programs import program
from .restore import CannotRestore

LOCAL = "host all all 127.0.0.1/32 scram-sha-256\n"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "hot_standby": "off",
    "archive_mode": "off",
    "shared_preload_libraries": "",
    "ssl": "off",
    "logging_collector": "off",
}
UNPRIVILEGED = "nobody"
PAUSE_SECONDS = 0.1
STOP_SECONDS = 60.0


@contextmanager
def running(data: Path, programs: Path | None, patience: float) -> Iterator[int]:
    """Start the server of a restored data directory, wait until it has read all of the log, and end
    it after the block. Its port. Raises CannotRestore with the end of its log."""
    port = _free_port()
    access, log = data.parent / "access.conf", data.parent / "server.log"
    access.write_text(LOCAL)
    options = {**SETTINGS, "port": str(port), "hba_file": str(access)}
    with log.open("wb") as output:
        _hand_over(data.parent)
        server = subprocess.Popen(
            [
                program(programs, "postgres"),
                *("-D", str(data)),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=data.parent,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            **_account(),
        )
    try:
        _wait(server, data, log, patience)
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def at_port(database_url: str, port: int) -> str:
    """The same role and database at the restored server."""
    parts = urlsplit(database_url)
    who = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{who}@127.0.0.1:{port}", query=""))


def in_database(database_url: str, name: str) -> str:
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))


def _wait(server: subprocess.Popen[bytes], data: Path, log: Path, patience: float) -> None:
    """PostgreSQL writes `ready` into its file of the process when it takes connections."""
    deadline, pid_file = time.monotonic() + patience, data / "postmaster.pid"
    while True:
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        if server.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").strip().splitlines()[-5:]
            raise CannotRestore("The restored server does not start: " + " | ".join(last))
        time.sleep(PAUSE_SECONDS)


class _Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _account() -> _Account:
    """PostgreSQL refuses to run as root: root's copy runs as an account that may nothing."""
    if os.geteuid() != 0:
        return {}
    who = pwd.getpwnam(UNPRIVILEGED)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _hand_over(folder: Path) -> None:
    if os.geteuid() != 0:
        return
    who = pwd.getpwnam(UNPRIVILEGED)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, who.pw_uid, who.pw_gid, follow_symlinks=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
