"""Journals and an archive beside a PostgreSQL, for tests and drills on this machine."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import process
from .account import ROOT
from .errors import CannotStart
from .keys import encoded
from .postgres import BACKUP, Postgres, programs
from .service import Program, child_environment

JOURNALS = ("journal_1", "journal_2")
WAITED_FOR = f"ANY 1 ({', '.join(JOURNALS)})"
"""A booking is on the disk of one journal at least, besides the database's, when it is
acknowledged. One of them may be away."""
SERVER = {"wal_level": "replica", "max_wal_senders": "10", "max_slot_wal_keep_size": "1GB"}


@dataclass
class Journal(Program):
    """One process of `python -m backup journal`."""

    folder: Path
    ops_port: int

    def signal(self, number: signal.Signals) -> None:
        """To all of its processes: a machine that loses its power keeps none of them."""
        if self.alive:
            os.killpg(self.pid, number)

    def figures(self) -> dict[str, float]:
        """Its own figures by name; none while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ops_port}/metrics") as answer:
                text = answer.read().decode()
        except urllib.error.URLError:
            return {}
        found = re.findall(r"^(oita_backup_\w+) (\S+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in found}


@dataclass
class Backups:
    """Two journals and one archive below `home`, for the server `postgres`."""

    home: Path
    postgres: Postgres
    password: str
    database: str = "oita"
    tail_seconds: float = 60.0
    keys: str = field(default_factory=lambda: f"1:{encoded(secrets.token_bytes(32))}")

    def __post_init__(self) -> None:
        self.archive = self.home / "archive"
        self.room = self.home / "room"
        for folder in (self.archive, self.room):
            folder.mkdir(parents=True, exist_ok=True)
        # The copy of a drill runs as somebody who has to get there.
        self.home.chmod(0o755)
        self.drill_key = Ed25519PrivateKey.generate()
        self.journals = [self._journal(name) for name in JOURNALS]

    def start(self, wait_for: bool = True) -> None:
        """Start the journals; then let commits wait for one of them."""
        for journal in self.journals:
            journal.start()
        for journal in self.journals:
            self._until_received(journal)
        if wait_for:
            self.wait_for_journals()

    def wait_for_journals(self) -> None:
        statement = f"ALTER SYSTEM SET synchronous_standby_names = '{WAITED_FOR}'"
        self.postgres.execute(statement, "SELECT pg_reload_conf()")

    def stop(self) -> None:
        for journal in self.journals:
            journal.terminate()

    def command(self, *arguments: str, **variables: str) -> str:
        """What a command of backup prints. Raises CannotStart with what it says when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "backup", *arguments],
            env=child_environment({**self.environment(), **variables}),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotStart(f"{done.stderr.strip()}\n{done.stdout.strip()}")
        return done.stdout

    def drill(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.command("drill"))
        return found

    def replace(self, restored: Path) -> None:
        """Start the server anew with a restored data directory, which becomes its own."""
        shutil.rmtree(self.postgres.data, ignore_errors=True)
        shutil.move(restored / "data", self.postgres.data)
        self.postgres.account.owns_all(self.postgres.data)
        self.postgres.account.owns_all(restored)
        restored.chmod(0o755)
        self.postgres.start()

    def environment(self) -> dict[str, str]:
        """Everything that any command reads."""
        return {
            "ARCHIVE_DIR": str(self.archive),
            "BACKUP_KEYS": self.keys,
            "PG_BIN": str(programs()),
            "DATABASE_URL": self.postgres.url(BACKUP, self.password, self.database),
            "JOURNAL_DIRS": ":".join(str(journal.folder) for journal in self.journals),
            "JOURNAL_NAMES": ",".join(JOURNALS),
            "DRILL_DIR": str(self.room),
            "DRILL_PRIVATE_KEY": encoded(self.drill_key.private_bytes_raw()),
            "DRILL_DATABASES": self.database,
        }

    def _journal(self, name: str) -> Journal:
        port, folder = process.free_port(), self.home / name
        folder.mkdir(exist_ok=True)
        env = {
            "ARCHIVE_DIR": str(self.archive),
            "BACKUP_KEYS": self.keys,
            "PG_BIN": str(programs()),
            "DATABASE_URL": self.postgres.url(BACKUP, self.password, self.database),
            "JOURNAL_DIR": str(folder),
            "JOURNAL_NAME": name,
            "OPS_PORT": str(port),
            "TAIL_SECONDS": str(self.tail_seconds),
            "DRILL_PUBLIC_KEY": encoded(self.drill_key.public_key().public_bytes_raw()),
        }
        log = self.home / f"{name}.log"
        return Journal(name, "backup", env, log, folder, port, arguments=("journal",))

    def _until_received(self, journal: Journal) -> None:
        assert journal.child
        process.wait_until(journal.name, lambda: received(journal), journal.child, journal.log)


def received(*journals: Journal) -> bool:
    """Whether all of them receive."""
    return all(each.figures().get("oita_backup_journal_connected") == 1 for each in journals)
