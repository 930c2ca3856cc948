"""The service as tests drive it: its HTTP application, its handlers, and a look at its tables."""

import base64
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import asyncpg
import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.types import ASGIApp, Receive, Scope, Send

from dev.callers import DoorAuth, calling
from dev.testing import Database
from libs.common.database import engine, store_opener
from libs.common.facts import Fact
from libs.common.ops import Readiness
from libs.common.settings import load
from libs.contracts.booking import (
    BookingFinished,
    BookingReopened,
    Office,
    OfficePublished,
    Outcome,
)
from services.eligibility.actions.checks import Checks
from services.eligibility.actions.drafts import ImportDrafts
from services.eligibility.app import create_app
from services.eligibility.handlers import SUBSCRIPTIONS
from services.eligibility.settings import Settings
from services.eligibility.store import Store

OFFICES = {
    "honcho": "本庁舎1階市民課",
    "tsurusaki": "鶴崎支所",
    "dainan": "大南支所",
    "wasada": "植田支所",
    "ozai": "大在支所",
    "sakanoichi": "坂ノ市支所",
    "saganoseki": "佐賀関支所",
    "notsuharu": "野津原支所",
    "akeno": "明野支所",
}
NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
INDIVIDUAL_NUMBER = "123456789018"
"""Twelve digits in a row with the check digit that the formula gives them; nobody's number."""

HEADER = "製造管理番号,生年月日,受取場所"
DOORS = {"internet": bytes([1]) * 32, "lgwan": bytes([2]) * 32}
TICKET_KEY = bytes([3]) * 32
PASS_KEY = bytes([6]) * 32
"""Booking's, which vouches for who may have card numbers."""


def public_key(private: bytes) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def settings(database_url: str, **others: str) -> Settings:
    """As a process reads them. Nothing listens at the broker's address."""
    doors = (f"{d}:{base64.b64encode(public_key(k)).decode()}" for d, k in DOORS.items())
    environ = {
        "PORT": "1",
        "OPS_PORT": "2",
        "AMQP_URL": "amqp://nobody:x@127.0.0.1:1/none",
        "DATABASE_URL": database_url,
        "DOOR_PUBLIC_KEYS": ",".join(doors),
        "PERSON_KEYS": "1:" + base64.b64encode(bytes([4]) * 32).decode(),
        "PERSON_INDEX_KEY": base64.b64encode(bytes([5]) * 32).decode(),
        "TICKET_PRIVATE_KEY": base64.b64encode(TICKET_KEY).decode(),
        "CARD_PASS_PUBLIC_KEY": base64.b64encode(public_key(PASS_KEY)).decode(),
        "PUZZLE_BITS": "2",
    }
    return load(Settings, {**environ, **others})


