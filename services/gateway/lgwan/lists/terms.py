"""What staff type to find a booking for somebody who has no number at hand: one field for all."""

import re
from dataclasses import dataclass
from datetime import date

from libs.contracts.booking import StaffSearch
from libs.rules.folding import fold
from libs.rules.personal_numbers import has_individual_number
from services.gateway.lgwan.counter.birth import read_born
from services.gateway.web.emails import read_email
from services.gateway.web.typed import (
    INDIVIDUAL_NUMBER,
    Mistyped,
    read_booking_number,
    read_person_name,
    read_phone,
)

LONGEST = 254
HELP = (
    "予約番号、予約ID、電話番号、メールアドレス、または氏名（カナか英字）と生年月日を入力して"
    "ください。今日の画面では、予約番号の最後の4文字か受付番号でも探せます。"
    "例：オオイタ ハナコ 1960/4/1"
)
NO_BIRTH = (
    "氏名で探すときは、続けて生年月日も入力してください。例：オオイタ ハナコ 1960/4/1、"
    "オオイタ ハナコ 昭和35年4月1日"
)
NO_TERM = f"何も入力されていません。{HELP}"
_DASH = r"[-－‐−./．／]"
_DATE = re.compile(
    r"(?:(?<![A-Za-zＡ-Ｚａ-ｚ])[MTSHRmtshrＭＴＳＨＲ][.．]?(?=\d{1,2}\D)"
    r"|(?:明治?|大正?|昭和?|平成?|令和?|西暦)\s*)?"
    rf"(?:(?:\d{{1,4}}|元)\s*(?:年|{_DASH}|\s)\s*\d{{1,2}}\s*(?:月|{_DASH}|\s)\s*\d{{1,2}}\s*日?"
    r"|(?<!\d)\d{8}(?!\d))(?:\s*生まれ|\s*生)?"
)
_CARD = re.compile(r"[0-9A-Z]{3}[0-9]{6}")
_NUMBER = re.compile(r"[0-9A-Z]{10}")
_LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"[-+().・]")


@dataclass(frozen=True)
class Term:
    """What was typed, as it is looked for: one way after the other until something is found. With
    a `card` eligibility is asked first."""

    ways: tuple[StaffSearch, ...] = ()
    card: str = ""

    @property
    def kind(self) -> str:
        return self.ways[0].kind if self.ways else "card"


class TwelveDigitTerm(Mistyped):
    """Twelve digits: not looked for, not shown again."""


def read_term(text: str, today: date) -> Term:
    """Raises IndividualNumber, and Mistyped with the sentence to show."""
    if has_individual_number(text):
        raise TwelveDigitTerm(INDIVIDUAL_NUMBER)
    typed = text.strip()[:LONGEST]
    if not typed:
        raise Mistyped(NO_TERM)
    if "@" in typed or "＠" in typed:
        return _only(StaffSearch(email=read_email(typed)))
    return _numbered(typed) or _named(typed, today)


def _only(*ways: StaffSearch) -> Term:
    return Term(ways)


def _numbered(typed: str) -> Term | None:
    """A number of some kind. Ten digits may be two kinds: who telephones has no such number."""
    code = _SIGNS.sub("", fold(typed).rpartition(":")[2].upper())
    number = StaffSearch(number=code) if _is_number(code) else None
    if code.isdigit() and not (number and code[0] != "0"):
        phone = StaffSearch(phone=read_phone(typed))
        return _only(phone, number) if number else _only(phone)
    if number and any(map(str.isdigit, code)):
        return _only(number)
    return Term(card=code) if _CARD.fullmatch(code) else None


def _is_number(code: str) -> bool:
    try:
        return bool(_NUMBER.fullmatch(code) and read_booking_number(code))
    except Mistyped:
        return False


def _named(typed: str, today: date) -> Term:
    found = _DATE.search(typed)
    name = f"{typed[: found.start()]} {typed[found.end() :]}" if found else typed
    if not _LETTER.search(name):
        raise Mistyped(HELP)
    try:
        read = read_person_name(name)
    except Mistyped:
        raise Mistyped(HELP) from None
    if found is None:
        number = StaffSearch(number=fold(typed)) if _is_number(fold(typed).upper()) else None
        if number:
            return _only(number)
        raise Mistyped(NO_BIRTH)
    return _only(StaffSearch(name=read, born=read_born(found[0], today)))
