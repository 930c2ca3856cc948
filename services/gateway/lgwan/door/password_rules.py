"""Which passwords staff may choose. The lengths and kinds are the city's policy, so settings."""

import re
import string
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

LONGEST = 200
_OFTEN = Path(__file__).parent / "often_used.txt"
_WORD = re.compile(r"[\W\d_]+")
_KINDS = (
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.digits,
)


@dataclass(frozen=True)
class PasswordRules:
    """`kinds` of small letters, capitals, digits and signs at least; `days` until a password has to
    be changed, 0 for never: a change that is forced makes passwords worse."""

    shortest: int = 15
    kinds: int = 1
    days: int = 0
    blocked: Collection[str] = field(default_factory=frozenset)

    @property
    def age(self) -> timedelta | None:
        return timedelta(days=self.days) if self.days else None

    def wrong(self, password: str, own_words: Collection[str] = ()) -> str:
        """What to do about it, as a sentence; nothing where it is well. `own_words` are what
        others know of its owner."""
        if not self.shortest <= len(password) <= LONGEST:
            return f"パスワードは{self.shortest}文字から{LONGEST}文字までで決めてください。"
        if kinds_in(password) < self.kinds:
            return f"英小文字・英大文字・数字・記号のうち、{self.kinds}種類以上を使ってください。"
        if self._is_guessable(password, own_words):
            return (
                "推測されやすいパスワードです。"
                "よく使われる言葉、同じ文字の並び、職員IDや名前を避けて決めてください。"
            )
        return ""

    def _is_guessable(self, password: str, own_words: Collection[str]) -> bool:
        """Few different characters, a run of neighbours, or nothing but words that everybody tries
        with digits and signs around them."""
        folded = normalize("NFKC", password).lower()
        if len(set(folded)) < 5 or _is_run(folded):
            return True
        listed = {*often_used(), *self.blocked, *(word.lower() for word in own_words if word)}
        if folded in listed:
            return True
        words = [word for word in _WORD.split(folded) if word]
        return all(_made_of(word, listed) for word in words) and not _long_digits(folded)


def kinds_in(password: str) -> int:
    """How many of the four kinds it has; what is no letter and no digit is a sign."""
    found = sum(any(one in kind for one in password) for kind in _KINDS)
    return found + any(one not in "".join(_KINDS) for one in password)


def _is_run(text: str) -> bool:
    """Whether nearly all characters follow each other or repeat: 123456789012345, aaaabbbb…"""
    steps = [ord(b) - ord(a) for a, b in pairwise(text)]
    return sum(step in (-1, 0, 1) for step in steps) > len(steps) * 3 // 4


def _made_of(word: str, listed: Collection[str]) -> bool:
    """Whether the word is one of the list, or the same one several times."""
    return word in listed or any(
        len(word) % len(one) == 0 and one * (len(word) // len(one)) == word
        for one in listed
        if one and len(one) < len(word)
    )


def _long_digits(text: str) -> bool:
    """Digits that are no date and no year beside the words: they were made up."""
    return sum(one.isdigit() for one in text) > 8


@cache
def often_used() -> frozenset[str]:
    """The words of the list that comes with the system: what is tried first everywhere."""
    return frozenset(_OFTEN.read_text().split())


def read_blocked(path: str) -> frozenset[str]:
    """The city's own list, a password a line. Raises OSError."""
    if not path:
        return frozenset()
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip())
