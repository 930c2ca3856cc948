"""Text as people type it, brought to one form: widths, dashes, blanks, what cannot be seen."""

import re
import unicodedata

# NFKC folds the full-width hyphen, but neither the minus sign, the true hyphens nor the long vowel
# mark. All of them stand for a hyphen in numbers and dates.
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー─━﹣⁃˗"), "-")
INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xAD, 0xFE0F]
)
_SAME_PLACES = str.maketrans({"稙": "植"})
_BLANKS = re.compile(r"\s+")


def plain(text: str) -> str:
    """The text in half-width signs, with dashes of one kind and nothing that cannot be seen."""
    return unicodedata.normalize("NFKC", text).translate(DASHES).translate(INVISIBLE)


def fold(text: str) -> str:
    """A code, a number or an address without what only looks different. Never for names."""
    return _BLANKS.sub("", plain(text))


def fold_place(text: str) -> str:
    """The name of an office as it is compared: 植田支所 and 稙田支所 are one place."""
    return fold(text).casefold().translate(_SAME_PLACES)
