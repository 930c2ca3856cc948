"""Dates of birth in every notation that offices write: western, Japanese eras, packed digits."""

import re
from datetime import date, datetime

from libs.contracts.times import JST
from libs.rules.folding import fold

EARLIEST = date(1900, 1, 1)
_ERAS = (
    ("1M明", date(1868, 1, 25), date(1912, 7, 30)),
    ("2T大", date(1912, 7, 30), date(1926, 12, 25)),
    ("3S昭", date(1926, 12, 25), date(1989, 1, 7)),
    ("4H平", date(1989, 1, 8), date(2019, 4, 30)),
    ("5R令", date(2019, 5, 1), date.max),
)
_ERA_OF_SIGN = {sign: (first, last) for signs, first, last in _ERAS for sign in signs}
_SEPARATED = "[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
_WESTERN = (
    re.compile(f"([0-9]{{4}}){_SEPARATED}"),
    re.compile("([0-9]{4})([0-9]{2})([0-9]{2})"),
)
_JAPANESE = (
    re.compile(f"(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])(元|[0-9]{{1,2}}){_SEPARATED}"),
    re.compile("([1-5MTSHR])([0-9]{2})([0-9]{2})([0-9]{2})"),
)


class WrongDate(ValueError):
    """Not a date of birth; the text is the reason in Japanese, without the value."""


def day_in_japan(now: datetime) -> date:
    return now.astimezone(JST).date()


def born_on(text: str, today: date) -> date:
    """The date of birth that `text` says. Raises WrongDate."""
    if not (folded := fold(text).upper()):
        raise WrongDate("空欄です。")
    day = _read(folded)
    if day < EARLIEST:
        raise WrongDate("1900年より前の日付です。")
    if day > today:
        raise WrongDate("今日より後の日付です。")
    return day


def _read(text: str) -> date:
    for pattern in _WESTERN:
        if match := pattern.fullmatch(text):
            return _calendar_day(*map(int, match.groups()))
    for pattern in _JAPANESE:
        if match := pattern.fullmatch(text):
            return _day_of_era(*match.groups())
    raise WrongDate("日付として読み取れません。")


def _calendar_day(year: int, month: int, day: int) -> date:
    if 0 in (year, month, day):
        raise WrongDate("年月日に不明な部分(0や00)があります。")
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongDate("暦にない日付です。") from None


def _day_of_era(sign: str, year: str, month: str, day: str) -> date:
    first, last = _ERA_OF_SIGN[sign[0]]
    number = 1 if year == "元" else int(year)
    found = _calendar_day(first.year + number - 1 if number else 0, int(month), int(day))
    if not first <= found <= last:
        raise WrongDate("元号と年月日が合いません。")
    return found
