"""Dates as people and offices write them: of the common era, of Japanese eras, packed digits."""

import re
from datetime import date
from typing import Literal

Era = Literal["ce", "meiji", "taisho", "showa", "heisei", "reiwa"]
Reason = Literal["calendar", "era-day", "era-year", "short-year", "zero"]
"""No day of the calendar; not a day of the era; not a year of it; the common era with fewer than
four digits; a part is 0, which offices write for what is not known."""

ERAS: dict[Era, tuple[date, date]] = {
    "meiji": (date(1868, 1, 25), date(1912, 7, 30)),
    "taisho": (date(1912, 7, 30), date(1926, 12, 25)),
    "showa": (date(1926, 12, 25), date(1989, 1, 7)),
    "heisei": (date(1989, 1, 8), date(2019, 4, 30)),
    "reiwa": (date(2019, 5, 1), date.max),
}
"""The first and the last day of each. A day on which an era changed belongs to both, but for
1989-01-08 and 2019-05-01, which the new one began at midnight."""

_CODES: dict[str, Era] = dict(zip("12345", ERAS, strict=True))
_NAMES: dict[str, Era] = {
    **dict.fromkeys(("明治", "明", "M"), "meiji"),
    **dict.fromkeys(("大正", "大", "T"), "taisho"),
    **dict.fromkeys(("昭和", "昭", "S"), "showa"),
    **dict.fromkeys(("平成", "平", "H"), "heisei"),
    **dict.fromkeys(("令和", "令", "R"), "reiwa"),
    "西暦": "ce",
}
_ERA = rf"(?:(?P<era>{'|'.join(_NAMES)})[.・]?)?"
_YEAR = re.compile(_ERA + r"(?P<year>[0-9]{1,4}|元)年?")
_PARTS = re.compile(
    _ERA + r"(?P<year>[0-9]{1,4}|元)[年./,・、-](?P<month>[0-9]{1,2})[月./,・、-]"
    r"(?P<day>[0-9]{1,2})日?"
)
_PACKED = re.compile(_ERA + r"(?P<year>(?:[0-9]{2})?[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_CODED = re.compile(r"(?P<era>[1-5])(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")


class WrongDate(ValueError):
    """Not a day. Each reader has its own sentence for the reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


Written = tuple[Era | None, str, str, str]
"""The era where the text names one, year, month and day as they stand there."""


def split_date(folded: str) -> Written | None:
    """The parts of a date that is written in one; None for anything else."""
    if found := _CODED.fullmatch(folded):
        return _CODES[found["era"]], found["year"], found["month"], found["day"]
    found = _PARTS.fullmatch(folded) or _PACKED.fullmatch(folded)
    if found is None or not _is_year(found):
        return None
    return _era_of(found), found["year"], found["month"], found["day"]


def split_year(folded: str) -> tuple[Era | None, str] | None:
    """The era, where one is named, and the year; None for anything else."""
    found = _YEAR.fullmatch(folded)
    return (_era_of(found), found["year"]) if found and _is_year(found) else None


def day_of(era: Era, year: str, month: str, day: str) -> date:
    """The day that digits say, by the first and last day of the era. Four digits are a year of the
    common era, whichever was chosen before. Raises WrongDate."""
    first, last = ERAS.get(era, (date.min, date.max))
    number = 1 if year == "元" else int(year)
    if len(year) == 4:
        return _calendar_day(number, int(month), int(day))
    if era == "ce":
        raise WrongDate("short-year")
    if number > last.year - first.year + 1:
        raise WrongDate("era-year")
    found = _calendar_day(first.year + number - 1 if number else 0, int(month), int(day))
    if not first <= found <= last:
        raise WrongDate("era-day")
    return found


def era_of(day: date) -> tuple[Era, int]:
    """The era of a day and the year in it; the day on which an era changed is the new one's.
    Raises ValueError for a day before all of them."""
    era = max((era for era in ERAS if ERAS[era][0] <= day), key=lambda era: ERAS[era][0])
    return era, day.year - ERAS[era][0].year + 1


def _calendar_day(year: int, month: int, day: int) -> date:
    if 0 in (year, month, day):
        raise WrongDate("zero")
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise WrongDate("calendar") from None


def _era_of(found: re.Match[str]) -> Era | None:
    return _NAMES[found["era"]] if found["era"] else None


def _is_year(found: re.Match[str]) -> bool:
    """A year of a named Japanese era has two digits at most."""
    return len(found["year"]) <= 2 or found["era"] in (None, "西暦")
