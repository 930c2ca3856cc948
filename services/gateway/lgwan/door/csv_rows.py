"""Rows as CSV for Excel: UTF-8 with BOM, and no cell that it takes for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from starlette.responses import Response

BOM = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_rows(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([*map(_plain, row)] for row in rows)
    return text.getvalue().encode()


def csv_answer(title: str, rows: Iterable[Sequence[str]]) -> Response:
    """A whole file for a browser to save."""
    name = quote(f"{title}.csv", safe="")
    headers = {"content-disposition": f"attachment; filename=\"file.csv\"; filename*=UTF-8''{name}"}
    return Response(BOM + csv_rows(rows), 200, headers, "text/csv; charset=utf-8")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
