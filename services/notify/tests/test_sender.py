"""Mails on their way to a real mail server, which is not always kind."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import BookingConfirmed
from services.notify.domain.letter import MailFrom, MailWriter
from services.notify.domain.outcome import MailOutcome
from services.notify.mail_store import Result
from services.notify.sender import UNWRITABLE
from services.notify.store import OpenStore, waking
from services.notify.texts import load_templates

from .conftest import Sending
from .factories import (
    CONTACTS,
    TOMORROW,
    changed,
    confirmed,
    delivery,
    eventually,
    make_due,
    office,
    prepare,
    procedure,
    published,
    rows,
    take,
    until_state,
    updated,
)
from .scripted import ScriptedServer

WRITER = MailWriter(MailFrom("", "yoyaku@city.example.jp"), "", load_templates())


async def test_a_mail_reaches_its_recipient_and_is_published_as_delivered(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed(email="a..b@docomo.ne.jp")
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert smtp.message_ids == [WRITER.message_id(fact.booking_id, 1, "confirmed")]
    sender, recipient = smtp.envelopes[0]
    assert (sender, recipient.replace('"', "")) == ("yoyaku@city.example.jp", "a..b@docomo.ne.jp")
    ((name, body),) = await published(open_store)
    assert name == "notify.delivered.v1"
    told = json.loads(body)
    assert (told["booking_id"], told["kind"]) == (str(fact.booking_id), "confirmed")
    assert (told["version"], told["office_id"]) == (1, "honcho")


async def test_a_new_address_gets_its_own_words_and_facts_call_it_a_change(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = updated(email="new@example.jp")
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert smtp.kept[0]["Subject"] == "【大分市】ご連絡先などを変更しました"
    assert smtp.envelopes[0][1] == "new@example.jp"
    ((name, body),) = await published(open_store)
    assert (name, json.loads(body)["kind"]) == ("notify.delivered.v1", "changed")


async def test_the_mail_has_the_link_and_both_are_forgotten_once_it_is_sent(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, caplog: pytest.LogCaptureFixture
) -> None:
    fact = confirmed(link=CONTACTS.seal("a-secret"))
    await prepare(open_store, fact)
    assert (await delivery(open_store, fact.booking_id))["link"] == fact.link
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    row = await delivery(open_store, fact.booking_id)
    assert "https://yoyaku.example.jp/open/a-secret" in str(smtp.kept[0].get_content())
    assert (row["contact"], row["link"]) == (None, None)
    assert "a-secret" not in caplog.text
    assert row["finished_at"] is not None


async def test_a_mail_names_all_procedures_and_each_thing_to_bring_once(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed(procedure_id="certificate", also=("pin", "issuance"))
    several = (
        procedure(procedure_id="certificate", name="電子証明書", documents=("カード",), notes=()),
        procedure(procedure_id="pin", name="暗証番号", documents=("カード", "印鑑"), notes=()),
    )
    await take(open_store, office(), procedure(), several[0], fact)
    async with open_store() as store:
        assert await store.claim(10, 60) == []
    await take(open_store, several[1])
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    body = str(smtp.kept[0].get_content()).replace("\r\n", "\n")
    assert "手続き：電子証明書、暗証番号、カードの交付\n" in body
    assert "・カード\n・印鑑\n・交付通知書（はがき）\n・本人確認書類\n" in body


async def test_a_postponed_mail_is_tried_again_with_the_same_message_id(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed()
    await prepare(open_store, fact)
    smtp.to_data.extend(["450 4.2.1 try later", "250 kept"])
    async with sending(smtp.port) as sender:
        await until_state(open_store, fact.booking_id, "waiting")
        row = await delivery(open_store, fact.booking_id)
        pause = row["next_at"] - datetime.now(UTC)
        assert timedelta(seconds=50) < pause <= timedelta(minutes=1)
        assert (row["last_reply"], await published(open_store)) == ("450 4.2.1", [])
        await make_due(open_store)
        sender.wake()
        await until_state(open_store, fact.booking_id, "sent", tries=2)
    assert smtp.message_ids == [WRITER.message_id(fact.booking_id, 1, "confirmed")]


async def test_a_refused_mail_has_failed_for_good_and_its_neighbours_go_out(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    facts = [confirmed() for _ in range(3)]
    smtp.to_recipient.extend(["250 OK", "550 5.1.1 <hana@example.jp> unknown", "250 OK"])
    await prepare(open_store, *facts)
    async with sending(smtp.port):
        await until_state(open_store, facts[0].booking_id, "sent")
        await until_state(open_store, facts[1].booking_id, "failed")
        await until_state(open_store, facts[2].booking_id, "sent")
    failed = [json.loads(body) for name, body in await published(open_store) if "failed" in name]
    assert [told["booking_id"] for told in failed] == [str(facts[1].booking_id)]
    assert failed[0]["reason"] == "550 5.1.1"
    row = await delivery(open_store, facts[1].booking_id)
    assert (row["contact"], "hana" in str(row)) == (None, False)
    assert smtp.connections == 1


async def test_a_server_that_hangs_up_midway_gets_the_mail_again(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact, other = confirmed(), confirmed()
    smtp.to_recipient.extend(["hang up"])
    await prepare(open_store, fact, other)
    async with sending(smtp.port) as sender:
        await until_state(open_store, fact.booking_id, "waiting")
        await until_state(open_store, other.booking_id, "sent")
        await make_due(open_store)
        sender.wake()
        await until_state(open_store, fact.booking_id, "sent", tries=2)
    assert sorted(smtp.message_ids) == sorted(
        WRITER.message_id(one.booking_id, 1, "confirmed") for one in (fact, other)
    )


async def test_a_mail_that_the_server_kept_without_saying_so_comes_twice_under_one_id(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed()
    smtp.to_data.append("hang up")
    await prepare(open_store, fact)
    async with sending(smtp.port) as sender:
        await until_state(open_store, fact.booking_id, "waiting")
        await make_due(open_store)
        sender.wake()
        await until_state(open_store, fact.booking_id, "sent", tries=2)
    assert len(smtp.message_ids) == 2
    assert len(set(smtp.message_ids)) == 1
    assert [name for name, _ in await published(open_store)] == ["notify.delivered.v1"]


async def test_a_server_that_is_down_costs_no_tries_and_the_mail_goes_when_it_is_back(
    open_store: OpenStore, sending: Sending
) -> None:
    fact = confirmed()
    await prepare(open_store, fact)
    async with ScriptedServer().serving() as gone:
        port = gone.port
    async with sending(port):
        await asyncio.sleep(0.5)
        row = await delivery(open_store, fact.booking_id)
        assert (row["state"], row["last_reply"]) == ("waiting", None)
        async with ScriptedServer().serving(port) as back:
            await until_state(open_store, fact.booking_id, "sent")
            assert len(back.kept) == 1


async def test_a_server_that_restarts_between_two_mails_costs_no_try(
    open_store: OpenStore, sending: Sending
) -> None:
    first, second = confirmed(), confirmed()
    await prepare(open_store, first)
    async with AsyncExitStack() as stack:
        async with ScriptedServer().serving() as before:
            sender = await stack.enter_async_context(sending(before.port))
            await until_state(open_store, first.booking_id, "sent")
        after = await stack.enter_async_context(ScriptedServer().serving(before.port))
        await take(open_store, second)
        sender.wake()
        await until_state(open_store, second.booking_id, "sent", tries=1)
    assert (len(before.kept), len(after.kept)) == (1, 1)


async def test_a_server_that_never_answers_does_not_hold_a_mail_for_ever(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed()
    smtp.pause = 5.0
    await prepare(open_store, fact)
    async with sending(smtp.port, seconds=0.3):
        await until_state(open_store, fact.booking_id, "waiting")
    assert (await delivery(open_store, fact.booking_id))["last_reply"] == "connection"


async def test_a_mail_waits_until_its_office_and_procedure_are_known(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact, known = confirmed(office_id="akeno", procedure_id="pin"), confirmed()
    await prepare(open_store, fact, known)
    async with sending(smtp.port) as sender:
        await until_state(open_store, known.booking_id, "sent")
        await take(open_store, office(office_id="akeno", name="明野支所"))
        await asyncio.sleep(0.6)
        assert (await delivery(open_store, fact.booking_id))["attempts"] == 0
        await take(open_store, procedure(procedure_id="pin", name="暗証番号再設定"))
        sender.wake()
        await until_state(open_store, fact.booking_id, "sent")
    assert "明野支所" in str(smtp.kept[-1].get_content())


async def test_mails_that_cannot_be_written_yet_are_counted_logged_and_shown_as_such(
    open_store: OpenStore,
    smtp: ScriptedServer,
    sending: Sending,
    caplog: pytest.LogCaptureFixture,
) -> None:
    known, unknown = confirmed(), confirmed(office_id="akeno", also=("pin",))
    await prepare(open_store, known, unknown)
    async with sending(smtp.port) as sender:
        await until_state(open_store, known.booking_id, "sent")
        for _ in range(2):
            await sender._measure()
        assert UNWRITABLE._value.get() == 1
        assert "mails wait for their office or procedure" in caplog.text
        assert [await unwritable(open_store, f) for f in (known, unknown)] == [False, True]
        await take(waking(open_store, sender.wake), office(office_id="akeno"))
        assert await unwritable(open_store, unknown)
        await take(waking(open_store, sender.wake), procedure(procedure_id="pin"))
        await until_state(open_store, unknown.booking_id, "sent")
        await sender._measure()
    assert UNWRITABLE._value.get() == 0


async def unwritable(open_store: OpenStore, fact: BookingConfirmed) -> bool:
    """What staff are shown of the booking's only mail."""
    async with open_store() as store:
        (found,) = await store.deliveries(fact.booking_id, frozenset({EVERY_OFFICE}))
    assert found.state == ("waiting" if found.unwritable else "sent")
    return found.unwritable


