"""Whether a file carries individual numbers (マイナンバー), in whatever column.

A column of other offices may well have numbers of twelve digits of its own, one in eleven of which
ends in the check digit of an individual number by chance. So a column is judged by all its cells:
it is one of individual numbers where half of the numbers in it have that digit. A remark with a
single one is as well.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.rules.personal_numbers import LENGTH, find

from .problems import CarriesNumbers

_ENOUGH = 20
_SHARE = 0.5


@dataclass
class _Column:
    found: int = 0
    certain: int = 0
    first_line: int = 0

    @property
    def is_of_persons(self) -> bool:
        return self.found > 0 and self.certain / self.found >= _SHARE


@dataclass
class TwelveDigits:
    """Looks at every cell. `names` are those by which the refusal calls columns; others are called
    by their place, because a heading may be a row of data."""

    names: dict[int, str] = field(default_factory=dict)
    _columns: dict[int, _Column] = field(default_factory=lambda: defaultdict(_Column))

    def look(self, line: int, cells: Sequence[str]) -> list[int]:
        """The places of cells with twelve digits of any kind."""
        places = []
        for place, cell in enumerate(cells):
            if len(cell) < LENGTH and cell.isascii():
                continue
            found = [twelve.is_certain for twelve in find(cell)]
            if found:
                places.append(place)
                self._note(self._columns[place], line, certain=any(found))
        return places

    def refuse(self, *, final: bool) -> None:
        """Raises CarriesNumbers; before the end of the file only where there is no doubt left."""
        for place, column in self._columns.items():
            if column.is_of_persons and (final or column.found >= _ENOUGH):
                name = self.names.get(place, f"{place + 1}列目")
                raise CarriesNumbers(column.first_line, name, column.certain)

    @staticmethod
    def _note(column: _Column, line: int, *, certain: bool) -> None:
        column.found += 1
        if certain:
            column.certain += 1
            column.first_line = column.first_line or line
