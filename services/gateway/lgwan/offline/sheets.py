"""One day of one office on paper, as a workbook that opens with a password."""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from libs.contracts.booking import STANDING, DayBooking
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import LANGUAGE, VISITOR, need_words
from services.gateway.web.times import local, long_date, long_time

TITLE = "予約一覧（システム停止時用）"
NOTHING = "この日の予約はありません。"
_HEAD_ROW, _A4 = 3, 9
_HOW = (
    "受付番号・受付時刻・完了時刻・結果を書き込み、復旧後に「まとめ入力」の画面で入力してください。"
)


@dataclass(frozen=True)
class PaperDay:
    """What one sheet shows. `at` is when it was read."""

    office: str
    day: date
    at: datetime
    bookings: tuple[DayBooking, ...]
    numbers: Mapping[UUID, str] = field(default_factory=dict)
    """Of cards, by booking."""
    shelves: bool = False


def standing(bookings: Iterable[DayBooking]) -> tuple[DayBooking, ...]:
    """Those who are still to come or to be served."""
    return tuple(one for one in bookings if one.booking.status in STANDING)


@dataclass(frozen=True)
class PaperLine:
    """A visit as the sheet shows it."""

    visit: DayBooking
    catalog: CatalogIndex
    card_number: str

    @property
    def number(self) -> str:
        return f"{self.visit.booking.number[:5]}-{self.visit.booking.number[5:]}"

    @property
    def procedures(self) -> str:
        booking, cards = self.visit.booking, self.visit.cards
        text = "・".join(map(self.catalog.procedure, (booking.procedure_id, *booking.also)))
        return f"{text}（{cards}枚）" if cards else text

    @property
    def needs(self) -> str:
        visit = self.visit
        words = [*need_words(visit.needs, visit.interpreter, visit.language)]
        if visit.language != "ja":
            words.append(LANGUAGE[visit.language])
        return "、".join(words)

    @property
    def card(self) -> str:
        """Whether it was laid out; nothing where none is needed."""
        prepared = self.visit.prepared
        return "" if prepared is None else "準備済" if prepared else "未準備"


_Column = tuple[str, float, Callable[[PaperLine], str]]
_COLUMNS: tuple[_Column, ...] = (
    ("時刻", 7, lambda line: f"{local(line.visit.booking.starts_at):%H:%M}"),
    ("受付番号", 9, lambda line: str(line.visit.stamps.reception or "")),
    ("予約番号", 14, lambda line: line.number),
    ("製造管理番号", 14, lambda line: line.card_number),
    ("手続き", 26, lambda line: line.procedures),
    ("来庁者", 15, lambda line: VISITOR[line.visit.booking.visitor]),
    ("お手伝い", 18, lambda line: line.needs),
    ("カード", 9, lambda line: line.card),
    ("呼んだ窓口", 8, lambda line: str(line.visit.stamps.window or "")),
    ("受付時刻", 10, lambda _: ""),
    ("完了時刻", 10, lambda _: ""),
    ("結果", 18, lambda _: ""),
)


_SHELF: _Column = ("保管番号", 10, lambda line: line.visit.shelf or "")


def _columns(paper: PaperDay) -> tuple[_Column, ...]:
    if not paper.shelves:
        return _COLUMNS
    at = next(place for place, column in enumerate(_COLUMNS) if column[0] == "製造管理番号") + 1
    return (*_COLUMNS[:at], _SHELF, *_COLUMNS[at:])


def locked_workbook(paper: PaperDay, catalog: CatalogIndex, password: str) -> bytes:
    """The sheet as Excel opens it, with the password only."""
    return _locked(_workbook(paper, catalog), password)


def _locked(content: bytes, password: str) -> bytes:
    """Agile encryption of Office: AES-256 under a key from 100,000 rounds of SHA-512."""
    file = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, file)
    return file.getvalue()


def _workbook(paper: PaperDay, catalog: CatalogIndex) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"title": TITLE})
    sheet = book.add_worksheet(long_date(paper.day).partition("年")[2])
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
    cell = book.add_format({"num_format": "@", "border": 1, "text_wrap": True, "valign": "vcenter"})
    sheet.write_string(0, 0, f"{TITLE}　{paper.office}　{long_date(paper.day)}", bold)
    sheet.write_string(1, 0, f"{long_time(local(paper.at))}現在　{_HOW}")
    columns = _columns(paper)
    for place, (heading, width, _) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(_HEAD_ROW, place, heading, head)
    for row, one in enumerate(paper.bookings, _HEAD_ROW + 1):
        line = PaperLine(one, catalog, paper.numbers.get(one.booking.booking_id, ""))
        sheet.set_row(row, 30)
        for place, (_, _, text) in enumerate(columns):
            sheet.write_string(row, place, text(line), cell)
    if not paper.bookings:
        sheet.write_string(_HEAD_ROW + 1, 0, NOTHING)
    _lay_out(sheet, paper.day)
    book.close()
    return file.getvalue()


def _lay_out(sheet: Any, day: date) -> None:
    """A4 across, the heading on each page, and what becomes of the paper at the foot."""
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    discard = f"{day.month}月{day.day}日の業務終了後に廃棄"
    sheet.set_footer(f"&L{discard}&C&P ／ &N ページ&R{discard}")
