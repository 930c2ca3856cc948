"""Booking as its doors call it: the whole application, and callers with their assertions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.callers import DoorAuth, calling
from dev.testing import Database
from libs.common.ops import Readiness
from services.booking.app import create_app
from services.booking.settings import Settings

from .city import KEY, PASS_KEY, TICKET_PUBLIC, City

DOORS = {"internet": b"i" * 32, "lgwan": b"l" * 32}
NO_BROKER = "amqp://nobody:x@127.0.0.1:1/none"


def public(private: bytes) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def settings(database: Database) -> Settings:
    return Settings(
        host="127.0.0.1",
        port=1,
        ops_port=2,
        log_level="INFO",
        drain_seconds=0,
        amqp_url=NO_BROKER,
        beside_older_release=False,
        database_url=database.url,
        door_public_keys={door: public(key) for door, key in DOORS.items()},
        contact_keys={1: KEY},
        person_keys={1: KEY},
        person_index_key=KEY,
        ticket_public_key=TICKET_PUBLIC,
        card_pass_private_key=PASS_KEY,
        hold_minutes=10,
        puzzle_bits=4,
        tries_an_hour=300,
        horizon_days=60,
        proposal_days=3,
        pool_size=4,
    )


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """The whole application, without a broker: its relay waits and tries again."""
    app = create_app(settings(database), Readiness())
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx2.ASGITransport(app=with_state, raise_app_exceptions=False)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://booking", auth=DoorAuth("booking")
        ) as client:
            yield client


def citizen(session: str | None = None) -> dict[str, str]:
    caller = calling(DOORS["internet"], "internet", session or uuid4().hex, ["bookings.read"], "*")
    return {**caller, "idempotency-key": uuid4().hex}


def clerk(*rights: str, offices: str = "here") -> dict[str, str]:
    caller = calling(DOORS["lgwan"], "lgwan", "sato", rights, [offices])
    return {**caller, "idempotency-key": uuid4().hex}


@dataclass(frozen=True)
class Asked:
    """The application and the city behind it."""

    client: httpx2.AsyncClient
    city: City