async def test_a_mail_that_waited_past_its_appointment_has_failed(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    known, unknown = confirmed(starts_at=past), confirmed(starts_at=past, office_id="akeno")
    await prepare(open_store, known, unknown)
    async with sending(smtp.port):
        await until_state(open_store, known.booking_id, "failed", tries=0)
        await until_state(open_store, unknown.booking_id, "failed", tries=0)
    reasons = [json.loads(body)["reason"] for _, body in await published(open_store)]
    assert (reasons, smtp.kept) == (["past", "past"], [])


async def test_an_address_that_cannot_be_mailed_has_failed_without_a_word_to_the_server(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed(email="a..b@example.jp")
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "failed")
    assert [json.loads(body)["reason"] for _, body in await published(open_store)] == ["address"]
    assert smtp.connections == 0


async def test_an_address_under_an_unknown_key_waits_and_keeps_nobody_else_waiting(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact, other = confirmed(contact="9.AAAA"), confirmed()
    await prepare(open_store, fact, other)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "waiting")
        await until_state(open_store, other.booking_id, "sent")
    assert (await delivery(open_store, fact.booking_id))["contact"] == "9.AAAA"


async def test_the_mails_of_one_booking_leave_in_the_order_of_its_versions(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    first = confirmed()
    second = changed(booking_id=first.booking_id)
    await prepare(open_store, second, first)
    smtp.pause = 0.1
    async with sending(smtp.port, lines=4):
        await until_state(open_store, first.booking_id, "sent")
    kinds = [mail["Subject"] for mail in smtp.kept]
    assert kinds == ["【大分市】ご予約を受け付けました", "【大分市】予約日時を変更しました"]


async def test_several_lines_send_at_the_same_time_and_nothing_twice(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    facts = [confirmed() for _ in range(40)]
    await prepare(open_store, *facts)
    smtp.pause = 0.02
    async with sending(smtp.port, lines=4), sending(smtp.port, lines=4):
        for fact in facts:
            await until_state(open_store, fact.booking_id, "sent")
    assert len(smtp.message_ids) == len(set(smtp.message_ids)) == 40
    assert smtp.most_busy > 1


async def test_a_mail_of_a_process_that_died_is_sent_when_its_lease_has_run_out(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed()
    await prepare(open_store, fact)
    async with open_store() as store:
        assert len(await store.claim(10, lease_seconds=1.0)) == 1
    async with sending(smtp.port):
        await asyncio.sleep(0.3)
        assert smtp.kept == []
        await until_state(open_store, fact.booking_id, "sent", tries=2)
    assert smtp.message_ids == [WRITER.message_id(fact.booking_id, 1, "confirmed")]


async def test_a_late_refusal_does_not_undo_what_a_newer_try_achieved(
    open_store: OpenStore,
) -> None:
    fact = confirmed()
    await prepare(open_store, fact)
    async with open_store() as store:
        (old,) = await store.claim(1, lease_seconds=0.0)
    async with open_store() as store:
        (new,) = await store.claim(1, lease_seconds=60.0)
        await store.record([Result(old, MailOutcome("failed", "550"))])
        await store.record([Result(new, MailOutcome("sent", "250"))])
        await store.record([Result(old, MailOutcome("sent", "250"))])
    assert (await delivery(open_store, fact.booking_id))["state"] == "sent"
    assert [name for name, _ in await published(open_store)] == ["notify.delivered.v1"]


async def test_stopping_finishes_the_mail_on_the_wire_and_gives_back_the_rest(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await prepare(open_store, *(confirmed() for _ in range(3)))
    smtp.pause = 0.5

    async def on_the_wire() -> bool:
        return smtp.busy > 0

    async with sending(smtp.port):
        await eventually(on_the_wire)
    assert len(smtp.kept) == 1
    found = await rows(open_store, "SELECT state, attempts, next_at <= now() AS due FROM delivery")
    assert sorted((row["state"], row["attempts"], row["due"]) for row in found) == [
        ("sent", 1, True),
        ("waiting", 0, True),
        ("waiting", 0, True),
    ]


async def test_a_new_mail_leaves_at_once_and_not_at_the_next_poll(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await prepare(open_store)
    async with sending(smtp.port) as sender:
        await asyncio.sleep(0.1)
        fact = confirmed(starts_at=TOMORROW)
        opened = waking(open_store, sender.wake)
        started = asyncio.get_running_loop().time()
        await take(opened, fact)
        await until_state(open_store, fact.booking_id, "sent")
        assert asyncio.get_running_loop().time() - started < 0.4
