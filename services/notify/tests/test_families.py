"""One mail for all who come together: each number with a word, each text once, no date of birth."""

import re
from datetime import timedelta
from typing import Any, get_args

import pytest

from libs.contracts.booking import Language, PartyVisit
from services.notify.domain.languages import shown_relation
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import TOMORROW, confirmed, office, procedure, rows, take, until_state
from .scripted import ScriptedServer

LANGUAGES: tuple[Language, ...] = get_args(Language)


def other(**given: Any) -> PartyVisit:
    defaults = {
        "number": "FGHJK67890", "procedure_ids": ("issuance",), "starts_at": TOMORROW,
        "visitor": "guardian", "relation": "child",
    }  # fmt: skip
    return PartyVisit.model_validate({**defaults, **given})


async def body_of(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, **given: Any
) -> str:
    """The only mail about a family of two or more."""
    fact = confirmed(**{"relation": "self", "party": (other(),), **given})
    companion = confirmed(number="FGHJK67890", mail=False)
    await take(open_store, office(), procedure(), fact, companion)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert len(await rows(open_store, "SELECT 1 FROM delivery")) == 1
    return str(smtp.kept[0].get_content()).replace("\r\n", "\n")


async def test_one_mail_names_each_number_with_its_word_and_each_text_once(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    body = await body_of(open_store, smtp, sending)
    assert "・わたし：ABCDE-12345（カードの交付）\n・子：FGHJK-67890（カードの交付）\n" in body
    assert body.count("その番号の方の生年月日") == 1
    assert body.count("・本人確認書類") == 1
    assert body.count("ご本人がお越しください。") == 1
    assert "手続き：カードの交付\n" in body


async def test_who_comes_for_something_else_at_another_time_is_told_so(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    pin = procedure(procedure_id="pin", name="暗証番号", documents=("カード",), notes=())
    later = TOMORROW + timedelta(minutes=30)
    party = (other(procedure_ids=("pin",), starts_at=later, relation=None),)
    fact = confirmed(party=party)
    await take(open_store, office(), procedure(), fact)
    async with open_store() as store:
        assert await store.claim(10, 60) == []
    await take(open_store, pin)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    body = str(smtp.kept[0].get_content())
    assert re.search(r"・2人目の方：FGHJK-67890（暗証番号、\d+時\d\d分）", body)
    assert "手続き：カードの交付、暗証番号" in body
    assert "・カード" in body


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_words_are_in_the_language_of_the_booking(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language
) -> None:
    body = await body_of(open_store, smtp, sending, language=language)
    for relation in ("self", "child"):
        assert re.search(f"\n(・|- ){shown_relation(relation, 1, language)}", body)
    assert not re.search(r"\{|\}|None", body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_chose_no_word_is_counted(language: Language) -> None:
    assert "2" in shown_relation(None, 2, language)
