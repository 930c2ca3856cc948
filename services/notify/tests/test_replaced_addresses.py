"""A booking with a new address: nothing goes to the old one, and nothing waits behind it."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.contracts.booking import BookingDisplaced, BookingReopened, BookingUpdated
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import (
    CONTACTS,
    TOMORROW,
    changed,
    confirmed,
    delivery,
    eventually,
    make_due,
    prepare,
    published,
    rows,
    take,
    until_state,
    updated,
)
from .scripted import ScriptedServer

OLD, NEW = "old@example.jp", "new@example.jp"


def recipients(smtp: ScriptedServer) -> list[str]:
    return [to for _, to in smtp.envelopes]


def readdressed(booking_id: Any, **given: Any) -> BookingUpdated:
    """Version 2: another address, as the booking says it."""
    return updated(**{"booking_id": booking_id, "email": NEW, "contact_version": 2, **given})


@pytest.mark.parametrize("answer", ["450 4.2.1 later", "421 closing", "451 4.7.1 greylisted"])
async def test_a_mail_that_was_put_off_neither_holds_up_nor_follows_a_new_address(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, answer: str
) -> None:
    first = confirmed(email=OLD, contact_version=1)
    await prepare(open_store, first)
    smtp.to_recipient.append(answer)
    async with sending(smtp.port, lines=2) as sender:
        await until_state(open_store, first.booking_id, "waiting")
        await take(open_store, readdressed(first.booking_id))
        await make_due(open_store)
        sender.wake()
        await until_state(open_store, first.booking_id, "sent")
        await asyncio.sleep(0.6)
    assert recipients(smtp) == [NEW]
    withdrawn = await rows(open_store, "SELECT state, contact, last_reply FROM delivery")
    assert {"state": "failed", "contact": None, "last_reply": "obsolete"} in withdrawn
    assert [name for name, _ in await published(open_store)] == ["notify.delivered.v1"]


async def test_a_fact_about_the_old_address_that_comes_late_sends_nothing_there(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    first = confirmed(email=OLD, contact_version=1)
    await prepare(open_store, readdressed(first.booking_id), first)
    async with sending(smtp.port):
        await until_state(open_store, first.booking_id, "sent")
        await eventually(lambda: nothing_waits(open_store))
    assert recipients(smtp) == [NEW]


async def nothing_waits(open_store: OpenStore) -> bool:
    return await rows(open_store, "SELECT 1 FROM delivery WHERE state = 'waiting'") == []


async def test_an_address_is_looked_at_again_at_the_moment_of_sending(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """Both were claimed together; while the first is on the wire, both get new addresses."""
    facts = [confirmed(email=OLD, contact_version=1) for _ in range(2)]
    await prepare(open_store, *facts)
    smtp.pause = 0.5

    async def on_the_wire() -> bool:
        return smtp.busy > 0

    async with sending(smtp.port):
        await eventually(on_the_wire)
        claimed = await rows(open_store, "SELECT 1 FROM delivery WHERE attempts = 1")
        assert len(claimed) == 2
        await take(open_store, *(readdressed(fact.booking_id) for fact in facts))
        await eventually(lambda: nothing_waits(open_store))
    assert sorted(recipients(smtp)) == [NEW, NEW, OLD]


async def test_a_sender_that_was_killed_does_not_bring_a_mail_to_the_old_address(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """Its lease runs out beside another sender, after the address has changed."""
    first = confirmed(email=OLD, contact_version=1)
    await prepare(open_store, first)
    async with open_store() as store:
        (killed,) = await store.claim(1, lease_seconds=0.5)
    async with sending(smtp.port), sending(smtp.port):
        await take(open_store, readdressed(first.booking_id))
        await until_state(open_store, first.booking_id, "sent")
        await asyncio.sleep(1.0)
    assert recipients(smtp) == [NEW]
    async with open_store() as store:
        assert await store.stands(killed) is None


async def test_mails_to_one_address_keep_their_order_while_one_is_put_off(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    first = confirmed(email=OLD, contact_version=1)
    second = changed(booking_id=first.booking_id, contact=first.contact, contact_version=1)
    await prepare(open_store, first, second)
    smtp.to_recipient.append("450 4.2.1 later")
    async with sending(smtp.port) as sender:
        await eventually(lambda: one_was_put_off(open_store))
        await asyncio.sleep(0.6)
        assert smtp.kept == []
        await make_due(open_store)
        sender.wake()
        await until_state(open_store, first.booking_id, "sent")
    subjects = [str(mail["Subject"]) for mail in smtp.kept]
    assert subjects == ["【大分市】ご予約を受け付けました", "【大分市】予約日時を変更しました"]


async def one_was_put_off(open_store: OpenStore) -> bool:
    return len(await rows(open_store, "SELECT 1 FROM delivery WHERE last_reply = '450 4.2.1'")) == 1


async def test_a_mail_that_is_late_has_failed_although_the_server_cannot_be_reached(
    open_store: OpenStore, sending: Sending
) -> None:
    fact = confirmed()
    await prepare(open_store, fact)
    async with ScriptedServer().serving() as gone:
        port = gone.port
    async with open_store() as store:
        sql = "UPDATE delivery SET until = now() + interval '1 second'"
        await store.session.execute(text(sql))
    async with sending(port):
        await eventually(lambda: nothing_waits(open_store))
    ((name, body),) = await published(open_store)
    assert (name, json.loads(body)["reason"]) == ("notify.failed.v1", "past")


def displaced(booking_id: Any, **given: Any) -> BookingDisplaced:
    said = confirmed(booking_id=booking_id, **{"version": 2, **given}).model_dump()
    return BookingDisplaced.model_validate(said)


async def standing(open_store: OpenStore) -> int:
    """How many are to be reminded."""
    return len(await rows(open_store, "SELECT 1 FROM agenda WHERE contact IS NOT NULL"))


@pytest.mark.parametrize("told", [True, None])
async def test_a_displaced_booking_with_a_new_address_is_not_reminded_and_is_asked_again(
    open_store: OpenStore, told: bool | None
) -> None:
    """Also where a booking of the release before says nothing of it."""
    booking_id, proposed = uuid4(), TOMORROW + timedelta(days=9)
    proposal = {
        "displaced": told, "proposed_office_id": "honcho" if told else None,
        "proposed_starts_at": proposed if told else None,
    }  # fmt: skip
    await prepare(open_store, confirmed(booking_id=booking_id), displaced(booking_id))
    new = readdressed(booking_id, version=3, contact_version=3, **proposal)
    await take(open_store, new)
    assert await standing(open_store) == 0
    newest = await delivery(open_store, booking_id)
    assert newest["kind"] == ("displaced" if told else "updated")
    moved = changed(booking_id=booking_id, version=4, contact=new.contact, contact_version=3)
    await take(open_store, moved)
    assert await standing(open_store) == 1


async def test_a_displaced_booking_whose_tick_is_taken_back_is_not_reminded(
    open_store: OpenStore,
) -> None:
    booking_id = uuid4()
    base = confirmed(booking_id=booking_id, version=3).model_dump()
    await prepare(open_store, confirmed(booking_id=booking_id), displaced(booking_id))
    await take(open_store, BookingReopened(**base))
    assert await standing(open_store) == 0


def former(booking_id: Any, **given: Any) -> BookingUpdated:
    more = {"former_contact": CONTACTS.seal(OLD), "former_version": 1}
    return readdressed(booking_id, **{**more, **given})


async def test_an_address_that_had_a_mail_is_told_that_it_was_replaced_and_nothing_else(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    first = confirmed(email=OLD, contact_version=1, link=CONTACTS.seal("token"))
    await prepare(open_store, first)
    async with sending(smtp.port) as sender:
        await until_state(open_store, first.booking_id, "sent")
        await take(open_store, former(first.booking_id))
        sender.wake()
        await eventually(lambda: nothing_waits(open_store))
    assert sorted(recipients(smtp)) == [NEW, OLD, OLD]
    (mail,) = [
        mail for mail, to in zip(smtp.kept[1:], recipients(smtp)[1:], strict=True) if to == OLD
    ]
    body = str(mail.get_content())
    for unsaid in ("ABCDE", "http", "本庁舎", "荷揚町", "カードの交付", "時", NEW):
        assert unsaid not in body
    names = [json.loads(body)["kind"] for _, body in await published(open_store)]
    assert names == ["confirmed", "changed"]


async def test_an_address_that_never_took_a_mail_is_told_nothing(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    first = confirmed(email=OLD, contact_version=1)
    smtp.to_recipient.append("550 5.1.1 unknown")
    await prepare(open_store, first)
    async with sending(smtp.port) as sender:
        await until_state(open_store, first.booking_id, "failed")
        await take(open_store, former(first.booking_id))
        sender.wake()
        await eventually(lambda: nothing_waits(open_store))
    assert recipients(smtp) == [NEW]


async def test_the_former_address_of_a_second_change_is_told_of_the_first_one_s_end_only(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The one before that was told then."""
    first = confirmed(email=OLD, contact_version=1)
    await prepare(open_store, first)
    third = former(
        first.booking_id, version=3, contact_version=3, email="third@example.jp",
        former_contact=CONTACTS.seal(NEW), former_version=2,
    )  # fmt: skip
    async with sending(smtp.port) as sender:
        await until_state(open_store, first.booking_id, "sent")
        await take(open_store, former(first.booking_id))
        sender.wake()
        await eventually(lambda: nothing_waits(open_store))
        await take(open_store, third)
        sender.wake()
        await eventually(lambda: nothing_waits(open_store))
    assert sorted(recipients(smtp)[3:]) == [NEW, "third@example.jp"]
