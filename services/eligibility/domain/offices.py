"""Which office a row of the CSV means: its id, its name or the beginning of its name."""

from collections import Counter
from collections.abc import Mapping

from libs.rules.folding import fold_place

_SHORTEST = 2


class OfficeFinder:
    """Finds an office by what people write: 'tsurusaki', 鶴崎支所 or 鶴崎.

    稙田支所 is 植田支所, whichever of both the settings show. A beginning of two characters or more
    counts where only one office's name has it.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._ids = _beginnings(names) | {fold_place(key): key for key in names}
        self._ids |= {fold_place(name): key for key, name in names.items()}

    def find(self, text: str) -> str | None:
        """The office id, or None."""
        return self._ids.get(fold_place(text))


def _beginnings(names: Mapping[str, str]) -> dict[str, str]:
    pairs = [
        (fold_place(name)[:length], key)
        for key, name in names.items()
        for length in range(_SHORTEST, len(fold_place(name)))
    ]
    seen = Counter(beginning for beginning, _ in pairs)
    return {beginning: key for beginning, key in pairs if seen[beginning] == 1}
