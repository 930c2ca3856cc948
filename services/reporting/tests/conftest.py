"""What tests of reporting stand on: its own database, and its handlers without a broker."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dev.testing import Database, VirtualHost
from libs.common.database import engine, store_opener
from libs.common.facts import Fact
from libs.contracts.reporting import FigureQuery, FigureReport
from services.reporting.actions import report
from services.reporting.handlers import SUBSCRIPTIONS
from services.reporting.store import Store

OpenStore = Callable[[], AbstractAsyncContextManager[Store]]


PRIVATE_KEYS = {"internet": b"i" * 32, "lgwan": b"l" * 32}
"""Keys of doors that exist only in this test."""


def public_key(private: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return base64.b64encode(key.public_bytes_raw()).decode()


def environ_of(database: Database, vhost: VirtualHost) -> dict[str, str]:
    """The settings of a reporting process on this database and virtual host."""
    return {
        "PORT": "1",
        "OPS_PORT": "2",
        "AMQP_URL": vhost.url("reporting"),
        "DATABASE_URL": database.url,
        "DOOR_PUBLIC_KEYS": ",".join(f"{n}:{public_key(k)}" for n, k in PRIVATE_KEYS.items()),
    }


class Reporting:
    """The store and the handlers of reporting on one database."""

    def __init__(self, open_store: OpenStore) -> None:
        self.open_store = open_store

    async def take(self, *facts: Fact) -> None:
        """Handle each fact in a transaction of its own, as the consumer does."""
        for fact in facts:
            async with self.open_store() as store:
                await SUBSCRIPTIONS[type(fact)](fact, store)

    async def report(self, *offices: str, **asked: object) -> FigureReport:
        """Of the first of December, where nothing else is asked."""
        day = {"first": date(2026, 12, 1), "last": date(2026, 12, 1)}
        wanted = FigureQuery.model_validate({**day, **asked})
        async with self.open_store() as store:
            return await report(store, wanted, offices or ("*",))


@pytest.fixture
def reporting_database(database: Callable[[str], Database]) -> Database:
    return database("reporting")


@pytest.fixture
async def reporting(reporting_database: Database) -> AsyncIterator[Reporting]:
    source = engine(reporting_database.url, 5)
    yield Reporting(store_opener(source, Store, lambda: None))
    await source.dispose()
