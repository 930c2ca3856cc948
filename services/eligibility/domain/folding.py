"""Text as people type it, brought to one form: widths, dashes and spaces."""

import unicodedata

# NFKC folds the full-width hyphen but neither the minus sign, the true hyphens nor the long vowel
# mark, all of which stand for a hyphen in numbers and dates.
_DASHES = "-‐‑‒–—―⁃−─━ー"
_TO_HYPHEN = str.maketrans(dict.fromkeys(_DASHES, "-"))


def fold(text: str) -> str:
    """NFKC, every dash a hyphen, no white space. For codes and dates, never for names."""
    folded = unicodedata.normalize("NFKC", text).translate(_TO_HYPHEN)
    return "".join(folded.split())
