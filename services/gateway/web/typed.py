"""What people type, as they type it: full-width digits, any dash, eras, blanks; read or refused."""

import re
from dataclasses import dataclass
from datetime import date

from libs.rules.dates import ERAS, Era, Reason, WrongDate, day_of, split_date, split_year
from libs.rules.folding import fold
from libs.rules.names import Fault, NotAName, read_name
from libs.rules.numbers import booking_number, card_number
from libs.rules.personal_numbers import has_individual_number

from .language import _

_BLANKS = re.compile(r"\s+")
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HEX = "(?:[0-9a-f]{32}){1,2}"
_OUR_WORDS = re.compile(rf"\b(?:{_UUID}|{_HEX}|[A-Za-z0-9_-]{{43}})(?![A-Za-z0-9_-])")
"""Ids, keys and tokens of our own forms; now and then one has twelve digits in a row by chance."""

_SPACED = re.compile(r"\s*(\D*\d{1,4})\s+(\d{1,2})\s+(\d{1,2})\s*")
_DIGITS = re.compile("[0-9]{1,2}")
_AFTER_DATE = re.compile(r"(?:\([日月火水木金土](?:曜日?)?\))?(?:生まれ|生)?$")


_COUNTRY = re.compile(r"(?:\+|010-?|00)81-?(?:\(0\))?0?(?=[1-9])")
_PHONE = re.compile(r"0[5-9]0[1-9]\d{7}|0[1-9][1-9]\d{7}")
_NOBODYS_PHONE = re.compile(r"0(?:120|170|180|570|800|990)\d*")
_FEW_DIGITS = re.compile(r"[1-9]\d{4,7}")
PHONE_HELP = _(
    "電話番号は、市外局番から10桁か11桁の数字で入力してください。例：090-1234-5678、097-534-6111"
)
PHONE_AREA = _("市外局番から入力してください。例：097-534-6111")
PHONE_ABROAD = _("日本の電話番号を入力してください。例：090-1234-5678")
PHONE_NOBODYS = _(
    "この番号には、市からおかけできません。携帯電話か、市外局番から始まる番号を入力してください。"
)

INDIVIDUAL_NUMBER = _(
    "12桁の番号が入力されました。マイナンバーはこの予約では使いません。入力した番号は消しました。"
)
_NO_DAY = _("カレンダーにない日付です。生年月日をお確かめください。")
_WRONG_DATE: dict[Reason, str] = {
    "calendar": _NO_DAY,
    "era-day": _("その元号に、この日付はありません。元号と年月日をお確かめください。"),
    "era-year": _("その元号に、この年はありません。年をお確かめください。"),
    "short-year": _("西暦の年は4桁で入力してください。元号のときは、暦で選んでください。"),
    "zero": _NO_DAY,
}
_WRONG_NAME: dict[Fault, str] = {
    "missing": _("氏名を入力してください。"),
    "not-a-name": _(
        "氏名は、カタカナか、在留カードのローマ字で入力してください。"
        "例：オオイタ ハナコ、NGUYEN VAN A"
    ),
}


class Mistyped(Exception):
    """Cannot be what was asked for. The text is the sentence for the person who typed it."""


@dataclass(frozen=True)
class TypedDate:
    """A date as its fields hold it."""

    era: str = "ce"
    year: str = ""
    month: str = ""
    day: str = ""


def harmless(text: str) -> str:
    """`text`, or nothing where 12 digits stand in it that are no part of an id of ours."""
    return "" if has_individual_number(_OUR_WORDS.sub("id", text)) else text


def read_card_number(text: str, pattern: re.Pattern[str], sentence: str) -> str:
    """A card number as it is compared. Raises Mistyped(`sentence`)."""
    if (number := card_number(text, pattern)) is None:
        raise Mistyped(sentence)
    return number


def read_booking_number(text: str) -> str:
    """XXXXX-XXXXX. Raises Mistyped."""
    if not fold(text):
        raise Mistyped(_("予約番号を入力してください。"))
    if (number := booking_number(text)) is None:
        raise Mistyped(_("予約番号は、英数字10文字です。例：8K2M4-7QX3P"))
    return f"{number[:5]}-{number[5:]}"


def read_phone(text: str) -> str | None:
    """A Japanese number as its 10 or 11 digits, None for a blank. Raises Mistyped."""
    folded = re.sub(r"^(?i:tel)[:.]?", "", fold(text))
    if not folded:
        return None
    domestic = _COUNTRY.sub("0", folded, count=1) if _COUNTRY.match(folded) else folded
    digits = re.sub(r"[-().・/]", "", domestic)
    if _NOBODYS_PHONE.fullmatch(digits):
        raise Mistyped(PHONE_NOBODYS)
    if _PHONE.fullmatch(digits):
        return digits
    if folded.startswith("+"):
        raise Mistyped(PHONE_ABROAD)
    raise Mistyped(PHONE_AREA if _FEW_DIGITS.fullmatch(digits) else PHONE_HELP)


def read_person_name(text: str) -> str:
    """A name in full-width katakana or in Latin capitals, however typed. Raises Mistyped."""
    try:
        return read_name(text)
    except NotAName as wrong:
        raise Mistyped(_WRONG_NAME[wrong.fault]) from None


def read_birth(typed: TypedDate, today: date) -> date:
    """A date of birth, also when the whole of it was typed into one field. Raises Mistyped."""
    year = _folded_date(typed.year)
    month, day = fold(typed.month).rstrip("月"), fold(typed.day).rstrip("日")
    if not (year or month or day):
        raise Mistyped(_("生年月日を入力してください。"))
    if not day and (whole := split_date(year)):
        return _birth(whole[0] or _known_era(typed.era), *whole[1:], today)
    if (found := split_year(year)) is None:
        raise Mistyped(_("生年月日の年を数字で入力してください。例：1960"))
    era = found[0] or _known_era(typed.era)
    if not _DIGITS.fullmatch(month) or not _DIGITS.fullmatch(day):
        raise Mistyped(_("生年月日の月と日を数字で入力してください。例：4月1日は 4 と 1"))
    return _birth(era, found[1], month, day, today)


def read_whole_birth(text: str, today: date, sentence: str) -> date:
    """A date of birth in one field, which names its era or has four digits of the common one.
    Raises Mistyped, with `sentence` for what is written in no way that can be read."""
    written = split_date(_folded_date(text))
    if written is None or not (written[0] or len(written[1]) == 4):
        raise Mistyped(sentence)
    return _birth(written[0] or "ce", *written[1:], today)


def _folded_date(text: str) -> str:
    return _AFTER_DATE.sub("", fold(_SPACED.sub(r"\1/\2/\3", text)).upper())


def _known_era(code: str) -> Era:
    for era in ("ce", *ERAS):
        if era == code:
            return era
    raise Mistyped(_("暦を選んでください。"))


def _birth(era: Era, year: str, month: str, day: str, today: date) -> date:
    try:
        born = day_of(era, year, month, day)
    except WrongDate as wrong:
        no_year = wrong.reason == "zero" and era != "ce" and not year.strip("0")
        raise Mistyped(_WRONG_DATE["era-year" if no_year else wrong.reason]) from None
    if born > today or born.year < 1900:
        raise Mistyped(_("生年月日の年をお確かめください。"))
    return born
