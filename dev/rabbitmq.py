"""A private RabbitMQ from the machine's own package: own node, ports, epmd and data, never root."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from deploy.rabbitmq.definitions import OPERATOR, VHOST, Definitions, definitions

from . import process
from .account import server_account, server_home
from .errors import CannotStart

# Debian's layout. The scripts around it start Erlang twice and take twice as long.
PACKAGES = Path("/usr/lib/rabbitmq/lib")
HELLO = b"AMQP\x00\x00\x09\x01"
ERLANG = (
    *("-noinput", "-s", "rabbit", "boot", "-boot", "start_sasl", "+W", "w"),
    *("+MBas", "ageffcbf", "+MHas", "ageffcbf", "+MBlmbcs", "512", "+MHlmbcs", "512"),
    *("-syslog", "logger", "[]", "-syslog", "syslog_error_logger", "false"),
    *("-kernel", "prevent_overlapping_partitions", "false"),
    *("-start_epmd", "false", "-kernel", "inet_dist_use_interface", "{127,0,0,1}"),
)


def installed() -> Path | None:
    """The newest RabbitMQ on this machine."""
    found = sorted(PACKAGES.glob("rabbitmq_server-*")) if shutil.which("erl") else []
    return found[-1] if found else None


@dataclass(frozen=True)
class Ports:
    """Where one broker listens: clients, Erlang's distribution, Erlang's port mapper."""

    amqp: int
    distribution: int
    epmd: int

    @classmethod
    def free(cls) -> "Ports":
        return cls(process.free_port(), process.free_port(), process.free_port())


@dataclass
class RabbitMQ:
    """One broker and its data below `home`. Stopped or killed, it starts again with its data."""

    home: Path
    ports: Ports
    passwords: Mapping[str, str]
    child: subprocess.Popen[bytes] | None = None
    epmd: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.account = server_account()
        self.place = server_home(self.home)
        self.log = self.place / "rabbitmq.log"
        self.node = f"oita{self.ports.amqp}@localhost"

    def start(self) -> None:
        """Start and wait until it accepts clients and the definitions are loaded."""
        package = installed()
        if package is None:
            raise CannotStart("RabbitMQ is missing: install the package rabbitmq-server.")
        self.account.owns(self.place)
        self._end_leftovers()
        self._write_configuration()
        env = self._environment(package)
        if self.epmd is None or self.epmd.poll() is not None:
            self.epmd = self._spawn(["epmd", "-address", "127.0.0.1"], env)
            # Erlang starts a port mapper of its own, for ever, where it finds none.
            process.wait_until("epmd", self._epmd_answers, self.epmd, self.log)
        self.child = self._spawn(["erl", *ERLANG], env)
        process.wait_until("RabbitMQ", self._answers, self.child, self.log)

    def stop(self) -> None:
        """Orderly shutdown of broker and port mapper."""
        process.stop(self.child)
        process.stop(self.epmd)

    def kill(self) -> None:
        """SIGKILL to the broker: nothing is flushed."""
        if self.child is not None:
            self.child.kill()
            self.child.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def destroy(self) -> None:
        """Stop and delete the data."""
        self.stop()
        shutil.rmtree(self.place, ignore_errors=True)

    def url(self, user: str, vhost: str = VHOST) -> str:
        """Where a service (or the operator) connects, with its password."""
        password = quote(self.passwords[user], safe="")
        return f"amqp://{user}:{password}@127.0.0.1:{self.ports.amqp}/{quote(vhost, safe='')}"

    def load(self, document: Definitions) -> None:
        """Add definitions to the running broker; a few milliseconds."""
        text = json.dumps(document).replace("\\", "\\\\").replace('"', '\\"')
        self.evaluate(f'ok = rabbit_definitions:import_raw(<<"{text}">>).')

    def delete_vhost(self, vhost: str) -> None:
        self.evaluate(f'rabbit_vhost:delete(<<"{vhost}">>, <<"{OPERATOR}">>).')

    def evaluate(self, expression: str) -> str:
        """Run one Erlang expression inside the broker."""
        cookie = (self.place / ".erlang.cookie").read_text()
        done = subprocess.run(
            ["erl_call", "-n", self.node, "-c", cookie, "-e"],
            input=expression + "\n",
            env={**os.environ, "ERL_EPMD_PORT": str(self.ports.epmd), "HOME": str(self.place)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not done.stdout.startswith("{ok,"):
            raise CannotStart(f"RabbitMQ refused: {done.stdout} {done.stderr}")
        return done.stdout

    def _spawn(self, argv: list[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return process.spawn(argv, log=self.log, env=env, account=self.account, cwd=self.place)

    def _epmd_answers(self) -> bool:
        return process.listens(self.ports.epmd)

    def _answers(self) -> bool:
        """The listener opens last, after the definitions are in."""
        try:
            with socket.create_connection(("127.0.0.1", self.ports.amqp), 1) as probe:
                probe.sendall(HELLO)
                return bool(probe.recv(1))
        except OSError:
            return False

    def _write_configuration(self) -> None:
        document = json.dumps(definitions(self.passwords))
        lines = [
            f"listeners.tcp.default = 127.0.0.1:{self.ports.amqp}",
            f"load_definitions = {self.place / 'definitions.json'}",
            "disk_free_limit.absolute = 50MB",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
        ]
        self._write("rabbitmq.conf", "\n".join(lines) + "\n")
        self._write("definitions.json", document)
        self._write("enabled_plugins", "[].\n")
        self._write("advanced.config", "[].\n")
        if not (self.place / ".erlang.cookie").exists():
            self._write(".erlang.cookie", secrets.token_hex(10).upper())

    def _write(self, name: str, text: str) -> None:
        path = self.place / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
        path.chmod(0o400)
        if self.account.uid is not None and self.account.gid is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def _environment(self, package: Path) -> dict[str, str]:
        place = str(self.place)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": place,
            "ERL_LIBS": str(package / "plugins"),
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_MAX_PORTS": "65536",
            "ERL_MAX_ETS_TABLES": "50000",
            "RABBITMQ_HOME": str(package),
            "RABBITMQ_PLUGINS_DIR": str(package / "plugins"),
            "RABBITMQ_BASE": place,
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_PORT": str(self.ports.amqp),
            "RABBITMQ_DIST_PORT": str(self.ports.distribution),
            "RABBITMQ_MNESIA_BASE": f"{place}/data",
            "RABBITMQ_LOG_BASE": f"{place}/log",
            "RABBITMQ_PID_FILE": f"{place}/pid",
            "RABBITMQ_CONFIG_FILE": f"{place}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{place}/advanced.config",
            "RABBITMQ_CONF_ENV_FILE": f"{place}/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{place}/enabled_plugins",
        }

    def _end_leftovers(self) -> None:
        """Kill what a crash of the machine's session left running on this data."""
        ours = {child.pid for child in (self.child, self.epmd) if child and child.poll() is None}
        for other in psutil.process_iter(["environ", "name"]):
            environment = other.info["environ"] or {}
            if environment.get("RABBITMQ_BASE") == str(self.place) and other.pid not in ours:
                other.send_signal(signal.SIGKILL)
                psutil.wait_procs([other], 10)
