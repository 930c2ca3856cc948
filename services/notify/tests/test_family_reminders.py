"""One reminder for those who come together, also where one of them withdrew in between."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.booking import BookingConfirmed
from libs.contracts.notify import ReminderFailed
from services.notify.reminders import remind
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import (
    CONTACTS,
    cancelled,
    changed,
    make_due,
    prepare,
    published,
    rows,
    take,
    updated,
)
from .scripted import ScriptedServer
from .test_families import other
from .test_late_reminders import open_until_now
from .test_reminders import HOUR, SUBJECT, VISIT, all_done, booked, jst, look, reminders

FAMILY, ADDRESS = UUID(int=99), CONTACTS.seal("hana@example.jp")
WORDS = ("self", "spouse", "child", "child")


def member(line: int, **given: Any) -> BookingConfirmed:
    """One of a family of four, whose first has the mail that confirms all."""
    own = {
        "booking_id": UUID(int=line + 1),
        "number": f"{line}2345ABCDE",
        "party_id": FAMILY,
        "party_line": line,
        "relation": WORDS[line],
        "contact": ADDRESS,
        "mail": line == 0,
    }
    return booked(**{**own, **given})


async def four(open_store: OpenStore) -> list[BookingConfirmed]:
    """A family that comes tomorrow; its confirmation is out."""
    everybody = [member(line) for line in range(4)]
    await prepare(open_store, *everybody)
    await rows(open_store, "DELETE FROM delivery RETURNING 1")
    return everybody


async def send(open_store: OpenStore, sending: Sending, smtp: ScriptedServer) -> None:
    await make_due(open_store)
    await open_until_now(open_store)
    async with sending(smtp.port):
        await all_done(open_store)


def bodies(smtp: ScriptedServer) -> list[str]:
    mails = [mail for mail in smtp.kept if mail["Subject"] == SUBJECT]
    return [str(mail.get_content()).replace("\r\n", "\n") for mail in mails]


async def test_a_family_of_four_has_one_reminder_with_each_number_and_its_word(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await four(open_store)
    for _ in range(2):
        await look(open_store)
        await send(open_store, sending, smtp)
    (body,) = bodies(smtp)
    for line, word in enumerate(("わたし", "配偶者", "子", "子")):
        assert f"・{word}：{line}2345-ABCDE（カードの交付）\n" in body
    assert body.count("その番号の方の生年月日") == 1
    assert body.count("・本人確認書類") == 1


async def test_each_address_of_a_family_has_a_reminder_of_its_own(open_store: OpenStore) -> None:
    await prepare(
        open_store, member(0), member(1), member(2, contact=CONTACTS.seal("x@example.jp"))
    )
    await look(open_store)
    told = [(row["number"], len(row["party"])) for row in await reminders(open_store)]
    assert told == [("02345ABCDE", 1), ("22345ABCDE", 0)]


@pytest.mark.parametrize("line", [0, 2])
@pytest.mark.parametrize("withdraws", ["cancels", "changes the address"])
async def test_who_withdraws_before_it_is_sent_is_not_in_it_and_the_others_are_reminded(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, line: int, withdraws: str
) -> None:
    everybody = await four(open_store)
    await look(open_store)
    gone = {"booking_id": everybody[line].booking_id, "number": everybody[line].number}
    own = {"starts_at": VISIT, "party_id": FAMILY, "party_line": line, "version": 2}
    if withdraws == "cancels":
        await take(open_store, cancelled(**gone, **own, contact=ADDRESS))
    else:
        new = CONTACTS.seal("new@example.jp")
        await take(open_store, updated(**gone, **own, contact=new, contact_version=2))
    for _ in range(2):
        await send(open_store, sending, smtp)
        await look(open_store)
    family = [body for body in bodies(smtp) if "その番号の方の生年月日" in body]
    assert len(family) == 1
    assert everybody[line].number[:5] not in family[0]
    assert all(one.number[:5] in family[0] for one in everybody if one != everybody[line])
    alone = [body for body in bodies(smtp) if everybody[line].number[:5] in body]
    assert len(alone) == (withdraws != "cancels")


async def test_one_that_the_server_puts_off_until_the_hour_of_calls_names_all_of_the_family(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The first one cancels while it waits: booking is told of all, and knows who still stands."""
    everybody = await four(open_store)
    await look(open_store)
    first = everybody[0]
    await take(
        open_store,
        cancelled(booking_id=first.booking_id, version=2, starts_at=VISIT, party_id=FAMILY),
    )
    await rows(
        open_store,
        "UPDATE delivery SET until = now() - interval '1 second' "
        "WHERE kind = 'reminder' RETURNING 1",
    )
    await make_due(open_store)
    async with sending(smtp.port):
        await all_done(open_store)
    (told,) = [body for name, body in await published(open_store) if "unreminded" in name]
    fact = ReminderFailed.model_validate_json(told)
    assert fact.booking_id == first.booking_id
    assert [one.booking_id for one in fact.others] == [one.booking_id for one in everybody[1:]]


