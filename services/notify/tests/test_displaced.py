"""Mails to those whose time the city closed: what is proposed, until when, and no reminder."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.contracts.booking import BookingDisplaced, BookingRestored, Language, OfficeText
from services.notify.domain.languages import shown_time
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import (
    TOMORROW,
    confirmed,
    office,
    prepare,
    published,
    rows,
    take,
    until_state,
)
from .scripted import ScriptedServer

PROPOSED, UNTIL = TOMORROW + timedelta(days=9), TOMORROW + timedelta(days=3)
SUBJECT = "【大分市・重要】窓口の都合によるご予約日時の変更のお願い"


def displaced(**given: object) -> BookingDisplaced:
    proposal = {
        "proposed_office_id": "tsurusaki", "proposed_starts_at": PROPOSED, "held_until": UNTIL
    }  # fmt: skip
    said = {**confirmed(version=2).model_dump(), **proposal, **given}
    return BookingDisplaced.model_validate(said)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_mail_says_what_is_proposed_and_until_when(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language
) -> None:
    texts: dict[Language, OfficeText] = {"en": OfficeText(name="Tsurusaki")}
    fact = displaced(language=language)
    await prepare(open_store, fact)
    await take(open_store, office(office_id="tsurusaki", name="鶴崎支所", texts=texts))
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    mail = smtp.kept[0]
    body = str(mail.get_content())
    name = {"ja": "鶴崎支所", "en": "Tsurusaki"}[language]
    for said in (shown_time(PROPOSED, language), shown_time(UNTIL, language), name):
        assert said in body
    assert shown_time(TOMORROW, language) in body
    if language == "ja":
        assert mail["Subject"] == SUBJECT
    (news,) = [body for _, body in await published(open_store)]
    assert '"kind":"changed"' in news


async def test_without_another_time_the_mail_asks_to_choose_one(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    nothing = dict.fromkeys(("proposed_office_id", "proposed_starts_at", "held_until"))
    fact = displaced(**nothing)
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert smtp.kept[0]["Subject"] == SUBJECT
    assert "ほかの日時をお選びください" in str(smtp.kept[0].get_content())


async def test_nobody_is_written_to_who_is_to_be_called(open_store: OpenStore) -> None:
    await prepare(open_store, displaced(mail=False), displaced(contact=None))
    assert await rows(open_store, "SELECT * FROM delivery") == []


async def test_nobody_is_reminded_of_a_time_that_is_closed_until_it_holds_again(
    open_store: OpenStore,
) -> None:
    booking_id = uuid4()
    await prepare(open_store, confirmed(booking_id=booking_id), displaced(booking_id=booking_id))
    assert await rows(open_store, "SELECT 1 FROM agenda WHERE contact IS NOT NULL") == []
    said = {**confirmed(booking_id=booking_id, version=3).model_dump(), "mail": True}
    await take(open_store, BookingRestored.model_validate(said))
    assert len(await rows(open_store, "SELECT 1 FROM agenda WHERE contact IS NOT NULL")) == 1
    kinds = await rows(open_store, "SELECT kind FROM delivery ORDER BY version")
    assert [row["kind"] for row in kinds] == ["confirmed", "displaced", "restored"]