def sheet(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join((header, *rows, "")).encode("cp932")


@dataclass
class Clock:
    """The service's time; tests move it."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Service:
    """One running service with its doors."""

    http: httpx2.AsyncClient
    checks: Checks
    drafts: ImportDrafts
    database: Database
    clock: Clock

    async def ask(
        self,
        method: str,
        path: str,
        *,
        door: str = "lgwan",
        rights: Iterable[str] = ("persons.import",),
        offices: Iterable[str] = "*",
        content: bytes | AsyncIterator[bytes] = b"",
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        sent = {**calling(DOORS[door], door, "somebody", rights, offices), **(headers or {})}
        return await self.http.request(method, path, content=content, headers=sent)

    async def take(
        self, body: bytes, name: str = "名簿.csv", *, offices: Iterable[str] = "*", key: str = ""
    ) -> dict[str, Any]:
        """Import a file that is expected to be taken, by what was found in it; its report."""
        draft = await self.try_out(body, name, offices=offices, key=key)
        assert draft["state"] == "staged", draft
        return await self.apply(draft, offices=offices)

    async def try_out(self, body: bytes, name: str = "名簿.csv", **more: Any) -> dict[str, Any]:
        """Upload a file and compare it by what was found in it; `more` as in `offer`. The draft."""
        key = more.pop("key", "") or uuid4().hex
        answer = await self.offer(body, name, key=key, **more)
        assert answer.status_code == 200, answer.text
        return await self.stage(answer.json(), key, **more)

    async def stage(
        self, draft: dict[str, Any], key: str, choice: Any = None, offices: Iterable[str] = "*"
    ) -> dict[str, Any]:
        path = f"/v1/drafts/{draft['draft_id']}"
        answer = await self.post(f"{path}/stage", choice or found_in(draft), key, offices)
        assert answer.status_code == 200, answer.text
        return await self.look(draft, key, offices)

    async def look(
        self, draft: dict[str, Any], key: str = "", offices: Iterable[str] = "*"
    ) -> dict[str, Any]:
        """The draft when no job is left."""
        await self.drafts.jobs.idle()
        path = f"/v1/drafts/{draft['draft_id']}"
        answer = await self.ask("GET", path, headers={"x-form-key": key}, offices=offices)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def apply(self, draft: dict[str, Any], offices: Iterable[str] = "*") -> dict[str, Any]:
        """Into the list; the report of the import."""
        body = {"run": draft["run"], "confirmed": True}
        answer = await self.post(f"/v1/drafts/{draft['draft_id']}/apply", body, offices=offices)
        assert answer.status_code == 200, answer.text
        await self.drafts.jobs.idle()
        return await self.report(draft["draft_id"])

    async def report(self, batch_id: str) -> dict[str, Any]:
        answer = await self.ask("GET", f"/v1/imports/{batch_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["imports"][0]
        return found

    async def post(
        self, path: str, body: Any = None, key: str = "", offices: Iterable[str] = "*"
    ) -> httpx2.Response:
        content = json.dumps(body or {}).encode()
        headers = {"x-form-key": key}
        return await self.ask("POST", path, content=content, headers=headers, offices=offices)

    async def offer(
        self, body: bytes, name: str = "名簿.csv", *, key: str = "", offices: Iterable[str] = "*"
    ) -> httpx2.Response:
        headers = {"x-file-name": quote(name), "idempotency-key": key or uuid4().hex}
        return await self.ask("POST", "/v1/drafts", content=body, headers=headers, offices=offices)

    async def check(
        self, number: str, born: str, door: str = "internet", **more: str
    ) -> httpx2.Response:
        """`more`: work and origin."""
        body = json.dumps({"card_number": number, "born": born, **more}).encode()
        return await self.ask("POST", "/v1/checks", door=door, rights=(), content=body)

    async def hear(self, *facts: Fact) -> None:
        """Give facts to their handlers, each in a transaction, as the consumer does."""
        source = engine(self.database.url, 1)
        try:
            for fact in facts:
                async with store_opener(source, Store, lambda: None)() as store:
                    await SUBSCRIPTIONS[type(fact)](fact, store)
        finally:
            await source.dispose()

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database.url)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
            return rows
        finally:
            await connection.close()

    async def execute(self, statement: str, *arguments: object) -> None:
        await self.fetch(statement, *arguments)

    async def facts(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Name and holders of each fact in the outbox, the oldest first."""
        rows = await self.fetch("SELECT name, body FROM outbox ORDER BY id")
        return [(row["name"], json.loads(row["body"])["holders"]) for row in rows]


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[Service]:
    """The application with its lifespan, called without a socket; it knows the nine offices."""
    clock = Clock()
    app = create_app(settings(database.url), Readiness(), clock)
    async with app.router.lifespan_context(app) as state:
        assert state
        transport = httpx2.ASGITransport(app=_with_state(app, state))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://service", auth=DoorAuth("eligibility")
        ) as http:
            desks = (state["checks"], state["drafts"])
            service = Service(http, *desks, database, clock)
            await service.hear(*(office(key, name) for key, name in OFFICES.items()))
            yield service


def found_in(draft: dict[str, Any]) -> dict[str, Any]:
    """The choice that a draft proposes."""
    columns = [
        {"place": column["place"], "target": column["target"]}
        for column in draft["columns"]
        if column["target"]
    ]
    return {"columns": columns, "office_id": draft["office_id"], "words": draft["words"]}


def _with_state(app: ASGIApp, state: Any) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return call


def office(office_id: str, name: str, version: int = 1) -> OfficePublished:
    return OfficePublished(
        office=Office(
            office_id=office_id,
            name=name,
            kana="",
            address="",
            phone="",
            series=(),
            version=version,
        )
    )


def finished(
    card_key: str | None, outcome: Outcome, version: int = 3, booking_id: UUID | None = None
) -> BookingFinished:
    return BookingFinished(
        **_visit(booking_id, version), status="finished", outcome=outcome, card_key=card_key
    )


def reopened(
    card_key: str | None, version: int = 4, booking_id: UUID | None = None
) -> BookingReopened:
    return BookingReopened(
        **_visit(booking_id, version), status="arrived", outcome=None, card_key=card_key
    )


def _visit(booking_id: UUID | None, version: int) -> dict[str, Any]:
    return {
        "booking_id": booking_id or uuid4(),
        "version": version,
        "number": "ABCDEFGH23",
        "procedure_id": "issuance",
        "office_id": "honcho",
        "starts_at": NOON,
        "minutes": 30,
        "visitor": "self",
        "channel": "web",
        "language": "ja",
        "contact": None,
        "at": NOON,
    }
