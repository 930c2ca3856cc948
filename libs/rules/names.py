"""Names as people type them: in kana, or in Latin letters as on the residence card.

`read_name` is what is kept and shown. `fold_name` is for comparison alone: two names that fold to
the same text, with the same date of birth, are one person. Which pairs match, and which must not,
stands in the tests.
"""

import re
import unicodedata
from typing import Literal

from .folding import INVISIBLE

LONGEST = 100
Fault = Literal["missing", "not-a-name"]
KEY_VERSION, FORMER_VERSION = 2, 1
"""Of the folding. A new one changes the keys of persons: ADR 0028 says how."""

_HIRAGANA = {code: code + 0x60 for code in (*range(ord("ぁ"), ord("ゖ") + 1), *map(ord, "ゝゞ"))}
_MARKS = str.maketrans({"゛": "\u3099", "゜": "\u309a"})
_DOTS = dict.fromkeys(map(ord, "＝=゠･"), "・")
_DASH = re.compile(r"(?<=[ァ-ヺー])[-‐‑−–—―－─━〜～~ｰ]")
_HALF = re.compile("[\uff61-\uff9f]+")
_BLANKS = re.compile(r"\s+")
_KANA = re.compile(rf"[ァ-ヺー・ヽヾ ]{{1,{LONGEST}}}")
_LATIN = re.compile(rf"[A-Z\u00c0-\u024f\u1e00-\u1eff '.,-]{{2,{LONGEST}}}")
_QUOTES = dict.fromkeys(map(ord, "’‘`´ʼ"), "'")

_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶヰヱ", "アイウエオツヤユヨワカケイエ")
_ROWS = {
    "ア": "アカサタナハマヤラワガザダバパヷ",
    "イ": "イキシチニヒミリギジヂビピヸ",
    "ウ": "ウクスツヌフムユルグズヅブプヴ",
    "エ": "エケセテネヘメレゲゼデベペヹ",
    "オ": "オコソトノホモヨロヲゴゾドボポヺ",
}
_VOWEL = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
_LONG = {("オ", "ウ"): "オ", ("エ", "イ"): "エ"}
_LETTERS = str.maketrans({"Đ": "D", "Ø": "O", "Ł": "L", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D"})


class NotAName(ValueError):
    """Neither kana nor Latin letters, or nothing at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_name(text: str) -> str:
    """A name in full-width katakana, from hiragana and half-width as well, or in Latin capitals.
    Raises NotAName."""
    kana = _in_katakana(text)
    if not kana:
        raise NotAName("missing")
    if _KANA.fullmatch(kana) and any("ァ" <= sign <= "ヺ" for sign in kana):
        return kana
    latin = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).translate(_QUOTES)
    latin = _BLANKS.sub(" ", unicodedata.normalize("NFC", latin.upper())).strip()
    if _LATIN.fullmatch(latin) and sum(map(str.isalpha, latin)) >= 2:
        return latin
    raise NotAName("not-a-name")


def is_name(text: str) -> bool:
    try:
        return bool(read_name(text))
    except NotAName:
        return False


def is_in_latin(name: str) -> bool:
    """Whether a name is written in Latin letters, as on the residence card."""
    return is_name(name) and not _KANA.fullmatch(read_name(name))


def fold_name(name: str, version: int = KEY_VERSION) -> str:
    """The name for comparison only, by a version of the rule."""
    if version == 1:
        return _folded_at_first(name)
    try:
        read = read_name(name)
    except NotAName:
        return _folded_at_first(name)
    return _folded_kana(read) if _KANA.fullmatch(read) else _folded_latin(read)


def _in_katakana(text: str) -> str:
    wide = _HALF.sub(lambda part: unicodedata.normalize("NFKC", part[0]), text)
    # Phones of one maker paste the marks of ガ and パ as characters of their own.
    whole = unicodedata.normalize("NFC", wide.translate(_MARKS))
    kana = whole.translate(_HIRAGANA).translate(INVISIBLE).translate(_DOTS)
    return _BLANKS.sub(" ", _DASH.sub("ー", kana)).strip()


def _folded_kana(kana: str) -> str:
    """Without blanks and middle dots; small kana are large, ヰ is イ, ヱ is エ; a long vowel is
    written one way, however it was: オオ, オウ and オー, エエ, エイ and エー."""
    folded = ""
    for sign in re.sub("[ ・]", "", kana).translate(_LARGE):
        before = _VOWEL.get(folded[-1:], "")
        longer = before if sign == "ー" else _LONG.get((before, sign))
        folded += longer or sign
    return folded


def _folded_latin(latin: str) -> str:
    """The letters alone, without their marks."""
    apart = unicodedata.normalize("NFD", latin.translate(_LETTERS))
    return "".join(sign for sign in apart if "A" <= sign <= "Z")


def _folded_at_first(name: str) -> str:
    """Version 1: full-width katakana without blanks."""
    folded = "".join(unicodedata.normalize("NFKC", name).split())
    return "".join(chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign for sign in folded)
