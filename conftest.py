"""Fixtures for every test: a real PostgreSQL, a real RabbitMQ, a real mail server.

They are private to the run and start on first use. TEST_BACKEND=docker takes containers instead.
"""

import gc
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from deploy.rabbitmq.definitions import users_of
from dev.broker import own_broker
from dev.containers import container_postgres, container_rabbitmq
from dev.evidence import Evidence
from dev.mailsink import MailSink
from dev.postgres import Postgres
from dev.process import free_port
from dev.rabbitmq import Ports
from dev.testing import (
    TEST_SETTINGS,
    Broker,
    Database,
    Databases,
    PostgresServer,
    VirtualHost,
    fresh_vhost,
    in_memory,
    run_home,
)

pytest_plugins = ("dev.dearest",)


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What was collected stays until the end: looking through it again and again took a tenth of
    all processor time."""
    gc.enable()
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--evidence", type=Path, help="where the figures of long runs are written")


IN_DOCKER = os.environ.get("TEST_BACKEND") == "docker"


@pytest.fixture(scope="session")
def test_home() -> Iterator[Path]:
    """A directory that lives as long as the run."""
    with run_home(in_memory()) as home:
        yield home


@pytest.fixture(scope="session")
def postgres(test_home: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL server without databases of ours; most tests want `database`."""
    password = secrets.token_hex(8)
    if IN_DOCKER:
        with container_postgres(password) as container:
            yield container
        return
    server = Postgres(test_home / "postgres", free_port(), password, TEST_SETTINGS)
    try:
        server.start()
        yield server
    finally:
        server.destroy()


@pytest.fixture(scope="session")
def rabbitmq(test_home: Path) -> Iterator[Broker]:
    """A broker with its users; most tests want `vhost`."""
    passwords = {name: secrets.token_hex(8) for name in users_of(True)}
    if IN_DOCKER:
        with container_rabbitmq(passwords) as container:
            yield container
        return
    server = own_broker(test_home / "rabbitmq", Ports.free(), passwords)
    try:
        server.start()
        yield server
    finally:
        server.destroy()


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Iterator[Databases]:
    """Makes databases; for fixtures with a wider scope than one test."""
    quick = in_memory() is not None and not IN_DOCKER
    with closing(Databases(postgres, "FILE_COPY" if quick else "WAL_LOG")) as made:
        yield made


@pytest.fixture
def database(databases: Databases) -> Iterator[Callable[[str], Database]]:
    """`database("booking")` is a fresh, migrated database of that service for this test."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(databases.fresh(service))


@pytest.fixture
def vhost(rabbitmq: Broker) -> Iterator[VirtualHost]:
    """A fresh virtual host for this test: `vhost.url("booking")`."""
    with fresh_vhost(rabbitmq) as fresh:
        yield fresh


@pytest.fixture
async def mail_sink() -> AsyncIterator[MailSink]:
    """A mail server on a free port: `.url`, `.messages`, `await .wait_for(1)`."""
    async with MailSink().serving() as sink:
        yield sink


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """Called at the end of a long run; see `dev.evidence`."""
    return Evidence(request.node.name, request.config.getoption("--evidence"))
