"""Counts as CSV for Excel: UTF-8 with BOM, CRLF, and no cell that a spreadsheet would run."""

import csv
import io

from libs.contracts.reporting import CountRow, DayCounts

BOM = "\ufeff"
COLUMNS = {
    "office_name": "場所",
    "procedure_name": "手続き",
    "booked": "予約（件）",
    "waiting": "予約済",
    "arrived": "受付済",
    "finished": "完了",
    "unfinished": "完了できず",
    "missed": "来庁なし",
    "cancelled": "取消",
}
WAITS = {"average_wait": "待ち時間 平均（分）", "longest_wait": "待ち時間 最長（分）"}
"""In minutes with one decimal; empty where nobody was called."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(counts: DayCounts) -> bytes:
    """One line per office and procedure, under a header in Japanese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["来庁日", *COLUMNS.values(), *WAITS.values()])
    writer.writerows(_cells(counts, row) for row in counts.rows)
    return (BOM + text.getvalue()).encode()


def _cells(counts: DayCounts, row: CountRow) -> list[str]:
    values = [counts.day.isoformat(), *(str(getattr(row, column)) for column in COLUMNS)]
    values += [_minutes(getattr(row, column)) for column in WAITS]
    return [harmless(value) for value in values]


def _minutes(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.1f}"


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and never works out."""
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
