"""Rejected rows as a CSV for Excel, however many there are."""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import StreamingResponse

from libs.contracts.eligibility import Faults, RejectedRow
from services.gateway.lgwan.door.csv_rows import BOM, csv_rows

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
    yield BOM + csv_rows([("行", "列", "理由")])
    faults: Faults | None = first
    while faults is not None:
        yield csv_rows(map(_row, faults.faults))
        faults = await page(faults.last) if faults.last is not None else None


def _row(row: RejectedRow) -> tuple[str, str, str]:
    return str(row.line), row.column, row.reason
