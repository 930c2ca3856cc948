"""Staff before notify: its routes about texts over a real database and a real mail server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette

from dev.callers import DoorAuth, calling
from libs.common.assertion import Callers
from libs.common.errors import problem_handlers
from libs.contracts.booking import Language, OfficeText, ProcedureText
from services.notify.domain.letter import MailFrom, MailWriter
from services.notify.editing import Editing
from services.notify.routes import ROUTES, STATUS
from services.notify.smtp import MailServer, send_once
from services.notify.store import OpenStore
from services.notify.texts import load_templates

from .factories import office, procedure, take
from .scripted import ScriptedServer

BODY = "予約番号：{{number}}\n日時：{{when}}\n場所：{{office}}\n{{link_url}}"
OWN = {"subject": "【大分市】ご来庁の予約", "body": BODY}
FROM = MailFrom("大分市", "yoyaku@city.example.jp")
SHARED: dict[str, Any] = {"kind": "confirmed", "language": "ja"}
OURS = {**SHARED, "procedure_id": "issuance", "office_id": "honcho"}


class Member:
    """A member of staff before notify."""

    def __init__(self, client: httpx2.AsyncClient, keys: dict[str, bytes]) -> None:
        self._client = client
        self._doors = keys
        self._keys = 0

    async def ask(
        self,
        path: str = "",
        body: dict[str, Any] | None = None,
        *,
        actor: str = "tanaka",
        door: str = "lgwan",
        right: str = "texts.edit",
        offices: str = "*",
        key: str | None = None,
    ) -> httpx2.Response:
        self._keys += 1
        headers = {
            **calling(self._doors[door], door, actor, [right], offices.split()),
            "idempotency-key": key or f"a-key-of-its-own-{self._keys:03}",
        }
        if body is None:
            return await self._client.get(f"/v1/texts{path}", headers=headers)
        return await self._client.post(f"/v1/texts{path}", json=body, headers=headers)

    async def save(
        self,
        text: dict[str, str] | None = OWN,
        version: int = 0,
        place: dict[str, Any] = SHARED,
        **who: Any,
    ) -> httpx2.Response:
        return await self.ask("", {"place": place, "version": version, "text": text}, **who)

    async def try_out(self, to: str = "a@example.jp", **more: Any) -> httpx2.Response:
        text = more.pop("text", OWN)
        return await self.ask("/trial", {"place": SHARED, "text": text, "to": to}, **more)


@asynccontextmanager
async def a_member(open_store: OpenStore, smtp: ScriptedServer) -> AsyncIterator[Member]:
    """Notify's routes over a real database and a real mail server; offices honcho and akeno."""
    await take(open_store, office(texts=_office_words()), office(office_id="akeno"))
    await take(open_store, procedure(texts=_procedure_words()))
    keys = {door: Ed25519PrivateKey.generate() for door in ("lgwan", "internet")}
    callers = Callers(
        {door: key.public_key().public_bytes_raw() for door, key in keys.items()}, "notify"
    )
    doors = {door: key.private_bytes_raw() for door, key in keys.items()}
    writer = MailWriter(FROM, "https://yoyaku.example.jp", load_templates())
    post = partial(send_once, MailServer("127.0.0.1", smtp.port), FROM.address, 2.0)
    editing = Editing(open_store, writer, post)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"callers": callers, "open_store": open_store, "editing": editing}

    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers=problem_handlers(STATUS))
    async with app.router.lifespan_context(app) as state:

        async def served(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx2.ASGITransport(app=served)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://notify", auth=DoorAuth("notify")
        ) as client:
            yield Member(client, doors)


def _office_words() -> dict[Language, OfficeText]:
    return {"en": OfficeText(name="Main Office")}


def _procedure_words() -> dict[Language, ProcedureText]:
    return {"en": ProcedureText(name="Receiving a card")}
