"""Staff and the texts of mails, over HTTP and with a real mail server."""

import asyncio

import httpx2
import pytest

from services.notify.store import OpenStore

from .conftest import Sending
from .factories import confirmed, rows, take, until_state
from .members import BODY, OURS, OWN, SHARED, Member
from .scripted import ScriptedServer


def faults(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["slug"]) == (422, "text-refused")
    return [(fault["field"], fault["reason"]) for fault in answer.json()["faults"]]


async def test_a_text_is_seen_with_its_variables_before_anybody_has_changed_it(
    member: Member,
) -> None:
    seen = (await member.ask("/confirmed/ja?procedure=issuance&office=honcho")).json()
    assert (seen["version"], seen["own"], seen["source"], seen["history"]) == (0, None, None, [])
    assert seen["current"]["subject"] == "【大分市】ご予約を受け付けました"
    assert seen["current"]["body"].endswith("\n大分市")
    assert {"number", "when", "documents"} <= set(seen["variables"])
    assert "previous_when" not in seen["variables"]
    assert ["link_url", "find_url"] in seen["needed"]


async def test_a_saved_text_holds_is_listed_and_goes_out_with_the_next_mail(
    member: Member, open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    saved = (await member.save()).json()
    assert (saved["version"], saved["own"], saved["history"][0]["by"]) == (1, OWN, "tanaka")
    below = (await member.ask("/confirmed/ja?procedure=issuance")).json()
    assert (below["own"], below["current"], below["source"]) == (None, OWN, saved["place"])
    assert (await member.ask()).json() == {"places": [saved["place"]]}
    fact = confirmed()
    await take(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert smtp.kept[0]["Subject"] == OWN["subject"]


async def test_going_back_is_a_change_too_and_every_change_is_kept(member: Member) -> None:
    await member.save()
    await member.save({**OWN, "subject": "二"}, 1, actor="suzuki")
    back = (await member.save(None, 2)).json()
    assert (back["version"], back["own"], back["source"]) == (3, None, None)
    history = [(h["version"], h["text"] and h["text"]["subject"], h["by"]) for h in back["history"]]
    assert history == [(3, None, "tanaka"), (2, "二", "suzuki"), (1, OWN["subject"], "tanaka")]
    assert (await member.ask()).json() == {"places": []}
    again = (await member.save(back["history"][2]["text"], 3)).json()
    assert (again["version"], again["own"]) == (4, OWN)


async def test_a_change_from_an_older_version_is_refused_and_changes_nothing(
    member: Member,
) -> None:
    await member.save()
    late = await member.save({**OWN, "subject": "遅れて"})
    assert (late.status_code, late.json()["slug"]) == (409, "version-conflict")
    assert (await member.ask("/confirmed/ja")).json()["own"] == OWN


async def test_of_twenty_changes_at_once_one_is_made(member: Member) -> None:
    texts = [{**OWN, "subject": f"件名{n}"} for n in range(20)]
    answers = await asyncio.gather(*(member.save(text) for text in texts))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert len((await member.ask("/confirmed/ja")).json()["history"]) == 1


async def test_a_form_sent_twice_is_one_change_and_its_key_is_good_for_no_other(
    member: Member,
) -> None:
    key = "the-same-key-twice"
    first, second = [await member.save(key=key) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(second.json()["history"]) == 1
    other = await member.save({**OWN, "subject": "別"}, 1, key=key)
    assert (other.status_code, other.json()["slug"]) == (422, "idempotency-key-reused")


async def test_what_is_wrong_is_said_wherever_the_text_is_sent_and_nothing_is_kept(
    member: Member, smtp: ScriptedServer, open_store: OpenStore
) -> None:
    wrong = {"subject": "カードの交付のご予約", "body": "{{name}} {{number}} {{when}} {{find_url}}"}
    expected = [("subject", "procedure"), ("body", "unknown"), ("body", "needed")]
    asked = {"place": SHARED, "text": wrong, "to": "a@example.jp"}
    for answer in (
        await member.save(wrong),
        await member.ask("/preview", asked),
        await member.ask("/trial", asked),
    ):
        assert faults(answer) == expected
    assert await rows(open_store, "SELECT edition FROM own_text") == []
    assert smtp.kept == []


async def test_a_preview_says_what_the_mail_will_say(
    member: Member, open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    supplied = (await member.ask("/confirmed/en")).json()["current"]
    place = {**OURS, "language": "en"}
    shown = (await member.ask("/preview", {"place": place, "text": supplied})).json()
    fact = confirmed(language="en")
    await take(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    mail = smtp.kept[0]
    sent = str(mail.get_content()).replace("\r\n", "\n").split("\n")
    assert shown["subject"] == mail["Subject"]
    differing = [pair for pair in zip(shown["body"].split("\n"), sent, strict=True)
                 if pair[0] != pair[1]]  # fmt: skip
    assert [line.partition(":")[0] for line, _ in differing] == [
        "Booking number",
        "Date and time",
        "https",
    ]
    assert "https://yoyaku.example.jp/open/SAMPLE\n" in shown["body"]
    assert "Receiving a card" in shown["body"]


async def test_a_preview_of_a_change_shows_both_times(member: Member) -> None:
    place = {**SHARED, "kind": "changed"}
    text = {"subject": "件名", "body": "{{previous_when}}から{{when}}\n" + BODY}
    body = (await member.ask("/preview", {"place": place, "text": text})).json()["body"]
    assert "14時00分から" in body
    assert "（火）10時30分\n" in body


async def test_a_test_mail_is_marked_goes_to_the_typed_address_and_leaves_none_behind(
    member: Member,
    smtp: ScriptedServer,
    open_store: OpenStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    answer = await member.try_out("kakari@city.example.jp")
    assert answer.json() == {"result": "sent", "reply": "250"}
    (mail,) = smtp.kept
    assert (mail["To"], mail["Subject"]) == ("kakari@city.example.jp", f"【試験】{OWN['subject']}")
    assert mail["Auto-Submitted"] == "auto-generated"
    kept = await rows(open_store, "SELECT * FROM trial")
    assert [(row["actor"], row["reply"]) for row in kept] == [("tanaka", "sent 250")]
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert "kakari" not in str(kept) + str(ours)
    assert await rows(open_store, "SELECT kind FROM delivery") == []


async def test_a_test_sent_twice_by_the_same_form_is_one_mail(
    member: Member, smtp: ScriptedServer
) -> None:
    answers = [await member.try_out(key="the-same-key-twice") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(smtp.kept) == 1


async def test_a_member_of_staff_sends_ten_tests_an_hour_and_no_more(
    member: Member, smtp: ScriptedServer, open_store: OpenStore
) -> None:
    answers = await asyncio.gather(*(member.try_out() for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 2
    assert len(smtp.kept) == 10
    assert (await member.try_out()).json()["slug"] == "too-many-trials"
    assert (await member.try_out(actor="suzuki")).status_code == 200
    await rows(open_store, "UPDATE trial SET at = at - interval '61 minutes' RETURNING key")
    assert (await member.try_out()).status_code == 200


async def test_what_the_mail_server_makes_of_a_test_is_said_without_its_words(
    member: Member, smtp: ScriptedServer
) -> None:
    smtp.to_recipient.extend(["550 5.1.1 <a@example.jp> unknown", "450 4.2.1 later", "hang up"])
    answers = [(await member.try_out()).json() for _ in range(3)]
    assert answers == [
        {"result": "refused", "reply": "550 5.1.1"},
        {"result": "later", "reply": "450 4.2.1"},
        {"result": "later", "reply": "connection"},
    ]


@pytest.mark.parametrize("to", ["a", "a@b", "a@example.jp\r\nBcc: b@example.jp", "あ@example.jp"])
async def test_a_test_goes_to_no_address_that_is_none(
    member: Member, smtp: ScriptedServer, open_store: OpenStore, to: str
) -> None:
    answer = await member.try_out(to)
    assert (answer.status_code, answer.json()["slug"]) == (422, "bad-address")
    assert (smtp.connections, await rows(open_store, "SELECT key FROM trial")) == (0, [])


async def test_texts_of_another_office_and_of_no_office_answer_alike(member: Member) -> None:
    await member.save(place=OURS)
    for path in ("", "?procedure=issuance"):
        there = await member.ask(f"/confirmed/ja{path or '?'}&office=honcho", offices="akeno")
        nowhere = await member.ask(f"/confirmed/ja{path or '?'}&office=nowhere", offices="akeno")
        assert (there.status_code, there.content) == (404, nowhere.content)
    foreign = await member.save(place=OURS, version=1, offices="akeno")
    absent = await member.save(place={**OURS, "office_id": "nowhere"})
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert (await member.ask(offices="akeno")).json() == {"places": []}
    asked = {"place": OURS, "text": OWN, "to": "a@example.jp"}
    for action in ("/preview", "/trial"):
        assert (await member.ask(action, asked, offices="akeno")).status_code == 404


async def test_who_serves_one_office_changes_its_texts_and_only_reads_those_of_all(
    member: Member,
) -> None:
    ours = await member.save(place=OURS, offices="honcho")
    assert (ours.status_code, ours.json()["may_change"]) == (200, True)
    shared = await member.ask("/confirmed/ja", offices="honcho")
    assert (shared.status_code, shared.json()["may_change"]) == (200, False)
    refused = await member.save(offices="honcho")
    assert (refused.status_code, refused.json()["slug"]) == (403, "not-allowed")
    assert (await member.ask("/confirmed/ja")).json()["own"] is None


@pytest.mark.parametrize("path", ["/invited/ja", "/confirmed/fr", "/confirmed/ja?procedure=none"])
async def test_a_kind_a_language_or_a_procedure_that_does_not_exist_is_not_found(
    member: Member, path: str
) -> None:
    assert (await member.ask(path)).status_code == 404


async def test_only_staff_with_the_right_reach_texts(member: Member) -> None:
    body = {"place": SHARED, "version": 0, "text": OWN, "to": "a@example.jp"}
    for path, sent in (("", None), ("/confirmed/ja", None), ("", body), ("/preview", body),
                       ("/trial", body)):  # fmt: skip
        assert (await member.ask(path, sent, right="bookings.read")).status_code == 403
        assert (await member.ask(path, sent, door="internet")).status_code == 403
