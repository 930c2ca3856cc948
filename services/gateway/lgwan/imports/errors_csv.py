"""Rejected rows as a CSV for Excel, however many there are."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from starlette.responses import StreamingResponse

from libs.contracts.eligibility import Faults, RejectedRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Page = Callable[[int], Awaitable[Faults]]


async def errors_csv(page: Page, name: str) -> StreamingResponse:
    """UTF-8 with BOM. The first page is asked for before the answer begins, so that a refusal is
    one."""
    first = await page(0)
    return StreamingResponse(
        _text(first, page),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _text(first: Faults, page: Page) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _rows([("行", "列", "理由")])
    faults: Faults | None = first
    while faults is not None:
        yield _rows(map(_row, faults.faults))
        faults = await page(faults.last) if faults.last is not None else None


def _row(row: RejectedRow) -> tuple[str, str, str]:
    return str(row.line), _plain(row.column), _plain(row.reason)


def _rows(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _plain(text: str) -> str:
    """A cell that Excel does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
