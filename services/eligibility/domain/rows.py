"""One row of the CSV: a person whose card waits, or what is wrong with it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from libs.rules.personal_numbers import has_certain_number, has_individual_number

from .dates import WrongBirth, born_on
from .numbers import card_number
from .offices import Offices
from .problems import MissingColumn
from .sheet import Line, heading

NUMBER, BORN, OFFICE = "製造管理番号", "生年月日", "交付場所"
SHIELDED = "Web不可"
ROW = "行全体"
_HEADINGS = {
    NUMBER: (NUMBER, "予約ID", "カード製造管理番号"),
    BORN: (BORN, "生年月日(西暦)", "生年月日(和暦)", "誕生日"),
    OFFICE: (
        OFFICE, "受取場所", "受取窓口", "交付窓口", "受取先", "交付先", "保管場所", "カード所在地",
        "所属", "支所", "窓口",
    ),
}  # fmt: skip
_SHIELDED_HEADINGS = (SHIELDED, "ウェブ不可", "ネット不可", "インターネット不可")
_YES = {"1", "○", "〇", "はい", "不可", "web不可", "有", "true"}
_NO = {"", "0", "×", "いいえ", "無", "false"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be taken. `shielded` is None where the file has no column for it."""

    line: int
    number: str
    born: date
    office_id: str
    shielded: bool | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. Neither `column` nor `reason` repeats what the file holds."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Columns:
    """Where the columns are, counted from 0; who is not served online has one in some files."""

    number: int
    born: int
    office: int
    shielded: int | None = None

    @property
    def last(self) -> int:
        return max(self.number, self.born, self.office, self.shielded or 0)

    def name_of(self, index: int) -> str:
        """Ours for those we know, the position for others: a header may be a row of data."""
        names = {self.number: NUMBER, self.born: BORN, self.office: OFFICE, self.shielded: SHIELDED}
        return names.get(index, f"{index + 1}列目")


def find_columns(header: Sequence[str]) -> Columns:
    """Raises MissingColumn."""
    found = [heading(cell) for cell in header]
    places = {name: _place(found, known) for name, known in _HEADINGS.items()}
    if missing := [f"「{name}」" for name, place in places.items() if place is None]:
        raise MissingColumn(
            f"{'、'.join(missing)}の列が見つかりません。1行目に列の名前を入れ、"
            "もう一度取り込んでください。"
        )
    number, born, office = (place for place in places.values() if place is not None)
    return Columns(number, born, office, _place(found, _SHIELDED_HEADINGS))


def _place(found: list[str], known: tuple[str, ...]) -> int | None:
    return next((found.index(name) for name in map(heading, known) if name in found), None)


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one file."""

    columns: Columns
    pattern: re.Pattern[str]
    offices: Offices
    today: date

    def read(self, line: Line) -> Entry | list[Fault]:
        """The person of a row, or everything that is wrong with it."""
        cells = line.cells
        if cells is None:
            return [Fault(line.number, ROW, '引用符(")の使い方が正しくないため読み取れません。')]
        if forbidden := self._individual_numbers(line.number, cells):
            return forbidden
        if len(cells) <= self.columns.last:
            return [Fault(line.number, ROW, "列の数が足りません。")]
        return self._entry(line.number, cells)

    def _individual_numbers(self, line: int, cells: list[str]) -> list[Fault]:
        reason = "12桁のマイナンバーと思われる数字があるため取り込めません。消してください。"
        return [
            Fault(line, self.columns.name_of(index), reason)
            for index, cell in enumerate(cells)
            if self._forbids(index)(cell)
        ]

    def _forbids(self, index: int) -> Callable[[str], bool]:
        """Other columns are not kept, and may have numbers of 12 digits of the office that sent the
        file."""
        is_ours = index in (self.columns.number, self.columns.born, self.columns.office)
        return has_individual_number if is_ours else has_certain_number

    def _entry(self, line: int, cells: list[str]) -> Entry | list[Fault]:
        faults: list[Fault] = []
        number = card_number(cells[self.columns.number])
        if not self.pattern.fullmatch(number):
            reason = "番号の形が違います。" if number else "空欄です。"
            faults.append(Fault(line, NUMBER, reason))
        born = None
        try:
            born = born_on(cells[self.columns.born], self.today)
        except WrongBirth as wrong:
            faults.append(Fault(line, BORN, str(wrong)))
        office = cells[self.columns.office]
        office_id = self.offices.find(office)
        if office_id is None:
            reason = "登録されていない場所です。" if office.strip() else "空欄です。"
            faults.append(Fault(line, OFFICE, reason))
        shielded = None
        if self.columns.shielded is not None:
            shielded = _yes_or_no(cells[self.columns.shielded])
            if shielded is None:
                faults.append(Fault(line, SHIELDED, "○か空欄にしてください。"))
        if faults or born is None or office_id is None:
            return faults
        return Entry(line, number, born, office_id, shielded)


def _yes_or_no(cell: str) -> bool | None:
    """None for what is neither."""
    word = heading(cell)
    return True if word in _YES else False if word in _NO else None
