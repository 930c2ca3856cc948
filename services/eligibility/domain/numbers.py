"""Card numbers (製造管理番号), and the individual numbers that must never get in (マイナンバー)."""

import re
import unicodedata

from .folding import fold

# Twelve digits by themselves, also in three groups of four as they are printed on the card.
_TWELVE = re.compile(r"(?<![0-9])[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def card_number(text: str) -> str:
    """The number as it is compared: half-width capitals without hyphens."""
    return fold(text).replace("-", "").upper()


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


def holds_individual_number(text: str) -> bool:
    """Whether an individual number stands anywhere in `text`."""
    if len(text) < 12 or sum(map(str.isdigit, text)) < 12:
        return False
    spaced = unicodedata.normalize("NFKC", text)
    return any(
        is_individual_number(re.sub("[ -]", "", found))
        for candidate in (spaced, fold(text), card_number(text))
        for found in _TWELVE.findall(candidate)
    )


def looks_individual(text: str) -> bool:
    """Whether somebody typed twelve digits, or more with an individual number among them."""
    return bool(re.fullmatch("[0-9]{12}", card_number(text))) or holds_individual_number(text)
