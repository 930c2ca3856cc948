"""Which column of a file is what: said by its heading, by what is in it, or by a person."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .cells import unwrapped
from .dates import WrongBirth, born_on
from .numbers import card_number
from .offices import OfficeFinder

Target = Literal["number", "born", "office", "shielded"]
NUMBER, BORN, OFFICE, SHIELDED = "製造管理番号", "生年月日", "交付場所", "Web不可"
NAMES: dict[Target, str] = {
    "number": NUMBER, "born": BORN, "office": OFFICE, "shielded": SHIELDED,
}  # fmt: skip
_HEADINGS: dict[Target, tuple[str, ...]] = {
    "number": (NUMBER, "予約ID", "カード製造管理番号"),
    "born": (BORN, "生年月日(西暦)", "生年月日(和暦)", "誕生日"),
    "office": (
        OFFICE, "受取場所", "受取窓口", "交付窓口", "受取先", "交付先", "保管場所", "カード所在地",
        "所属", "支所", "窓口", "受取場所コード", "交付場所コード", "受取場所名", "交付場所名",
    ),
    "shielded": (SHIELDED, "ウェブ不可", "ネット不可", "インターネット不可"),
}  # fmt: skip
_PERSON = re.compile(
    "氏名|名前|姓|カナ|かな|住所|番地|方書|性別|電話|携帯|メール|世帯|続柄|本籍|国籍|個人番号|"
    "マイナンバー|郵便|宛名"
)
_FITS = 0.8
"""So much of a column has to look like what it is taken for by its contents alone."""


def heading(text: str) -> str:
    """A column's name as it is compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def is_personal(text: str) -> bool:
    """Whether a heading says that the column is about people and none of ours: it is not shown."""
    return bool(_PERSON.search(unicodedata.normalize("NFKC", text)))


@dataclass(frozen=True)
class Columns:
    """Where the columns are, counted from 0. A file may name the office or leave it to whoever
    imports it: then all of it is for `office_id`. `words` are the file's own words for offices."""

    number: int
    born: int
    office: int | None = None
    shielded: int | None = None
    office_id: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return max(self.number, self.born, self.office or 0, self.shielded or 0)

    def name_of(self, index: int) -> str:
        """Ours for those we know, the position for others: a header may be a row of data."""
        names = {self.number: NUMBER, self.born: BORN, self.office: OFFICE, self.shielded: SHIELDED}
        return names.get(index, f"{index + 1}列目")


def named_columns(header: Sequence[str]) -> dict[int, Target]:
    """What the headings say, the first of two alike."""
    found = [heading(unwrapped(cell)) for cell in header]
    places: dict[int, Target] = {}
    for target, names in _HEADINGS.items():
        for name in map(heading, names):
            if name in found and found.index(name) not in places:
                places[found.index(name)] = target
                break
    return places


@dataclass(frozen=True)
class Guesser:
    """Says what a column without a known heading may be, by its first cells."""

    shape: re.Pattern[str]
    offices: OfficeFinder
    today: date

    def guess(
        self, rows: Sequence[Sequence[str]], named: Mapping[int, Target]
    ) -> dict[int, Target]:
        """Together with what is `named`. Two columns that fit alike are left to a person."""
        found = dict(named)
        width = max(map(len, rows), default=0)
        for target in ("number", "born", "office"):
            if target in found.values():
                continue
            fitting = [n for n in range(width) if n not in found and self._fits(rows, n, target)]
            if len(fitting) == 1:
                found[fitting[0]] = target
        return found

    def is_data(self, cells: Sequence[str]) -> bool:
        """Whether a row has a number or a date of birth: then it is no header."""
        return any(self.is_a(cell, "number") or self.is_a(cell, "born") for cell in cells)

    def is_a(self, cell: str, target: str) -> bool:
        text = unwrapped(cell)
        if target == "number":
            return bool(self.shape.fullmatch(card_number(text)))
        if target == "office":
            return self.offices.find(text) is not None
        try:
            return bool(born_on(text, self.today))
        except WrongBirth:
            return False

    def _fits(self, rows: Sequence[Sequence[str]], place: int, target: str) -> bool:
        cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
        fitting = sum(self.is_a(cell, target) for cell in cells)
        return bool(cells) and fitting / len(cells) >= _FITS