async def test_a_family_that_no_reminder_could_be_made_for_is_told_of_one_by_one(
    open_store: OpenStore,
) -> None:
    """Booking lists those with one address as one call."""
    await four(open_store)
    await remind(open_store, HOUR, lambda: jst(15))
    names = [name for name, _ in await published(open_store)]
    assert names.count("notify.unreminded.v1") == 4


async def test_who_changes_the_address_leaves_the_mail_that_waits_to_the_others(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The confirmation of a family was put off, and the first one has another address by now."""
    others = tuple(
        other(booking_id=UUID(int=line + 1), number=f"{line}2345ABCDE", starts_at=VISIT)
        for line in (1, 2)
    )
    first = member(0, party=others)
    await prepare(open_store, first, member(1), member(2))
    new = CONTACTS.seal("new@example.jp")
    await take(
        open_store,
        updated(
            booking_id=first.booking_id, number=first.number, starts_at=VISIT, contact=new,
            contact_version=2, party_id=FAMILY,
        ),
    )  # fmt: skip
    async with sending(smtp.port):
        await all_done(open_store)
    mails = {str(mail["To"]): str(mail.get_content()) for mail in smtp.kept}
    assert set(mails) == {"new@example.jp", "hana@example.jp"}
    assert "12345-ABCDE" in mails["hana@example.jp"]
    assert "22345-ABCDE" in mails["hana@example.jp"]
    assert "02345-ABCDE" not in mails["hana@example.jp"]


async def deliveries(open_store: OpenStore, kind: str) -> list[dict[str, Any]]:
    return await rows(open_store, f"SELECT * FROM delivery WHERE kind = '{kind}'")


@pytest.mark.parametrize(("make", "subject"), [(cancelled, "取り消し"), (changed, "変更しました")])
async def test_what_a_family_does_about_all_of_them_is_one_mail(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, make: Any, subject: str
) -> None:
    for one in await four(open_store):
        own = one.model_dump(include={"booking_id", "number", "party_id", "party_line", "relation"})
        await take(open_store, make(**own, version=2, starts_at=VISIT, contact=ADDRESS))
    async with sending(smtp.port):
        assert smtp.kept == []
        await make_due(open_store)
        await all_done(open_store)
    (mail,) = smtp.kept
    assert subject in str(mail["Subject"])
    body = str(mail.get_content())
    assert all(f"{line}2345-ABCDE" in body for line in range(4))
    assert ("その番号の方の生年月日" in body) == (make is changed)


async def test_one_who_alone_is_cancelled_has_a_mail_after_a_while(open_store: OpenStore) -> None:
    one = (await four(open_store))[1]
    own = one.model_dump(include={"booking_id", "number", "party_id", "party_line", "relation"})
    await take(open_store, cancelled(**own, version=2, starts_at=VISIT, contact=ADDRESS))
    (row,) = await deliveries(open_store, "cancelled")
    waits = (row["next_at"] - row["created_at"]).total_seconds()
    assert (row["party"], 179 < waits < 181) == ([], True)


async def test_those_with_another_address_or_alone_have_a_mail_of_their_own_at_once(
    open_store: OpenStore,
) -> None:
    everybody = await four(open_store)
    for one, address in ((everybody[0], ADDRESS), (everybody[1], CONTACTS.seal("x@example.jp"))):
        own = one.model_dump(include={"booking_id", "number", "party_id"})
        await take(open_store, cancelled(**own, version=2, starts_at=VISIT, contact=address))
    await take(open_store, cancelled(starts_at=VISIT))
    found = await deliveries(open_store, "cancelled")
    assert [row["party"] for row in found] == [[], [], []]
    assert min(row["next_at"] - row["created_at"] for row in found).total_seconds() < 1


async def test_facts_about_one_family_that_come_at_once_are_one_mail(open_store: OpenStore) -> None:
    facts = [
        cancelled(
            **one.model_dump(include={"booking_id", "number", "party_id"}),
            version=2, starts_at=VISIT, contact=ADDRESS,
        )
        for one in await four(open_store)
    ]  # fmt: skip
    await asyncio.gather(*(take(open_store, fact) for fact in facts))
    (row,) = await deliveries(open_store, "cancelled")
    assert len(row["party"]) == 3


async def test_staff_see_the_mail_at_each_of_those_it_tells_of(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    everybody = await four(open_store)
    await look(open_store)
    await send(open_store, sending, smtp)
    for one in everybody:
        async with open_store() as store:
            found = await store.deliveries(one.booking_id, frozenset({"*"}))
        assert [(mail.kind, mail.state) for mail in found] == [("reminder", "sent")]
