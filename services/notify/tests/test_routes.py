"""What staff see of the mails of a booking."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette

from dev.callers import DoorAuth, calling
from libs.common.assertion import Callers
from libs.common.errors import problem_handlers
from libs.contracts.booking import EVERYWHERE
from services.notify.routes import ROUTES
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import changed, confirmed, prepare, until_state
from .scripted import ScriptedServer

Asking = Callable[..., Awaitable[httpx2.Response]]


@pytest.fixture
async def ask(open_store: OpenStore) -> AsyncIterator[Asking]:
    """`await ask(booking_id, …)` as a member of staff, or at another door."""
    keys = {door: Ed25519PrivateKey.generate() for door in ("lgwan", "internet")}
    callers = Callers(
        {door: key.public_key().public_bytes_raw() for door, key in keys.items()}, "notify"
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"callers": callers, "open_store": open_store}

    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers=problem_handlers({}))

    async def asked(
        booking_id: UUID | str,
        *,
        door: str = "lgwan",
        right: str = "bookings.read",
        office: str = "honcho",
    ) -> httpx2.Response:
        private_key = keys[door].private_bytes_raw()
        caller = calling(private_key, door, "staff-1", right.split(), [office])
        return await client.get(f"/v1/deliveries/{booking_id}", headers=caller)

    async with app.router.lifespan_context(app) as state:
        transport = httpx2.ASGITransport(app=_with_state(app, dict(state or {})))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://notify", auth=DoorAuth("notify")
        ) as client:
            yield asked


def _with_state(app: Starlette, state: dict[str, Any]) -> Any:
    async def served(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return served


async def test_staff_see_each_mail_of_a_booking_oldest_first(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, ask: Asking
) -> None:
    first = confirmed()
    second = changed(booking_id=first.booking_id)
    smtp.to_data.extend(["250 2.0.0 queued", "450 4.2.1 later"])
    await prepare(open_store, first, second)
    async with sending(smtp.port):
        await until_state(open_store, first.booking_id, "waiting")
    answer = await ask(first.booking_id)
    mails = answer.json()["deliveries"]
    assert [(m["kind"], m["version"], m["state"], m["attempts"]) for m in mails] == [
        ("confirmed", 1, "sent", 1),
        ("changed", 2, "waiting", 1),
    ]
    assert [m["last_reply"] for m in mails] == ["250 2.0.0", "450 4.2.1"]


async def test_a_booking_of_another_office_answers_like_one_that_does_not_exist(
    open_store: OpenStore, ask: Asking
) -> None:
    fact = confirmed()
    await prepare(open_store, fact)
    foreign, absent = await ask(fact.booking_id, office="akeno"), await ask(uuid4())
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
    assert absent.json() == {"deliveries": []}
    assert len((await ask(fact.booking_id, office="*")).json()["deliveries"]) == 1
    phone_desk = await ask(fact.booking_id, right=f"bookings.read {EVERYWHERE}", office="akeno")
    assert len(phone_desk.json()["deliveries"]) == 1


async def test_only_staff_who_may_read_bookings_are_answered(ask: Asking) -> None:
    assert (await ask(uuid4(), right="counts.read")).status_code == 403
    assert (await ask(uuid4(), door="internet")).status_code == 403


async def test_what_is_no_booking_id_is_not_found(ask: Asking) -> None:
    assert (await ask("1")).status_code == 404
