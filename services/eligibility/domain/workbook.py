"""The first sheet of an Excel workbook (.xlsx) as rows, bounded before anything is unpacked."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from .cells import text_of
from .problems import UnreadableFile
from .records import MOST_BLANK, MOST_COLUMNS, TOO_WIDE, FileLine

MARK = b"PK\x03\x04"
OLD_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 160 * 2**20
MOST_TEXTS = 40 * 2**20
"""Shared texts lie in memory while the rows are read; the sheet itself does not."""
MOST_PARTS = 1_000
_WIDTH_ROWS = 50
_DECLARED = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")


def check_workbook(body: bytes) -> None:
    """Raises UnreadableFile for what is no workbook, or one that unpacks to more than a list.

    `zipfile` gives no part more bytes than its entry declares, so the declared sizes bound what is
    unpacked. A workbook declares no document type: without one there are no entities to expand.
    """
    try:
        with zipfile.ZipFile(BytesIO(body)) as parts:
            entries = parts.infolist()
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names or len(entries) > MOST_PARTS:
                raise no_workbook()
            if any(entry.flag_bits & 1 for entry in entries):
                raise no_workbook()
            _check_sizes(entries)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    _check_part(parts, entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise no_workbook() from error


def rows_of(body: bytes) -> Iterator[FileLine]:
    """The rows of a checked workbook that are not blank. Raises UnreadableFile.

    openpyxl fills gaps between rows and cells that a sheet only claims to have: both are bounded.
    """
    try:
        book = load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False)
        try:
            if not book.worksheets:
                raise no_workbook()
            yield from _rows(book.worksheets[0])
        finally:
            book.close()
    except UnreadableFile:
        raise
    except Exception as error:
        # Whatever stands in the parts: openpyxl has no error of its own for what it cannot read.
        raise no_workbook() from error


def _rows(sheet: Any) -> Iterator[FileLine]:
    sheet.reset_dimensions()
    width = _width(sheet)
    blank = 0
    rows = sheet.iter_rows(max_col=min(width, MOST_COLUMNS) + 1, values_only=True)
    for number, values in enumerate(rows, start=1):
        cells = [text_of(value) for value in values]
        if not any(map(str.strip, cells)):
            blank += 1
            if blank > MOST_BLANK:
                raise UnreadableFile(
                    f"何も書かれていない行が多すぎます（{MOST_BLANK:,}行まで）。"
                    "ファイルは取り込まれていません。"
                )
            continue
        if len(cells) > MOST_COLUMNS:
            yield FileLine(number, None, TOO_WIDE)
        else:
            yield FileLine(number, cells)


def _width(sheet: Any) -> int:
    """Of the widest of the first rows, without empty cells at their ends."""
    widest = 1
    first = sheet.iter_rows(max_row=_WIDTH_ROWS, max_col=MOST_COLUMNS + 1, values_only=True)
    for values in first:
        filled = [n for n, value in enumerate(values, start=1) if value is not None]
        widest = max(widest, filled[-1] if filled else 0)
    return widest


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    texts = sum(e.file_size for e in entries if e.filename.lower().endswith("sharedstrings.xml"))
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED or texts > MOST_TEXTS:
        raise UnreadableFile(
            "Excelブックの中身が大きすぎます。必要な列だけの表にするか、CSVで保存し直してください。"
        )


def _check_part(parts: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with parts.open(entry) as part:
        tail = b""
        while chunk := part.read(2**20):
            if _DECLARED.search(tail + chunk):
                raise no_workbook()
            tail = chunk[-32:]


def no_workbook() -> UnreadableFile:
    return UnreadableFile(
        "Excelブックとして読み取れません。Excelで開き、.xlsxかCSVで保存し直してください。"
    )


def old_workbook() -> UnreadableFile:
    return UnreadableFile(
        "古い形式（.xls）か、パスワード付きのExcelブックです。パスワードを外し、.xlsxかCSVで保存し"
        "直してください。"
    )
