"""PostgreSQL and RabbitMQ in containers (TEST_BACKEND=docker), provisioned like the private."""

import base64
import http.client
import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from deploy.rabbitmq.definitions import OPERATOR, VHOST, Definitions, definitions

from .errors import CannotStart
from .postgres import provision, psql

POSTGRES_IMAGE = "postgres:18-bookworm"
RABBITMQ_IMAGE = "rabbitmq:4-management"
BOOTSTRAP_USER = "bootstrap"


@dataclass(frozen=True)
class ContainerPostgres:
    """A PostgreSQL that answers at host:port."""

    host: str
    port: int
    password: str

    def url(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{database}"

    def admin_url(self, database: str = "postgres") -> str:
        return self.url("postgres", self.password, database)

    def execute(self, *statements: str, database: str = "postgres") -> str:
        commands = [part for statement in statements for part in ("-c", statement)]
        return psql(self.admin_url(database), *commands)

    def provision(self, database: str, passwords: Mapping[str, str]) -> None:
        provision(self.admin_url(), database, passwords)


@dataclass(frozen=True)
class ContainerRabbitMQ:
    """A RabbitMQ that answers at host:port and takes definitions at its management port."""

    host: str
    port: int
    management_port: int
    passwords: Mapping[str, str]
    bootstrap_password: str

    def url(self, user: str, vhost: str = VHOST) -> str:
        password = quote(self.passwords[user], safe="")
        return f"amqp://{user}:{password}@{self.host}:{self.port}/{quote(vhost, safe='')}"

    def load(self, document: Definitions) -> None:
        self._ask("POST", "definitions", document)

    def delete_vhost(self, vhost: str) -> None:
        self._ask("DELETE", f"vhosts/{quote(vhost, safe='')}")

    def _ask(self, method: str, path: str, body: Definitions | None = None) -> None:
        login = f"{BOOTSTRAP_USER}:{self.bootstrap_password}".encode()
        request = urllib.request.Request(
            f"http://{self.host}:{self.management_port}/api/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": "Basic " + base64.b64encode(login).decode(),
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            reply.read()


@contextmanager
def container_postgres(password: str) -> Iterator[ContainerPostgres]:
    """Start a server. Only the finished one answers over TCP; while it is set up none does."""
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(POSTGRES_IMAGE).with_env("POSTGRES_PASSWORD", password)
    container = container.with_exposed_ports(5432).with_command("-c max_connections=200")
    with container as running:
        host = running.get_container_host_ip()
        server = ContainerPostgres(host, int(running.get_exposed_port(5432)), password)
        _until_it_answers(lambda: server.execute("SELECT 1"))
        yield server


@contextmanager
def container_rabbitmq(passwords: Mapping[str, str]) -> Iterator[ContainerRabbitMQ]:
    """Start a broker and load our users, rights and exchange into it."""
    from testcontainers.core.container import DockerContainer

    secret = passwords[OPERATOR]
    container = DockerContainer(RABBITMQ_IMAGE).with_exposed_ports(5672, 15672)
    container = container.with_env("RABBITMQ_DEFAULT_USER", BOOTSTRAP_USER)
    container = container.with_env("RABBITMQ_DEFAULT_PASS", secret)
    with container as running:
        ports = [int(running.get_exposed_port(port)) for port in (5672, 15672)]
        host = running.get_container_host_ip()
        broker = ContainerRabbitMQ(host, ports[0], ports[1], passwords, secret)
        _until_it_answers(lambda: broker.load(definitions(passwords)))
        yield broker


def _until_it_answers(ask: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            ask()
        except (CannotStart, OSError, http.client.HTTPException) as refusal:
            if time.monotonic() > deadline:
                raise CannotStart("The container does not answer.") from refusal
            time.sleep(0.3)
        else:
            return
