"""Facts with defaults, and short ways to ask the database about them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from libs.common.seal import KeyRing
from libs.contracts.booking import (
    BookingCancelled,
    BookingChanged,
    BookingConfirmed,
    BookingFact,
    BookingUpdated,
    Office,
    OfficePublished,
    Procedure,
    ProcedurePublished,
)
from services.notify.handlers import SUBSCRIPTIONS
from services.notify.store import OpenStore

CONTACT_KEYS = {1: b"k" * 32}
CONTACTS = KeyRing("contact", CONTACT_KEYS)
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def _booking(**given: Any) -> dict[str, Any]:
    address = given.pop("email", "hana@example.jp")
    defaults = {
        "booking_id": uuid4(),
        "version": 1,
        "number": "ABCDE12345",
        "procedure_id": "issuance",
        "office_id": "honcho",
        "starts_at": TOMORROW,
        "minutes": 30,
        "visitor": "self",
        "channel": "web",
        "status": "confirmed",
        "outcome": None,
        "language": "ja",
        "contact": CONTACTS.seal(address) if address else None,
        "at": datetime.now(UTC),
    }
    return {**defaults, **given}


def confirmed(**given: Any) -> BookingConfirmed:
    return BookingConfirmed(**_booking(**given))


def changed(**given: Any) -> BookingChanged:
    previous = {"previous_office_id": "honcho", "previous_starts_at": TOMORROW - timedelta(hours=2)}
    return BookingChanged(**_booking(**{"version": 2, **previous, **given}))


def updated(**given: Any) -> BookingUpdated:
    return BookingUpdated(**_booking(**{"version": 2, **given}))


def cancelled(**given: Any) -> BookingCancelled:
    defaults = {"version": 3, "status": "cancelled", "by_staff": False}
    return BookingCancelled(**_booking(**{**defaults, **given}))


def office(**given: Any) -> OfficePublished:
    defaults = {
        "office_id": "honcho",
        "name": "本庁舎1階市民課",
        "kana": "ほんちょうしゃ",
        "address": "大分市荷揚町2番31号",
        "phone": "097-000-0000",
        "series": (),
        "version": 1,
    }
    return OfficePublished(office=Office(**{**defaults, **given}))


def procedure(**given: Any) -> ProcedurePublished:
    defaults: dict[str, Any] = {
        "procedure_id": "issuance",
        "name": "カードの交付",
        "plain": "はがきが届いた",
        "group": "issuance",
        "minutes": 30,
        "needs_card": True,
        "outcomes": ("collected",),
        "visitors": ("self",),
        "documents": ("交付通知書（はがき）", "本人確認書類"),
        "notes": ("ご本人がお越しください。",),
        "opens_days_before": 45,
        "closes_days_before": 3,
        "position": 1,
        "version": 1,
    }
    return ProcedurePublished(procedure=Procedure(**{**defaults, **given}))


async def take(open_store: OpenStore, *facts: Any) -> None:
    """Hand facts to their handlers, each in a transaction of its own."""
    for fact in facts:
        async with open_store() as store:
            await SUBSCRIPTIONS[type(fact)](fact, store)


async def prepare(open_store: OpenStore, *facts: BookingFact) -> None:
    """The office and procedure of the factories, and then `facts`."""
    await take(open_store, office(), procedure(), *facts)


async def rows(open_store: OpenStore, sql: str, **values: Any) -> list[dict[str, Any]]:
    async with open_store() as store:
        return [dict(row) for row in (await store.session.execute(text(sql), values)).mappings()]


async def delivery(open_store: OpenStore, booking_id: UUID) -> dict[str, Any]:
    """The newest delivery of a booking."""
    sql = "SELECT * FROM delivery WHERE booking_id = :id ORDER BY version DESC LIMIT 1"
    return (await rows(open_store, sql, id=booking_id))[0]


async def published(open_store: OpenStore) -> list[tuple[str, str]]:
    """Names and bodies of the facts in the outbox."""
    found = await rows(open_store, "SELECT name, body FROM outbox ORDER BY id")
    return [(row["name"], row["body"]) for row in found]


async def make_due(open_store: OpenStore) -> None:
    """As if the pauses before the next tries had gone by."""
    async with open_store() as store:
        await store.session.execute(text("UPDATE delivery SET next_at = now()"))


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Wait until `holds`; TimeoutError if it does not come true."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)


async def until_state(open_store: OpenStore, booking_id: UUID, state: str, tries: int = 1) -> None:
    """Wait for a delivery to be in `state` after that many tries, and at rest."""

    async def holds() -> bool:
        row = await delivery(open_store, booking_id)
        return bool(row["state"] == state and row["attempts"] == tries and row["last_reply"])

    await eventually(holds)
