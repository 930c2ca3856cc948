"""Mails in the city's own words: which text is taken, from when on, and what is left alone."""

from typing import Any

import pytest

from libs.contracts.booking import Language, ProcedureText
from libs.contracts.notify import MailKind, MailText, TextPlace
from services.notify.store import OpenStore
from services.notify.text_store import ChangeOfText

from .conftest import Sending
from .factories import cancelled, confirmed, office, procedure, rows, take, until_state
from .scripted import ScriptedServer

SUPPLIED = "【大分市】ご予約を受け付けました"


async def write(open_store: OpenStore, subject: str | None, *, seen: int = 0, **place: Any) -> None:
    """Give a place a text of its own, or with None the wider one again."""
    where = TextPlace(**{"kind": "confirmed", "language": "ja", **place})
    text = MailText(subject=subject, body="{{number}}\n{{documents}}") if subject else None
    async with open_store() as store:
        await store.change_text(
            ChangeOfText(where, text, "tanaka", f"{where}{subject}{seen}"), seen
        )


@pytest.fixture
async def city(open_store: OpenStore) -> None:
    """Two offices, two procedures."""
    english: dict[Language, ProcedureText] = {"en": ProcedureText(name="PIN")}
    await take(
        open_store,
        *(office(office_id=name) for name in ("honcho", "akeno")),
        procedure(),
        procedure(procedure_id="pin", name="暗証番号", texts=english),
    )


async def subject_of(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, **booking: Any
) -> str:
    """What the confirmation of such a booking is called."""
    fact = confirmed(**booking)
    await take(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    return str(smtp.kept[-1]["Subject"])


@pytest.mark.usefixtures("city")
async def test_the_nearest_text_is_taken_procedure_before_office_before_city(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    here: dict[str, Any] = {"procedure_id": "pin", "office_id": "akeno"}
    places: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "市"),
        ({"office_id": "akeno"}, "場所"),
        ({"procedure_id": "pin"}, "手続き"),
        (here, "手続きと場所"),
    )
    for place, subject in places:
        assert await subject_of(open_store, smtp, sending, **here) != subject
        await write(open_store, subject, **place)
        assert await subject_of(open_store, smtp, sending, **here) == subject
    others: tuple[dict[str, str], ...] = ({"office_id": "akeno"}, {"procedure_id": "pin"}, {})
    found = [await subject_of(open_store, smtp, sending, **other) for other in others]
    assert found == ["場所", "手続き", "市"]


@pytest.mark.usefixtures("city")
async def test_a_text_changed_while_mails_are_sent_holds_from_the_next_mail_on(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    async with sending(smtp.port):
        for seen, subject in enumerate(("一", "二", None)):
            await write(open_store, subject, seen=seen)
            fact = confirmed()
            await take(open_store, fact)
            await until_state(open_store, fact.booking_id, "sent")
    assert [mail["Subject"] for mail in smtp.kept] == ["一", "二", SUPPLIED]
    body = str(smtp.kept[0].get_content()).replace("\r\n", "\n")
    assert body == "ABCDE-12345\n・交付通知書（はがき）\n・本人確認書類\n"


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("language", ["ja-easy", "en", "zh-CN", "ko", "vi"])
async def test_a_text_in_japanese_leaves_the_mails_of_other_languages_as_they_were_supplied(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language
) -> None:
    before = await subject_of(open_store, smtp, sending, language=language)
    await write(open_store, "市", procedure_id="issuance", office_id="honcho")
    assert await subject_of(open_store, smtp, sending) == "市"
    assert await subject_of(open_store, smtp, sending, language=language) == before


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("kind", ["changed", "updated", "reminder", "cancelled"])
async def test_a_text_of_one_kind_leaves_the_other_kinds_alone(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, kind: MailKind
) -> None:
    await write(open_store, "市", kind=kind)
    assert await subject_of(open_store, smtp, sending) == SUPPLIED


@pytest.mark.usefixtures("city")
async def test_of_several_procedures_the_first_decides(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await write(open_store, "暗証番号の文面", procedure_id="pin")
    first = {"procedure_id": "pin", "also": ("issuance",)}
    second = {"procedure_id": "issuance", "also": ("pin",)}
    assert await subject_of(open_store, smtp, sending, **first) == "暗証番号の文面"
    assert await subject_of(open_store, smtp, sending, **second) == SUPPLIED


@pytest.mark.usefixtures("city")
async def test_a_text_that_this_release_cannot_fill_is_passed_over(
    open_store: OpenStore,
    smtp: ScriptedServer,
    sending: Sending,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await write(open_store, "市")
    await write(open_store, "手続き", procedure_id="issuance")
    sql = "UPDATE own_text SET body = '{{later}}' WHERE procedure_id <> '' RETURNING edition"
    assert await rows(open_store, sql)
    assert await subject_of(open_store, smtp, sending) == "市"
    assert "a text has unknown variables" in caplog.text


@pytest.mark.usefixtures("city")
async def test_mails_cost_no_question_about_texts_while_none_changes(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The edition comes with the claim; a row that nobody announced is not even looked at."""
    await write(open_store, "市")
    first, second = confirmed(), cancelled()
    async with sending(smtp.port) as sender:
        await take(open_store, first)
        await until_state(open_store, first.booking_id, "sent")
        await rows(open_store, "UPDATE own_text SET kind = 'cancelled' RETURNING edition")
        await take(open_store, second)
        sender.wake()
        await until_state(open_store, second.booking_id, "sent")
    assert [mail["Subject"] for mail in smtp.kept] == ["市", "【大分市】予約を取り消しました"]
