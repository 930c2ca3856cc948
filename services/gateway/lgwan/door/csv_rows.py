"""Rows as CSV for Excel: CR LF, UTF-8 with a BOM or CP932, and no cell that it would work out."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from starlette.responses import Response

BOM = b"\xef\xbb\xbf"
MISSING = "〓"
"""Stands for a character that CP932 does not have, as printers always did."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ALIKE = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¢": "￠", "£": "￡", "¬": "￢"})


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([*map(plain_cell, row)] for row in rows)
    return text.getvalue()


def csv_rows(rows: Iterable[Sequence[str]]) -> bytes:
    return csv_text(rows).encode()


def csv_answer(title: str, rows: Iterable[Sequence[str]]) -> Response:
    """A whole file for a browser to save."""
    name = quote(f"{title}.csv", safe="")
    headers = {"content-disposition": f"attachment; filename=\"file.csv\"; filename*=UTF-8''{name}"}
    return Response(BOM + csv_rows(rows), 200, headers, "text/csv; charset=utf-8")


def plain_cell(text: str) -> str:
    """A cell that Excel does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def encode(text: str, encoding: str) -> tuple[bytes, int]:
    """`text` in this encoding, and how many characters had to become MISSING."""
    if encoding == "cp932":
        text = text.translate(_ALIKE)
    try:
        return text.encode(encoding), 0
    except UnicodeEncodeError:
        parts = [_carried(sign, encoding) for sign in text]
    return b"".join(part or MISSING.encode(encoding) for part in parts), parts.count(b"")


def _carried(sign: str, encoding: str) -> bytes:
    return sign.encode(encoding, "ignore")
