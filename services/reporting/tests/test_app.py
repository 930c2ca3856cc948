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
COUNTS = "/v1/figures?first=2026-12-01&last=2026-12-01"


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


async def test_facts_over_rabbitmq_become_figures_over_http(
    client: httpx2.AsyncClient, vhost: VirtualHost
) -> None:
    cancelled = step("cancelled", 2)
    names = office("honcho", "本庁舎1階市民課"), procedure("issuance", "カードの交付")
    await publish(vhost, *names, step(), cancelled, cancelled, delivered())
    for _ in range(200):
        report = (await get(client, COUNTS)).json()
        if (report["total"]["bookings"], report["mails_sent"]) == (2, 1):
            break
        await asyncio.sleep(0.05)
    [cell] = report["cells"]
    assert (cell["office_id"], cell["procedure_id"]) == ("honcho", "issuance")
    told = {name: count for name, count in cell["figures"].items() if count}
    assert told == {
        "bookings": 2,
        "people": 2,
        "procedures": 2,
        "waiting": 1,
        "cancelled": 1,
        "minutes": 60,
    }
    assert report["office_names"] == [{"id": "honcho", "name": "本庁舎1階市民課"}]
    assert report["procedure_names"] == [{"id": "issuance", "name": "カードの交付"}]
    assert report["mails_sent"] == 1


async def test_staff_see_the_counts_of_their_own_offices(
    client: httpx2.AsyncClient, reporting: Reporting
) -> None:
    await reporting.take(step(), step(office_id="akeno"))
    seen = (await get(client, COUNTS, by("lgwan", "akeno"))).json()
    assert [row["office_id"] for row in seen["cells"]] == ["akeno"]


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "last=20261201",
        "last=2026-13-01",
        "last=0001-01-01",
        "last=2026-11-30",
        "last=2046-12-01",
        "last=2026-12-01&basis=hour",
        "last=2026-12-01&window=one",
    ],
)
async def test_a_wrong_question_gets_a_sentence(client: httpx2.AsyncClient, wrong: str) -> None:
    answer = await get(client, f"/v1/figures?first=2026-12-01&{wrong}")
    assert answer.status_code == 400
    assert answer.json()["slug"] == "malformed"
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", [COUNTS])
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
