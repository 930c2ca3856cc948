"""Dates of birth in a CSV, in every notation that offices write."""

from datetime import date, datetime

from libs.contracts.times import JST
from libs.rules.dates import Reason, WrongDate, day_of, split_date
from libs.rules.folding import fold

EARLIEST = date(1900, 1, 1)
_WORDS: dict[Reason, str] = {
    "calendar": "暦にない日付です。",
    "era-day": "元号と年月日が合いません。",
    "era-year": "元号と年月日が合いません。",
    "short-year": "日付として読み取れません。",
    "zero": "年月日に不明な部分(0や00)があります。",
}


class WrongBirth(ValueError):
    """Not a date of birth; the text is the reason in Japanese, without the value."""


def day_in_japan(now: datetime) -> date:
    return now.astimezone(JST).date()


def born_on(text: str, today: date) -> date:
    """The date of birth that `text` says. Raises WrongBirth."""
    if not (folded := fold(text).upper()):
        raise WrongBirth("空欄です。")
    if (written := split_date(folded)) is None:
        raise WrongBirth("日付として読み取れません。")
    era, *parts = written
    try:
        day = day_of(era or "ce", *parts)
    except WrongDate as wrong:
        raise WrongBirth(_WORDS[wrong.reason]) from None
    if day < EARLIEST:
        raise WrongBirth("1900年より前の日付です。")
    if day > today:
        raise WrongBirth("今日より後の日付です。")
    return day
