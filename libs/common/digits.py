"""Twelve digits in a text: individual numbers (マイナンバー) get in nowhere, however written."""

import re
import unicodedata
from collections.abc import Mapping

from .errors import Malformed

DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー─━﹣⁃˗"), "-")
INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xAD, 0xFE0F]
)
BETWEEN = r"[\s\-.・_/,()\[\]、。+*|~'’]"
"""What people put between the groups of a number."""

_BETWEEN_DIGITS = re.compile(rf"(?<=\d){BETWEEN}+(?=\d)")
# +81 and ten digits are a mobile phone; nothing else of twelve digits is asked for anywhere.
_TWELVE = re.compile(r"(?<!\d)(?!(?<=\+)81[5-9]0)\d{12}(?!\d)")


def plain(text: str) -> str:
    """The text in half-width signs, with dashes of one kind and nothing that cannot be seen."""
    return unicodedata.normalize("NFKC", text).translate(DASHES).translate(INVISIBLE)


def has_individual_number(text: str) -> bool:
    """Whether 12 digits stand in `text`, in whatever way they are grouped."""
    return bool(_TWELVE.search(_BETWEEN_DIGITS.sub("", plain(text))))


def refuse_individual_numbers(texts: Mapping[str, str]) -> None:
    """Raises Malformed with the names of the fields that have 12 digits, never with the digits.

    The doors drop them before; a service does not rely on it for what it keeps.
    """
    if found := [name for name, text in texts.items() if has_individual_number(text)]:
        raise Malformed(
            "Twelve digits are not taken in a text: no individual number is kept here.",
            fields=found,
        )
