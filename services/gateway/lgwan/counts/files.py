"""The figures as files: CSV with the headings first, and an Excel workbook with real numbers."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import xlsxwriter

from libs.contracts.reporting import FigureReport, Figures
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.csv_rows import BOM, csv_text, encode

from .columns import DEFINITIONS, MAIN, MORE, FigureColumn, Kind
from .cuts import FigureTable, tables_of
from .question import BASIS, CountQuestion

COLUMNS = (*MAIN, *MORE)
Encoding = Literal["utf-8", "cp932"]
_UNITS: dict[Kind, str] = {"minutes": "（分）", "days": "（日）"}
_FORMATS: dict[Kind, str] = {"count": "#,##0", "share": "0.0%", "minutes": "0.0", "days": "0.0"}
_NAMES = ("期間（から）", "期間（まで）", "数え方", "場所", "手続き")
_DAY = "yyyy/mm/dd"
_A4 = 9


@dataclass(frozen=True)
class CountsFile:
    """What is written: a report, and what it was asked."""

    report: FigureReport
    question: CountQuestion
    catalog: CatalogIndex

    @property
    def name(self) -> str:
        """Of a file, without its ending."""
        days = f"{self.question.first:%Y%m%d}-{self.question.last:%Y%m%d}"
        return f"counts-{days}-{self.question.basis}"

    def lines(self) -> Iterator[tuple[tuple[date | str, ...], Figures]]:
        """One for each office and procedure."""
        q = self.question
        for group in self.report.cells:
            office, procedure = group.office_id or "", group.procedure_id or ""
            names = self.catalog.office(office), self.catalog.procedure(procedure)
            yield (q.first, q.last, BASIS[q.basis], *names), group.figures


def heading(column: FigureColumn) -> str:
    """With its unit, because a file has bare numbers."""
    return column.heading + _UNITS.get(column.kind, "")


def as_csv(file: CountsFile, encoding: Encoding) -> bytes:
    rows = [[*_NAMES, *map(heading, COLUMNS)]]
    for names, figures in file.lines():
        words = [f"{n:%Y/%m/%d}" if isinstance(n, date) else n for n in names]
        rows.append([*words, *(_cell(column, figures) for column in COLUMNS)])
    content, _ = encode(csv_text(rows), encoding)
    return (BOM if encoding == "utf-8" else b"") + content


def _cell(column: FigureColumn, figures: Figures) -> str:
    value = column.value(figures)
    if value is None:
        return ""
    return (
        str(value) if isinstance(value, int) else f"{value:.{3 if column.kind == 'share' else 1}f}"
    )


def as_workbook(file: CountsFile) -> bytes:
    """A sheet for each cut, and one with what the words mean."""
    content = io.BytesIO()
    writer = _Writer(xlsxwriter.Workbook(content, {"in_memory": True}))
    writer.sheet("場所と手続き", _NAMES, [*file.lines()])
    for table in tables_of(file.report, file.question, file.catalog):
        writer.sheet(table.title, (table.heading,), _rows(table, file.report))
    writer.words("数え方", [("期間", file.question.title), *DEFINITIONS])
    writer.book.close()
    return content.getvalue()


def _rows(table: FigureTable, report: FigureReport) -> list[tuple[tuple[date | str, ...], Figures]]:
    """Days and months are real dates."""
    if table.key == "periods":
        return [((group.period or "",), group.figures) for group in report.periods]
    return [((row.name,), row.figures) for row in table.rows]


class _Writer:
    """Each value by its own method: a text is never taken for a formula or a link."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._head = book.add_format(
            {"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self._day = book.add_format({"num_format": _DAY, "border": 4, "align": "left"})
        self._text = book.add_format({"num_format": "@", "border": 4})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers = {
            kind: book.add_format({"num_format": shown, "border": 4})
            for kind, shown in _FORMATS.items()
        }

    def sheet(
        self,
        title: str,
        names: Sequence[str],
        lines: Sequence[tuple[tuple[date | str, ...], Figures]],
    ) -> None:
        sheet = self._paper(title)
        sheet.freeze_panes(1, len(names))
        sheet.set_column(0, len(names) - 1, 16)
        sheet.set_column(len(names), len(names) + len(COLUMNS) - 1, 9)
        for place, text in enumerate((*names, *map(heading, COLUMNS))):
            sheet.write_string(0, place, text, self._head)
        for number, (words, figures) in enumerate(lines, 1):
            for place, word in enumerate(words):
                self._name(sheet, number, place, word)
            for place, column in enumerate(COLUMNS, len(names)):
                value = column.value(figures)
                if value is not None:
                    sheet.write_number(number, place, value, self._numbers[column.kind])

    def words(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        sheet = self._paper(title)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        for number, (word, meaning) in enumerate(lines):
            sheet.write_string(number, 0, word, self._head)
            sheet.write_string(number, 1, meaning, self._wrapped)

    def _name(self, sheet: Any, row: int, place: int, word: date | str) -> None:
        if isinstance(word, date):
            sheet.write_datetime(row, place, word, self._day)
        else:
            sheet.write_string(row, place, word, self._text)

    def _paper(self, title: str) -> Any:
        sheet = self.book.add_worksheet(title)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&C&P ／ &N ページ")
        return sheet
