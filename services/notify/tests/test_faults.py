"""What a text of the city's own must have, and what it must never have."""

from typing import get_args

import pytest

from libs.contracts.booking import Language
from libs.contracts.notify import LONGEST_BODY, LONGEST_SUBJECT, MailKind, MailText
from services.notify.domain.faults import faults_of, tidy
from services.notify.domain.languages import LANGUAGES
from services.notify.texts import load_templates

KINDS: tuple[MailKind, ...] = get_args(MailKind)
SUPPLIED = load_templates()
NAMES = ("マイナンバーカードの交付", "暗証番号再設定・変更", "Receiving a My Number Card")
BODY = "{{number}} {{when}} {{office}} {{link_url}}"


def faults(
    subject: str = "件名", body: str = BODY, kind: MailKind = "confirmed"
) -> list[tuple[str, str, str]]:
    text = tidy(MailText(subject=subject, body=body))
    found = faults_of(text, SUPPLIED["ja"][kind], NAMES)
    return [(fault.field, fault.reason, fault.what) for fault in found]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_supplied_text_could_be_a_text_of_the_city(
    language: Language, kind: MailKind
) -> None:
    supplied = SUPPLIED[language][kind]
    text = tidy(MailText(subject=supplied.subject, body=supplied.body))
    assert faults_of(text, supplied, NAMES) == []
    assert text.body == supplied.body.strip("\n")


@pytest.mark.parametrize(
    ("body", "reason", "what"),
    [
        ("", "missing", ""),
        ("\n \n", "missing", ""),
        (BODY + "あ" * LONGEST_BODY, "too-long", ""),
        (BODY + "\x07", "control", ""),
        (BODY + "\u202e", "control", ""),
        (BODY + "{{name}}様", "unknown", "name"),
        (BODY + "{{previous_when}}", "not-here", "previous_when"),
        (BODY + "{office}", "braces", ""),
        (BODY + "{{office}", "braces", ""),
        (BODY + "｛office｝", "braces", ""),
        ("{{when}} {{office}} {{find_url}}", "needed", "number"),
        ("{{number}} {{office}} {{find_url}}", "needed", "when"),
        ("{{number}} {{when}} {{find_url}}", "needed", "office"),
        ("{{number}} {{when}} {{office}}", "needed", "link_url find_url"),
        (BODY + "\n番号 1234-5678 ９０１８", "digits", ""),
    ],
)
def test_a_body_that_cannot_be_sent_says_why(body: str, reason: str, what: str) -> None:
    assert ("body", reason, what) in faults(body=body)


@pytest.mark.parametrize(
    ("subject", "reason", "what"),
    [
        ("  ", "missing", ""),
        ("あ" * (LONGEST_SUBJECT + 1), "too-long", ""),
        ("件名\r\nBcc: b@example.jp", "line-break", ""),
        ("件名\u2028二行目", "line-break", ""),
        ("件名\x00", "control", ""),
        ("=?utf-8?q?a=0D=0ABcc:b?=", "control", ""),
        ("{{number}}のご予約", "variable", ""),
        ("【大分市】暗証番号のご予約", "procedure", "暗証番号"),
        ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞの交付", "procedure", "マイナンバーカードの交付"),
        ("Your PIN appointment", "procedure", "pin"),
        ("予約 1234 5678 9018", "digits", ""),
    ],
)
def test_a_subject_that_cannot_be_sent_says_why(subject: str, reason: str, what: str) -> None:
    assert faults(subject) == [("subject", reason, what)]


def test_words_that_only_have_a_telling_one_inside_them_and_telephones_are_fine() -> None:
    assert faults("We are opening shopping", BODY + "\n電話 097-534-6111\n10時から") == []


def test_a_change_can_say_its_old_time_and_a_cancellation_needs_no_link() -> None:
    assert faults(body=BODY + "{{previous_when}}", kind="changed") == []
    assert faults(body="{{number}} {{when}} {{office}}", kind="cancelled") == []


def test_variables_are_understood_as_people_type_them() -> None:
    typed = " 上 \r\n｛｛ｎｕｍｂｅｒ｝｝、{{ When }}、{{だれ}}\t\r\n\r\n"
    assert tidy(MailText(subject=" 件名 ", body=typed)) == MailText(
        subject="件名", body=" 上\n{{number}}、{{when}}、{{だれ}}"
    )
