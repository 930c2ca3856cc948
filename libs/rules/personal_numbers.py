"""Individual numbers (マイナンバー) in a text: the one detector of the 12 digits."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.common.errors import Malformed

from .folding import DASHES, INVISIBLE

WORDS = "（12桁の数字）"
"""What is shown instead of the digits."""
LENGTH = 12

_NUMERALS = str.maketrans(
    "〇○◯零一二三四五六七八九壱弌弐弍参肆伍陸漆捌玖", "0000123456789112234567" + "89"
)
_FEWEST = 6
"""A sign like ⑫ is two digits. A text with fewer numerals than this has no 12 digits."""
_SHORT = 3
"""Groups shorter than this are joined only where nothing else stands beside them."""
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)

_GROUP = re.compile(r"\d+")
_RUN = re.compile(r"\d+(?:(?:[\W_]|の){1,12}\d+)*")
_DASH_OF_KANJI = re.compile(r"(?<=\d)一(?=\d)")
_GAP = r"[-\s.()]*"
_SOMETHING_ELSE = re.compile(
    r"(?<![\d/:])(?:"
    r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}"
    r"|(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?"
    r"|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])"
    r"|(?=0(?:[-()]?\d){9,10}(?![-()]?\d))0\d{1,4}[-(]\d{1,4}[-)]\d{3,4}"
    r"|0[1-9]\d{8}|0[5-9]0\d{8}"
    rf"|\+81[-\s.]*(?:\(0\))?[-\s.]*(?:[5-9]0(?:{_GAP}\d){{8}}|[1-9](?:{_GAP}\d){{8}})"
    r")(?![\d/:])"
)
"""Dates, times of day and Japanese phone numbers: their digits belong to nothing else."""


Groups = Sequence[tuple[int, int]]
"""Where groups of digits begin and end."""


@dataclass(frozen=True)
class Found:
    """Where 12 digits stand in a text. `is_certain`: no number of another kind looks like this."""

    start: int
    end: int
    is_certain: bool


def has_individual_number(text: str) -> bool:
    """Whether 12 digits stand in `text`, in whatever way they are grouped."""
    return any(True for _ in find(text))


def has_certain_number(text: str) -> bool:
    """Whether an individual number stands in a text that is compared and thrown away, as columns of
    other offices' files are: these have 12 digits of their own, with another check digit."""
    return any(found.is_certain for found in find(text))


def redacted(text: str) -> str:
    """`text` as it was typed, with words in place of every 12 digits."""
    parts, begin = [], 0
    for found in find(text):
        parts += [text[begin : found.start], WORDS]
        begin = found.end
    return "".join([*parts, text[begin:]])


def refuse_individual_numbers(texts: Mapping[str, str]) -> None:
    """Raises Malformed with the names of the fields that have 12 digits, never with the digits.

    The doors drop them before; a service does not rely on it for what it keeps.
    """
    if found := [name for name, text in texts.items() if has_individual_number(text)]:
        raise Malformed(
            "Twelve digits are not taken in a text: no individual number is kept here.",
            fields=found,
        )


def find(text: str) -> Iterator[Found]:
    """Every 12 digits of `text` in order, none inside another."""
    if len(text) < LENGTH and text.isascii():
        return
    if sum(map(str.isnumeric, text)) < _FEWEST:
        return
    signs, places = _unfolded(text)
    for run in _RUN.finditer(_SOMETHING_ELSE.sub(lambda other: "x" * len(other[0]), signs)):
        for start, end, is_certain in _in_run(signs, run.start(), run.end()):
            yield Found(places[start], places[end - 1] + 1, is_certain)


def is_individual_number(digits: str) -> bool:
    """Whether twelve digits end in the check digit of an individual number.

    11 − (Σ Pn × Qn mod 11), 0 where the remainder is 0 or 1; Pn is the n-th digit from the right
    of the first eleven, Qn is n + 1 up to the sixth and n − 5 from the seventh on. Source:
    行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による通知カード及び
    個人番号カード並びに情報提供ネットワークシステムによる特定個人情報の提供等に関する省令
    (平成26年総務省令第85号) 第5条.
    """
    total = sum(int(p) * q for p, q in zip(digits[:11], _WEIGHTS, strict=True))
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def _unfolded(text: str) -> tuple[str, Sequence[int]]:
    """The text with all digits as 0 to 9, and for each of its signs the place in `text`."""
    if text.isascii():
        return text, range(len(text))
    folded = [
        (sign, place)
        for place, typed in enumerate(text)
        for sign in unicodedata.normalize("NFKC", typed)
        if ord(sign) not in INVISIBLE
    ]
    signs = "".join(_digit_or_sign(sign) for sign, _ in folded).translate(DASHES)
    signs = _DASH_OF_KANJI.sub("-", signs).translate(_NUMERALS)
    return signs, [place for _, place in folded]


def _digit_or_sign(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def _in_run(signs: str, begin: int, finish: int) -> Iterator[tuple[int, int, bool]]:
    """What is found in digits that only separators part."""
    groups = [match.span() for match in _GROUP.finditer(signs, begin, finish)]
    first = 0
    while first < len(groups):
        last = first + 1
        for last, is_certain in _from_group(signs, groups, first):
            yield groups[first][0], groups[last - 1][1], is_certain
            break
        first = last


def _from_group(signs: str, groups: Groups, first: int) -> Iterator[tuple[int, bool]]:
    """The groups of one number from the `first` on: before which it ends, and how certain it is."""
    digits = ""
    for last, (start, end) in enumerate(groups[first : first + LENGTH], start=first + 1):
        digits += signs[start:end]
        alone = last == first + 1
        if len(digits) == LENGTH or (alone and len(digits) == LENGTH + 1):
            sizes = [end - start for start, end in groups[first:last]]
            has_check_digit = _has_check_digit(digits)
            if (
                alone
                or (has_check_digit and min(sizes) >= _SHORT)
                or (digits.strip("0") and _stand_alone(signs, groups, first, last))
            ):
                yield last, has_check_digit or sizes == [4, 4, 4]
        if len(digits) >= LENGTH:
            return


def _has_check_digit(digits: str) -> bool:
    starts = range(len(digits) - LENGTH + 1)
    return any(is_individual_number(digits[n : n + LENGTH]) for n in starts)


def _stand_alone(signs: str, groups: Groups, first: int, last: int) -> bool:
    """Whether nothing is beside the groups, or only behind another separator than between them."""
    within = {_gap(signs, groups, n) for n in range(first + 1, last)}
    beside = {_gap(signs, groups, n) for n in (first, last) if 0 < n < len(groups)}
    return not beside or (len(within) == 1 and not within & beside)


def _gap(signs: str, groups: Groups, n: int) -> str:
    """What stands before the group `n`."""
    return signs[groups[n - 1][1] : groups[n][0]]
