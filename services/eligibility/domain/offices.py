"""Which office a row of the CSV means: its id, its name or the beginning of its name."""

from collections import Counter
from collections.abc import Mapping

from libs.rules.folding import fold

_SHORTEST = 2


class OfficeFinder:
    """Finds an office by what people write: 'tsurusaki', 鶴崎支所 or 鶴崎.

    A beginning of two characters or more counts where only one office's name has it.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._ids = _beginnings(names) | {_folded(key): key for key in names}
        self._ids |= {_folded(name): key for key, name in names.items()}

    def find(self, text: str) -> str | None:
        """The office id, or None."""
        return self._ids.get(_folded(text))


def _beginnings(names: Mapping[str, str]) -> dict[str, str]:
    pairs = [
        (_folded(name)[:length], key)
        for key, name in names.items()
        for length in range(_SHORTEST, len(_folded(name)))
    ]
    seen = Counter(beginning for beginning, _ in pairs)
    return {beginning: key for beginning, key in pairs if seen[beginning] == 1}


def _folded(text: str) -> str:
    return fold(text).casefold()
