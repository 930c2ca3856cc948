"""The whole system as one value: `async with private_stack(directory) as stack:` starts it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from deploy.rabbitmq.definitions import TOPOLOGY
from libs.topology import CannotDeclare, set_up

from .broker import own_broker
from .environment import (
    MIGRATORS,
    PROGRAMS,
    Ports,
    Servers,
    environment,
)
from .errors import CannotStart
from .keys import Keys, new_keys, passwords
from .mailsink import parse
from .postgres import Postgres
from .rabbitmq import RabbitMQ
from .service import Service, run_command

DATABASE = "oita"
Report = Callable[[str, float], None]


class Database(Protocol):
    """What the stack needs of PostgreSQL, ours or given."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def provision(self, database: str, passwords: Mapping[str, str]) -> None: ...
    def url(self, user: str, password: str, database: str) -> str: ...


class Broker(Protocol):
    """What the stack needs of RabbitMQ, ours or given."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def url(self, user: str, /) -> str: ...


D = TypeVar("D", bound=Database)
B = TypeVar("B", bound=Broker)


def silent(_what: str, _seconds: float) -> None:
    """Report nothing."""


@dataclass
class Stack(Generic[D, B]):
    """Everything on one machine. `overrides` adds variables to single programs."""

    var: Path
    ports: Ports
    keys: Keys
    postgres: D
    rabbitmq: B
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    report: Report = silent

    def __post_init__(self) -> None:
        smtp_url = f"smtp://127.0.0.1:{self.ports.smtp}"
        self.servers = Servers(self._database_url, self.rabbitmq.url, smtp_url)
        table = environment(self.ports, self.servers, self.keys)
        self.services = {
            name: Service(
                name,
                program.module,
                {**table[name], **self.overrides.get(name, {})},
                self.var / "log" / f"{name}.log",
                f"{self.ports.ops_url(name)}/readyz",
            )
            for name, program in PROGRAMS.items()
        }
        self.mail = self._mail_sink()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Services first, so that they finish what they accepted; then what they stand on."""
        running = reversed([*self.services.values(), self.mail])
        await asyncio.gather(*(asyncio.to_thread(service.terminate) for service in running))
        await asyncio.gather(
            asyncio.to_thread(self.rabbitmq.stop), asyncio.to_thread(self.postgres.stop)
        )

    def mails(self) -> list[EmailMessage]:
        """Every mail received so far, oldest first."""
        files = sorted((self.var / "mail").glob("*.eml"))
        return [parse(file.read_bytes()) for file in files]

    async def command(self, program: str, *arguments: str, **variables: str) -> str:
        """Run a command of a program (`seed …`) with that program's own environment."""
        env = {**self.services[program].env, **variables}
        return await run_command(PROGRAMS[program].module, *arguments, env=env)

    async def _start(self) -> None:
        await self.start_servers()
        begin = time.monotonic()
        for service in self.services.values():
            service.start()
        await asyncio.gather(*(service.wait_ready() for service in self.services.values()))
        self.report(f"{len(self.services)} services", time.monotonic() - begin)

    async def start_servers(self) -> None:
        """All at once; when one fails the others are awaited, so that they can be stopped."""
        done = await asyncio.gather(
            self._start_database(),
            self.start_broker(),
            self._start_mail(),
            return_exceptions=True,
        )
        for failure in done:
            if failure is not None:
                raise failure

    async def start_broker(self) -> None:
        """The broker, with all that it has to hold before the first fact."""
        await self._timed("RabbitMQ", self.rabbitmq.start)
        begin = time.monotonic()
        try:
            await set_up(self.rabbitmq.url(TOPOLOGY))
        except CannotDeclare as problem:
            raise CannotStart(str(problem)) from problem
        self.report("Exchanges and queues", time.monotonic() - begin)

    async def _start_database(self) -> None:
        await self._timed("PostgreSQL", self.postgres.start)
        begin = time.monotonic()
        secrets = passwords(self.keys, "database")
        roles = {role: secret for role, secret in secrets.items() if role != "postgres"}
        await asyncio.to_thread(self.postgres.provision, DATABASE, roles)
        await asyncio.to_thread(self._migrate)
        self.report("Tables", time.monotonic() - begin)

    def _migrate(self) -> None:
        """One after the other in this process: five processes spend most of it on imports."""
        from libs.common.migrate import upgrade

        for service, package in MIGRATORS.items():
            upgrade(package, self._database_url(f"{service}_owner"))

    async def _start_mail(self) -> None:
        begin = time.monotonic()
        self.mail.start()
        await self.mail.wait_ready()
        self.report("Mail sink", time.monotonic() - begin)

    async def _timed(self, what: str, start: Callable[[], None]) -> None:
        begin = time.monotonic()
        await asyncio.to_thread(start)
        self.report(what, time.monotonic() - begin)

    def _database_url(self, role: str) -> str:
        return self.postgres.url(role, self.keys[f"database:{role}"], DATABASE)

    def _mail_sink(self) -> Service:
        variables = {
            "MAIL_DIRECTORY": str(self.var / "mail"),
            "SMTP_PORT": str(self.ports.smtp),
            "PAGE_PORT": str(self.ports.mail_page),
        }
        page = f"http://127.0.0.1:{self.ports.mail_page}/ready"
        return Service("mail", "dev.mailsink", variables, self.var / "log" / "mail.log", page)


def private_stack(
    var: Path,
    overrides: Mapping[str, Mapping[str, str]] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Stack[Postgres, RabbitMQ]:
    """A stack of its own below `var`, on free ports, beside whatever else runs.

    `overrides` are variables by program, `settings` those of PostgreSQL.
    """
    var, ports, keys = var.resolve(), Ports.free(), new_keys()
    postgres = Postgres(var / "postgres", ports.postgres, keys["database:postgres"], settings or {})
    rabbitmq = own_broker(var / "rabbitmq", ports.rabbitmq, passwords(keys, "broker"))
    return Stack(var, ports, keys, postgres, rabbitmq, overrides or {})
