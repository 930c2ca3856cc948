"""One row of a file: a person whose card waits, or what is wrong with it."""

import re
from dataclasses import dataclass, field
from datetime import date

from .cells import unwrapped, without_midnight, wrong_date, wrong_number
from .columns import BORN, NUMBER, OFFICE, SHIELDED, Columns, heading
from .dates import WrongBirth, born_on
from .numbers import card_number
from .offices import OfficeFinder
from .records import BROKEN_QUOTES, FileLine
from .twelve_digits import TwelveDigits

ROW = "行全体"
_YES = {"1", "○", "〇", "はい", "不可", "web不可", "有", "true", "支援"}
_NO = {"", "0", "×", "いいえ", "無", "false"}
_TWELVE = "12桁のマイナンバーと思われる数字があるため取り込めません。消してください。"


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A row that can be taken. `shielded` is None where the file has no column for it."""

    line: int
    number: str
    born: date
    office_id: str
    shielded: bool | None = None


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row. Neither `column` nor `reason` repeats what the file holds."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one file, and looks for individual numbers in all of it."""

    columns: Columns
    pattern: re.Pattern[str]
    offices: OfficeFinder
    today: date
    twelve_digits: TwelveDigits = field(default_factory=TwelveDigits)

    def read(self, line: FileLine) -> PersonEntry | list[RowFault]:
        """The person of a row, or everything that is wrong with it."""
        cells = line.cells
        if cells is None:
            return [RowFault(line.number, ROW, line.fault or BROKEN_QUOTES)]
        places = self.twelve_digits.look(line.number, cells)
        columns = self.columns
        ours = {columns.number, columns.born, columns.office, columns.shielded}
        if forbidden := [place for place in places if place in ours]:
            return [RowFault(line.number, columns.name_of(place), _TWELVE) for place in forbidden]
        if len(cells) <= columns.last:
            return [RowFault(line.number, ROW, "列の数が足りません。")]
        return self._entry(line.number, cells)

    def _entry(self, line: int, cells: list[str]) -> PersonEntry | list[RowFault]:
        faults: list[RowFault] = []
        number = self._number(cells[self.columns.number])
        born = self._born(cells[self.columns.born])
        office_id, wrong_office = self._office(cells)
        shielded, wrong_flag = self._shielded(cells)
        if not number[0]:
            faults.append(RowFault(line, NUMBER, number[1]))
        if isinstance(born, str):
            faults.append(RowFault(line, BORN, born))
        if wrong_office:
            faults.append(RowFault(line, OFFICE, wrong_office))
        if wrong_flag:
            faults.append(RowFault(line, SHIELDED, wrong_flag))
        if faults or isinstance(born, str) or office_id is None:
            return faults
        return PersonEntry(line, number[0], born, office_id, shielded)

    def _number(self, cell: str) -> tuple[str, str]:
        """The number, or an empty text and what is wrong."""
        text = unwrapped(cell)
        number = card_number(text)
        if self.pattern.fullmatch(number):
            return number, ""
        if not number:
            return "", "空欄です。"
        return "", wrong_number(text, self.pattern) or "番号の形が違います。"

    def _born(self, cell: str) -> date | str:
        text = without_midnight(unwrapped(cell))
        if wrong := wrong_date(text):
            return wrong
        try:
            return born_on(text, self.today)
        except WrongBirth as wrong_birth:
            return str(wrong_birth)

    def _office(self, cells: list[str]) -> tuple[str | None, str]:
        if self.columns.office is None:
            return self.columns.office_id, "" if self.columns.office_id else "空欄です。"
        text = unwrapped(cells[self.columns.office])
        known = self.columns.words.get(heading(text))
        found = self.offices.find(known or text)
        if found:
            return found, ""
        return None, "登録されていない場所です。" if text.strip() else "空欄です。"

    def _shielded(self, cells: list[str]) -> tuple[bool | None, str]:
        if self.columns.shielded is None:
            return None, ""
        word = heading(unwrapped(cells[self.columns.shielded]))
        if word in _YES or word in _NO:
            return word in _YES, ""
        return None, "○か空欄にしてください。"
