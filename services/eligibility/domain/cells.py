"""What spreadsheets make of a cell: read for what was meant, or named for what it has become."""

import re
from datetime import date, datetime

_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?Z?$")
_SERIAL = re.compile(r"[0-9]{4,5}(?:\.0+)?")
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")

EXPONENT = "Excelの指数表示（1.23E+11など）になり、元の値が失われています。"
LOST_ZEROS = "先頭の0が失われている可能性があります（Excel）。元のデータで確かめてください。"
SERIAL = "Excelの日付の数値（シリアル値）です。日付の書式に直してください。"
CALCULATION = "Excelの計算の誤り（#N/Aなど）です。"


def unwrapped(cell: str) -> str:
    """Without what Excel needs to leave a text alone: ="0123" or a leading apostrophe."""
    found = _FORMULA_TEXT.fullmatch(cell.strip())
    if found:
        return found[1].replace('""', '"')
    return cell.removeprefix("'")


def without_midnight(cell: str) -> str:
    """A date that a database or Excel wrote with the time 0:00."""
    return _MIDNIGHT.sub("", cell.strip())


def wrong_number(cell: str, shape: re.Pattern[str]) -> str | None:
    """What has become of a number that is none any more, where that can be said."""
    text = cell.strip()
    if text.upper() in _ERRORS:
        return CALCULATION
    if _EXPONENT.fullmatch(text):
        return EXPONENT
    if text.isdecimal() and any(shape.fullmatch("0" * n + text) for n in range(1, 9)):
        return LOST_ZEROS
    return None


def wrong_date(cell: str) -> str | None:
    """The same of a date."""
    text = cell.strip()
    if text.upper() in _ERRORS:
        return CALCULATION
    if _EXPONENT.fullmatch(text):
        return EXPONENT
    return SERIAL if _SERIAL.fullmatch(text) else None


def text_of(value: object) -> str:
    """A cell of a workbook as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        whole = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    return str(value)
