"""Mails in the language of the booking, as a real mail server gets them."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import get_args

import pytest

from libs.contracts.booking import (
    Language,
    LaterAddress,
    OfficeText,
    ProcedureText,
    VisitorRule,
)
from libs.contracts.notify import MailKind
from libs.contracts.times import day_of
from services.notify.domain.languages import LANGUAGES, shown_time
from services.notify.store import OpenStore
from services.notify.texts import load_templates

from .conftest import Sending
from .factories import TOMORROW, confirmed, office, procedure, take, until_state
from .scripted import ScriptedServer

KINDS: tuple[MailKind, ...] = get_args(MailKind)
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
OFFICE: dict[Language, OfficeText] = {
    "en": OfficeText(name="Main Office, 1st floor", address="2-31 Niagemachi, Oita"),
    "ja-easy": OfficeText(name="{本庁舎|ほんちょうしゃ} 1{階|かい}"),
}
PROCEDURE: dict[Language, ProcedureText] = {
    "en": ProcedureText(
        name="Receiving a My Number Card",
        documents=("Postcard", "Identification"),
        notes=("Please come in person.",),
    ),
    "ja-easy": ProcedureText(name="カードを もらう", documents=("はがき",)),
}


async def mail_of(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: str, **more: object
) -> tuple[EmailMessage, str]:
    """The confirmation that a booking in `language` gets."""
    fact = confirmed(language=language, **more)
    await take(open_store, office(texts=OFFICE), procedure(texts=PROCEDURE), fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    mail = smtp.kept[0]
    return mail, str(mail.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Receiving a My Number Card, PIN"),
        ("ja-easy", "カードを もらう、暗証番号（あんしょうばんごう）"),
    ],
)
async def test_further_procedures_are_named_in_the_same_language(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language, line: str
) -> None:
    pin: dict[Language, ProcedureText] = {
        "en": ProcedureText(name="PIN"),
        "ja-easy": ProcedureText(name="{暗証番号|あんしょうばんごう}"),
    }
    await take(open_store, procedure(procedure_id="pin", name="暗証番号", texts=pin))
    _, body = await mail_of(open_store, smtp, sending, language, also=("pin",))
    assert line in body


@pytest.mark.parametrize(
    ("language", "visitor", "brought"),
    [
        ("en", "self", "- Postcard\n- Identification\n\n"),
        ("en", "guardian", "- Postcard\n- Identification\n- Family register\n\n"),
        ("ko", "guardian", "・交付通知書（はがき）\n・本人確認書類\n・戸籍謄本\n\n"),
    ],
)
async def test_the_mail_says_what_those_bring_who_come(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language, visitor: str,
    brought: str,
) -> None:  # fmt: skip
    guardian = VisitorRule(visitor="guardian", documents=("戸籍謄本",))
    english = VisitorRule(visitor="guardian", documents=("Family register",))
    texts = {"en": PROCEDURE["en"].model_copy(update={"visitors": (english,)})}
    await take(open_store, procedure(version=2, rules=(guardian,), texts=texts))
    _, body = await mail_of(open_store, smtp, sending, language, visitor=visitor)
    assert brought in body


@pytest.mark.parametrize(
    ("language", "days", "address"),
    [
        ("ja", 0, "住所：大分市荷揚町2番31号\n"),
        ("ja", 1, "住所：大分市新町1番1号\n"),
        ("en", 0, "Address: 2-31 Niagemachi, Oita\n"),
        ("en", 1, "Address: 1-1 Shinmachi, Oita\n"),
        ("ko", 1, "주소: 大分市新町1番1号\n"),
    ],
)
async def test_the_mail_says_where_the_office_is_on_the_day_of_the_visit(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language, days: int,
    address: str,
) -> None:  # fmt: skip
    """The office moves two days from now; the visit is tomorrow or the day after."""
    move = LaterAddress(
        from_day=day_of(TOMORROW) + timedelta(days=1),
        address="大分市新町1番1号",
        texts={"en": "1-1 Shinmachi, Oita"},
    )
    await take(open_store, office(version=2, texts=OFFICE, later=(move,)))
    visit = TOMORROW + timedelta(days=days)
    _, body = await mail_of(open_store, smtp, sending, language, starts_at=visit)
    assert address in body


async def test_an_english_booking_gets_an_english_mail(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    mail, body = await mail_of(open_store, smtp, sending, "en")
    assert mail["Subject"] == "[Oita City] Your appointment is confirmed"
    for said in (
        "Procedure: Receiving a My Number Card\n",
        "Place: Main Office, 1st floor\n",
        "- Postcard\n- Identification\n",
        "Please come in person.",
    ):
        assert said in body
    assert not JAPANESE.search(body.replace("・", ""))


async def test_easy_japanese_has_readings_and_falls_back_to_japanese_where_words_are_missing(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The documents have another number than the Japanese ones, so nobody is misled."""
    mail, body = await mail_of(open_store, smtp, sending, "ja-easy")
    assert mail["Subject"] == "【大分市】予約（よやく）が できました"
    assert "：本庁舎（ほんちょうしゃ） 1階（かい）\n" in body
    assert "・交付通知書（はがき）\n・本人確認書類\n" in body
    assert "{" not in body


