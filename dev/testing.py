"""What the fixtures in conftest.py are made of: fresh databases and virtual hosts."""

import asyncio
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import asyncpg
import psutil

from deploy.rabbitmq.definitions import Definitions, rights_in
from libs.common.broker import Topology
from libs.contracts.subscriptions import topology

from .account import MEMORY, ROOT, private_place, reachable, room_in_memory
from .environment import MIGRATORS
from .postgres import roles

TEST_SETTINGS = {
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "autovacuum_naptime": "10s",
    "scram_iterations": "1",
}
LONGEST = 60
"""Seconds until a statement of a fixture has failed."""
ROOM = 4 * 2**30
"""Bytes of memory from which on a run has its files there; it takes a fraction of them."""


class PostgresServer(Protocol):
    """What tests may ask of PostgreSQL, private or in a container."""

    def url(self, user: str, password: str, database: str) -> str: ...
    def admin_url(self, database: str = "postgres") -> str: ...
    def execute(self, *statements: str, database: str = "postgres") -> str: ...
    def provision(self, database: str, passwords: dict[str, str]) -> None: ...


class Broker(Protocol):
    """What tests may ask of RabbitMQ, private or in a container."""

    def url(self, user: str, vhost: str = ...) -> str: ...
    def load(self, document: Definitions) -> None: ...
    def delete_vhost(self, vhost: str) -> None: ...


@dataclass(frozen=True)
class Database:
    """A fresh database with one service's tables, and where its two roles connect."""

    name: str
    url: str
    owner_url: str
    admin_url: str


@dataclass(frozen=True)
class VirtualHost:
    """A fresh virtual host with the topology of production and the rights of each user there."""

    broker: Broker
    name: str

    def url(self, user: str) -> str:
        """The address for a user of the broker: a program, `topology` or `operator`."""
        return self.broker.url(user, self.name)


def migrate(service: str, owner_url: str) -> None:
    """Run a service's migrations, in a thread because the caller may sit in an event loop."""
    from libs.common.migrate import upgrade

    with ThreadPoolExecutor(1) as thread:
        thread.submit(upgrade, MIGRATORS[service], owner_url).result()


class Console:
    """One connection as superuser for many statements: each psql costs as much as a database.
    It has a thread of its own, because the caller may sit in an event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None

    def execute(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        self._thread.submit(self._runner.run, self._execute(statements)).result(LONGEST)

    async def _execute(self, statements: tuple[str, ...]) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url)
        for statement in statements:
            await self._connection.execute(statement)

    def close(self) -> None:
        if self._connection is not None:
            self._thread.submit(self._runner.run, self._connection.close()).result(LONGEST)
        self._thread.submit(self._runner.close).result(LONGEST)
        self._thread.shutdown()


Prepare = Callable[[Database], None]


@dataclass
class Databases:
    """Copies of migrated templates; a template is made on first use. `strategy` is how PostgreSQL
    copies: WAL_LOG spares a disk, FILE_COPY costs less where files are in memory."""

    server: PostgresServer
    strategy: str = "WAL_LOG"
    passwords: dict[str, str] = field(
        default_factory=lambda: {role: secrets.token_hex(8) for role in roles()}
    )
    templates: dict[tuple[str, Prepare | None], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.console = Console(self.server.admin_url())

    def close(self) -> None:
        self.console.close()

    @contextmanager
    def fresh(self, service: str, prepare: Prepare | None = None) -> Iterator[Database]:
        """A database with the tables of `service`, dropped afterwards. What `prepare` does to it
        is done once for all that ask for the same."""
        database = self._describe(service, f"{service}_{secrets.token_hex(4)}")
        self._copy(self._template(service, prepare), database.name)
        try:
            yield database
        finally:
            self.console.execute(f"DROP DATABASE {database.name} WITH (FORCE)")

    @contextmanager
    def empty(self) -> Iterator[Callable[[str], Database]]:
        """A database with all schemas, roles and rights but no tables; asked by service name."""
        name = f"empty_{secrets.token_hex(4)}"
        self.server.provision(name, self.passwords)
        try:
            yield lambda service: self._describe(service, name)
        finally:
            self.console.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self, service: str, prepare: Prepare | None) -> str:
        key = service, prepare
        if key not in self.templates:
            name = f"template_{service}_{secrets.token_hex(4)}"
            if prepare is None:
                self.server.provision(name, self.passwords)
                migrate(service, self._describe(service, name).owner_url)
            else:
                self._copy(self._template(service, None), name)
                prepare(self._describe(service, name))
            self.templates[key] = name
        return self.templates[key]

    def _copy(self, template: str, name: str) -> None:
        """Rights on the database itself are not copied with it."""
        self.console.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {self.strategy}",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {name} TO {', '.join(roles())}",
        )

    def _describe(self, service: str, name: str) -> Database:
        owner = f"{service}_owner"
        return Database(
            name=name,
            url=self.server.url(service, self.passwords[service], name),
            owner_url=self.server.url(owner, self.passwords[owner], name),
            admin_url=self.server.admin_url(name),
        )


@contextmanager
def fresh_vhost(
    broker: Broker, beside_older_release: bool = False, held: Topology | None = None
) -> Iterator[VirtualHost]:
    """A virtual host with the rights and the topology of production, unless it is to hold something
    else; deleted afterwards."""
    name = f"test-{secrets.token_hex(4)}"
    there = topology(beside_older_release) if held is None else held
    broker.load({**rights_in(name, beside_older_release), **held_in(name, there)})
    try:
        yield VirtualHost(broker, name)
    finally:
        broker.delete_vhost(name)


def held_in(vhost: str, held: Topology) -> Definitions:
    """What `python -m libs.topology` declares as one document, which is loaded at once."""
    durable = {"vhost": vhost, "durable": True, "auto_delete": False}
    return {
        "exchanges": [
            {**durable, "name": each.name, "type": each.kind, "internal": False, "arguments": {}}
            for each in held.exchanges
        ],
        "queues": [{**durable, **asdict(queue)} for queue in held.queues],
        "bindings": [
            {
                "vhost": vhost,
                "source": each.source,
                "destination": each.destination,
                "destination_type": "exchange" if each.to_exchange else "queue",
                "routing_key": each.key,
                "arguments": {},
            }
            for each in held.bindings
        ],
    }


@contextmanager
def run_home(base: Path | None = None) -> Iterator[Path]:
    """A directory for this run alone, on disk or below `base`; what runs that died left behind is
    removed."""
    base = base or _on_disk()
    for old in base.glob("*"):
        if not psutil.pid_exists(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    home = base / str(os.getpid())
    home.mkdir(parents=True, exist_ok=True)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def in_memory() -> Path | None:
    """Where tests have their servers if there is plenty of memory: what they write is thrown away,
    so nobody need wait for a disk. The servers do as ever, and data outlive a killed server."""
    return private_place(MEMORY) / "test" if room_in_memory() >= ROOM else None


def _on_disk() -> Path:
    return (ROOT / "var" if reachable(ROOT) else private_place()) / "test"
