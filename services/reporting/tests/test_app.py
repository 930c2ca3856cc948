"""Reporting as a whole: staff ask over HTTP, facts come over RabbitMQ, counts are right."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from starlette.applications import Starlette

from dev.callers import DoorAuth, calling
from dev.testing import Database, VirtualHost
from libs.common import bus
from libs.common.facts import Fact
from libs.common.ops import Readiness
from libs.common.settings import load
from libs.contracts.booking import BookingFact
from libs.contracts.subscriptions import exchange_of
from services.reporting.app import create_app
from services.reporting.handlers import SUBSCRIPTIONS
from services.reporting.settings import Settings

from .conftest import PRIVATE_KEYS, Reporting, environ_of
from .factories import delivered, office, procedure, step

Headers = dict[str, str]
COUNTS = "/v1/counts?day=2026-12-01"


def by(door: str = "lgwan", *offices: str, rights: tuple[str, ...] = ("counts.read",)) -> Headers:
    return calling(PRIVATE_KEYS[door], door, "account", rights, offices or ("*",))


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx2.ASGITransport(with_state)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://reporting", auth=DoorAuth("reporting")
        ) as client:
            yield client


@pytest.fixture
def readiness() -> Readiness:
    return Readiness()


@pytest.fixture
async def client(
    reporting_database: Database, vhost: VirtualHost, readiness: Readiness
) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(load(Settings, environ_of(reporting_database, vhost)), readiness)
    async with client_of(app) as client:
        yield client


async def get(client: httpx2.AsyncClient, path: str, caller: Headers | None = None) -> Any:
    return await client.get(path, headers=caller or by())


async def publish(vhost: VirtualHost, *facts: Fact) -> None:
    async with bus.connected(vhost.url("operator")) as connection:
        channel = await connection.channel(on_return_raises=True)
        for fact in facts:
            exchange = await channel.get_exchange(exchange_of(fact.name), ensure=False)
            sent = bus.message(uuid4(), fact.name, fact.model_dump_json(), "-")
            await exchange.publish(sent, fact.name, mandatory=True)


async def counts_like(client: httpx2.AsyncClient, rows: list[Any], sent: int) -> Any:
    """The counts as soon as they are so; after ten seconds, whatever they are."""
    for _ in range(200):
        counts = (await get(client, COUNTS)).json()
        if (counts["rows"], counts["mails_sent"]) == (rows, sent):
            break
        await asyncio.sleep(0.05)
    return counts


async def test_facts_over_rabbitmq_become_counts_over_http(
    client: httpx2.AsyncClient, vhost: VirtualHost
) -> None:
    cancelled = step("cancelled", 2)
    await publish(
        vhost,
        office("honcho", "本庁舎1階市民課"),
        procedure("issuance", "カードの交付"),
        step(),
        cancelled,
        cancelled,
        delivered(),
    )
    expected = [
        {
            "office_id": "honcho",
            "office_name": "本庁舎1階市民課",
            "procedure_id": "issuance",
            "procedure_name": "カードの交付",
            "booked": 2,
            "waiting": 1,
            "arrived": 0,
            "finished": 0,
            "unfinished": 0,
            "missed": 0,
            "cancelled": 1,
            "waits": 0,
            "wait_seconds": 0,
            "longest_wait": None,
        }
    ]
    counts = await counts_like(client, expected, sent=1)
    assert counts["day"] == "2026-12-01"
    assert counts["rows"] == expected
    assert counts["mails_sent"] == 1


async def test_staff_see_the_counts_of_their_own_offices(
    client: httpx2.AsyncClient, reporting: Reporting
) -> None:
    await reporting.take(step(), step(office_id="akeno"))
    seen = (await get(client, COUNTS, by("lgwan", "akeno"))).json()
    assert [row["office_id"] for row in seen["rows"]] == ["akeno"]


async def test_the_csv_is_a_file_with_the_same_counts(
    client: httpx2.AsyncClient, reporting: Reporting
) -> None:
    await reporting.take(step(), office("honcho", "=本庁舎"), step(office_id="akeno"))
    answer = await get(client, "/v1/counts.csv?day=2026-12-01", by("lgwan", "honcho"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="counts-2026-12-01.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.decode("utf-8-sig").splitlines()[1:] == [
        "2026-12-01,'=本庁舎,issuance,1,1,0,0,0,0,0,,"
    ]


@pytest.mark.parametrize("path", ["/v1/counts", "/v1/counts.csv"])
@pytest.mark.parametrize(
    "day", ["", "day=", "day=20261201", "day=2026-13-01", "day=0001-01-01", "day=1.12.2026"]
)
async def test_a_wrong_date_gets_a_sentence(
    client: httpx2.AsyncClient, path: str, day: str
) -> None:
    answer = await get(client, f"{path}?{day}")
    assert answer.status_code == 400
    assert answer.json()["slug"] == "malformed"
    assert "2026-12-01" in answer.json()["detail"]


@pytest.mark.parametrize("path", [COUNTS, "/v1/counts.csv?day=2026-12-01"])
async def test_only_staff_with_the_right_may_ask(client: httpx2.AsyncClient, path: str) -> None:
    assert (await get(client, path, {"authorization": "nobody"})).status_code == 401
    assert (await get(client, path, by("internet"))).status_code == 403
    assert (await get(client, path, by("lgwan", rights=("bookings.read",)))).status_code == 403


async def test_reporting_is_ready_with_its_schema(
    client: httpx2.AsyncClient, readiness: Readiness
) -> None:
    assert await readiness.failing() == []


def test_every_booking_fact_is_counted() -> None:
    assert set(BookingFact.__subclasses__()) <= set(SUBSCRIPTIONS)