@pytest.mark.parametrize("language", ["ja", "vi", "tlh", ""])
async def test_other_words_fall_back_to_japanese(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: str
) -> None:
    """A language without texts of office and procedure, and languages that nobody writes."""
    mail, body = await mail_of(open_store, smtp, sending, language)
    foreign = "[Thành phố Oita] Đã nhận lịch hẹn của bạn"
    expected = foreign if language == "vi" else "【大分市】ご予約を受け付けました"
    assert mail["Subject"] == expected
    assert "本庁舎1階市民課" in body
    assert f"{'- ' if language == 'vi' else '・'}交付通知書（はがき）" in body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_exists_in_every_language_and_tells_the_same(
    language: Language, kind: MailKind
) -> None:
    """The same variables in the same order: nothing that the Japanese mail tells is left out."""
    ours, japanese = (load_templates()[code][kind] for code in (language, "ja"))
    assert _variables(ours.body) == _variables(japanese.body)
    assert len(ours.body.split("\n\n")) == len(japanese.body.split("\n\n"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_who_may_be_a_stranger_to_the_booking_is_told_to_delete_a_mail(
    language: Language,
) -> None:
    """Whoever hears of a change that somebody else made has to call: the mail is the only sign."""
    end = {kind: _last_words(kind, language) for kind in KINDS if kind != "former"}
    deleting = {kind for kind, words in end.items() if words == end["confirmed"]}
    assert deleting == {"confirmed", "reminder"}
    assert all(NUMBER_ABOVE[language] in end[kind] for kind in end.keys() - deleting)


NUMBER_ABOVE = {
    "ja": "上の電話番号",
    "ja-easy": "番号に 電話",
    "en": "the number above",
    "zh-CN": "上面的电话",
    "ko": "위 전화번호",
    "vi": "số điện thoại ở trên",
}


def _last_words(kind: MailKind, language: Language) -> str:
    """What stands before the name of the city."""
    return load_templates()[language][kind].body.strip().splitlines()[-3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_those_of_the_city_in_every_language(language: Language) -> None:
    shown = shown_time(datetime(2026, 12, 1, 15, 5, tzinfo=UTC), language)
    assert "2026" in shown
    assert "05" in shown
    assert re.search(r"\b0?0[:時]", shown), "0:05 of the next day"


@pytest.mark.parametrize("kind", KINDS)
def test_foreign_mails_have_no_japanese_left(kind: MailKind) -> None:
    languages: tuple[Language, ...] = ("en", "ko", "vi")
    for language in languages:
        template = load_templates()[language][kind]
        assert not JAPANESE.search(template.subject + template.body)


def _variables(body: str) -> list[str]:
    return re.findall(r"\{\{(.*?)\}\}", body)
