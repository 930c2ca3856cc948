"""Commands of the staff door as somebody at a terminal gives them."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest

from dev.testing import Database
from services.gateway.lgwan.__main__ import PACKAGE, main


def command(database: Database, *arguments: str, password: str = "") -> str:
    """What it says, errors included. In this process: one of its own spends most on imports. In a
    thread, because it starts an event loop."""
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(1) as thread:
        for name, value in _environment(database, password).items():
            patched.setenv(name, value)
        return thread.submit(_said, list(arguments)).result()


def command_of_its_own(database: Database, *arguments: str, password: str = "") -> str:
    """The same by a process, as it is in earnest."""
    done = subprocess.run(
        [sys.executable, "-m", PACKAGE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **_environment(database, password)},
    )
    return done.stdout + done.stderr


def _said(arguments: list[str]) -> str:
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            main(arguments)
        except SystemExit as end:
            said.write(f"{end.code}\n" if isinstance(end.code, str) else "")
    return said.getvalue()


def _environment(database: Database, password: str) -> dict[str, str]:
    return {"DATABASE_URL": database.url, "STAFF_PASSWORD": password}
