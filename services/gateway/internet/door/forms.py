"""What the citizens' forms ask: typed texts in, answers or sentences out."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from libs.common.errors import Malformed
from libs.contracts.times import find_day, parse_moment
from libs.rules.folding import fold
from libs.rules.numbers import booking_number, card_number, code_of
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.reading import Errors, Reading
from services.gateway.web.typed import (
    Mistyped,
    TypedDate,
    read_booking_number,
    read_card_number,
    read_person_name,
)

CARD_HELP = _(
    "番号は、英数字3文字と数字6桁です。はがきの「製造管理番号」をご覧ください。例：ABC-123456"
)
APPLICATION_ID = _(
    "23桁の番号は、申請書IDです。予約には使いません。"
    "はがき（交付通知書）の「製造管理番号」を入力してください。例：ABC-123456"
)
BOOKING_NUMBER = _(
    "予約番号が入力されました。予約の確認・変更・取り消しは、最初の画面の"
    "「予約の確認・変更・取り消し」からお進みください。新しい予約には、はがき（交付通知書）の"
    "「製造管理番号」を入力してください。例：ABC-123456"
)
_NO_CARD = _(
    "入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日をお確かめください。"
    "お電話でも予約できます。"
)
CARD_SENTENCES = {
    "no-match": _NO_CARD,
    "not-found": _NO_CARD,
    "malformed": CARD_HELP,
    "individual-number": _("12桁のマイナンバーは入力しないでください。"),
    "already-collected": _("このカードは、すでにお渡ししています。ご不明な点はお電話ください。"),
}
"""What the pages that ask for a card say of eligibility's refusals."""
_APPLICATION_ID = re.compile(r"\d{23}")
_KEY = re.compile(r"[0-9a-f]{32}")
_CARDS = re.compile(r"[1-9]")
_START = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


@dataclass(frozen=True)
class Identification:
    """Booking id and date of birth. `card` is safe to show again, `code` is what is compared."""

    card: str
    code: str
    birth: TypedDate
    born: date | None
    errors: Errors


@dataclass(frozen=True)
class AboutYou:
    """`cards` is 0 where the number of cards was not asked for."""

    kana: str
    birth: TypedDate
    born: date | None
    cards: int
    errors: Errors


@dataclass(frozen=True)
class Proof:
    number: str
    birth: TypedDate
    born: date | None
    errors: Errors


def read_identification(form: Form, pattern: str, today: date) -> Identification:
    reading = Reading(form)
    card, code = reading.text("card"), ""
    if "card" not in reading.errors:
        try:
            code = _card_code(card, pattern)
            card = fold(card).upper()
        except Mistyped as wrong:
            reading.errors["card"] = str(wrong)
    birth, born = reading.birth(today)
    return Identification(card, code, birth, born, reading.errors)


def read_about_you(form: Form, *, asks_name: bool, asks_birth: bool, today: date) -> AboutYou:
    """`asks_name`: 氏名カナ; `asks_birth`: date of birth."""
    reading = Reading(form)
    kana = _kana(reading) if asks_name else ""
    birth, born = reading.birth(today) if asks_birth else (TypedDate(), None)
    cards = form.get("cards")
    return AboutYou(kana, birth, born, int(cards) if _CARDS.fullmatch(cards) else 0, reading.errors)


def _kana(reading: Reading) -> str:
    typed = reading.text("kana")
    if "kana" in reading.errors:
        return ""
    try:
        return read_person_name(typed)
    except Mistyped as wrong:
        reading.errors["kana"] = str(wrong)
        return typed


def read_proof(form: Form, today: date) -> Proof:
    reading = Reading(form)
    number = reading.text("number")
    if "number" not in reading.errors:
        try:
            number = read_booking_number(number)
        except Mistyped as wrong:
            reading.errors["number"] = str(wrong)
    birth, born = reading.birth(today)
    return Proof(number, birth, born, reading.errors)


def read_form_key(form: Form) -> str:
    """The key that our page put into its form. Raises Malformed."""
    key = form.get("key")
    if not _KEY.fullmatch(key):
        raise Malformed("The form's key is missing.")
    return key


def read_start(form: Form) -> datetime:
    """A start time as our buttons send it, in the city's time. Raises Malformed."""
    text = form.get("start")
    start = _moment(text) if _START.fullmatch(text) else None
    if start is None:
        raise Malformed("A start time is expected.")
    return start


def read_month(text: str) -> date | None:
    """2026-12 as its first day; None for anything else."""
    return find_day(f"{text}-01") if len(text) == len("2026-12") else None


def is_card_number(typed: str, pattern: str) -> bool:
    return card_number(typed, re.compile(f"(?:{pattern})")) is not None


def _card_code(card: str, pattern: str) -> str:
    if not card:
        raise Mistyped(_("はがきの番号（製造管理番号）を入力してください。"))
    if _APPLICATION_ID.fullmatch(fold(card).replace("-", "")):
        raise Mistyped(APPLICATION_ID)
    numbers = re.compile(f"(?:{pattern})")
    if booking_number(card) and not _is_nearly_a_card_number(card, numbers):
        raise Mistyped(BOOKING_NUMBER)
    return read_card_number(card, numbers, CARD_HELP)


def _is_nearly_a_card_number(card: str, numbers: re.Pattern[str]) -> bool:
    """It is one, or one with a sign too many: then it is as long as a booking number."""
    code = code_of(card)
    shorter = (code[:n] + code[n + 1 :] for n in range(len(code)))
    return any(card_number(text, numbers) for text in (code, *shorter))


def _moment(text: str) -> datetime | None:
    try:
        return parse_moment(text)
    except ValueError:
        return None
