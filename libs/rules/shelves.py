"""保管番号: where a card lies, as the city marks its shelves and boxes."""

import re

from .folding import fold

_SHELF = re.compile(r"(?=.{1,10}$)[0-9A-Z]+(-[0-9A-Z]+)*")
"""Letters, digits and hyphens, and few of them: room for no name and no number of a person."""


def read_shelf(typed: str) -> str | None:
    """As it is kept; None where nothing was typed. Raises ValueError."""
    text = fold(typed).upper()
    if text and not _SHELF.fullmatch(text):
        raise ValueError("not the number of a shelf")
    return text or None
