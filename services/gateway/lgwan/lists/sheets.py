"""Files of a list, written line by line: CSV for Excel and 予約受付一覧表 as an Excel workbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import xlsxwriter

from services.gateway.lgwan.door.csv_rows import BOM, csv_text, encode
from services.gateway.lgwan.door.words import FileKind

from .lines import COLUMNS, BookingLine, FileColumn, Value

TITLE = "予約受付一覧表"
_FORMATS: dict[type, str] = {
    str: "@",
    int: "0",
    date: 'yyyy/mm/dd"（"[$-411]aaa"）"',
    time: "hh:mm",
    datetime: "yyyy/mm/dd hh:mm",
}
"""How Excel shows a cell of each type. `aaa` is the day of the week in one character."""
_HEAD_ROW = 2
_A4 = 9
_MARGIN = 0.4


@dataclass(frozen=True)
class Heading:
    """What stands above the columns. `as_of` is 「…現在」, `condition` the filter in words."""

    as_of: str
    condition: str


class ListFile(Protocol):
    """A file in the making. `replaced` counts characters that it could not carry."""

    replaced: int

    def add(self, lines: Iterable[BookingLine]) -> None: ...
    def close(self) -> None: ...
    def give_up(self) -> None:
        """In place of `close`: nothing comes of it."""


class CsvSheet:
    """CSV with what Excel needs to show it as it is: a BOM or CP932, CR LF, no formulas. The first
    line are the headings, as other systems expect it."""

    def __init__(
        self, file: BinaryIO, encoding: str, columns: tuple[FileColumn, ...] = COLUMNS
    ) -> None:
        self.replaced = 0
        self._columns = columns
        self._file = file
        self._encoding = encoding
        if encoding == "utf-8":
            file.write(BOM)
        self._write([[column.heading for column in columns]])

    def add(self, lines: Iterable[BookingLine]) -> None:
        self._write([in_csv(column.value(line)) for column in self._columns] for line in lines)

    def close(self) -> None:
        self._file.flush()

    def give_up(self) -> None:
        """It has nothing of its own."""

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        content, replaced = encode(csv_text(rows), self._encoding)
        self.replaced += replaced
        self._file.write(content)


def in_csv(value: Value) -> str:
    """A value in the form that spreadsheets and other systems read as what it is."""
    match value:
        case datetime():
            return f"{value:%Y/%m/%d %H:%M}"
        case date():
            return f"{value:%Y/%m/%d}"
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


class ExcelSheet:
    """予約受付一覧表. Each row goes to disk as soon as the next begins, so that a year takes no
    more memory than a day."""

    replaced = 0

    def __init__(
        self,
        file: BinaryIO,
        heading: Heading,
        room: Path,
        columns: tuple[FileColumn, ...] = COLUMNS,
    ) -> None:
        """`room` is a folder for the rows until the file is closed."""
        self._columns = columns
        options = {"constant_memory": True, "tmpdir": str(room)}
        self._book = xlsxwriter.Workbook(file, options)
        self._book.set_properties({"title": TITLE})
        self._sheet = self._book.add_worksheet(TITLE)
        self._cells = {
            kind: self._book.add_format({"num_format": shown, "font_size": 10, "border": 4})
            for kind, shown in _FORMATS.items()
        }
        self._row = _HEAD_ROW
        self._lay_out()
        bold = self._book.add_format({"bold": True, "font_size": 14})
        head = self._book.add_format(
            {"bold": True, "bg_color": "#E8EEF7", "border": 1, "font_size": 10, "num_format": "@"}
        )
        self._sheet.write_string(0, 0, TITLE, bold)
        self._sheet.write_string(1, 0, f"{heading.as_of}　{heading.condition}")
        for place, column in enumerate(self._columns):
            self._sheet.write_string(_HEAD_ROW, place, column.heading, head)

    def add(self, lines: Iterable[BookingLine]) -> None:
        for line in lines:
            self._row += 1
            for place, column in enumerate(self._columns):
                self._write(place, column.value(line))

    def close(self) -> None:
        self._sheet.autofilter(_HEAD_ROW, 0, self._row, len(self._columns) - 1)
        self._book.close()

    def give_up(self) -> None:
        rows: Any = self._sheet.row_data_fh
        rows.close()

    def _write(self, place: int, value: Value) -> None:
        """Each type by its own method: a text is never taken for a formula, a link or a number."""
        cell = self._cells[type(value)]
        match value:
            case str():
                self._sheet.write_string(self._row, place, value, cell)
            case int():
                self._sheet.write_number(self._row, place, value, cell)
            case _:
                self._sheet.write_datetime(self._row, place, _without_zone(value), cell)

    def _lay_out(self) -> None:
        """On the screen: widths and a heading that stays. On paper: A4 across, the heading on each
        page, all columns on one page's width, 頁／全頁."""
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, column.width)
        self._sheet.freeze_panes(_HEAD_ROW + 1, 0)
        self._sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})
        self._sheet.set_paper(_A4)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(_HEAD_ROW)
        self._sheet.set_margins(_MARGIN, _MARGIN, 0.5, 0.6)
        self._sheet.set_footer("&L&A&C&P ／ &N ページ")


def _without_zone(value: date | time | datetime) -> datetime:
    """Excel knows no zones: what is written is the city's time. The library takes days and times
    of the day too, which its types do not say."""
    bare = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    return cast("datetime", bare)


def new_list_file(
    kind: FileKind,
    file: BinaryIO,
    heading: Heading,
    room: Path,
    columns: tuple[FileColumn, ...] = COLUMNS,
) -> ListFile:
    match kind:
        case "xlsx":
            return ExcelSheet(file, heading, room, columns)
        case "csv-utf8":
            return CsvSheet(file, "utf-8", columns)
        case "csv-cp932":
            return CsvSheet(file, "cp932", columns)
