"""The CSV opens in Excel with its Japanese header and runs nothing."""

from datetime import date

import pytest

from libs.contracts.reporting import CountRow, DayCounts
from services.reporting.counts_csv import as_csv, harmless


def counts(office_name: str) -> DayCounts:
    row = CountRow(
        office_id="honcho",
        office_name=office_name,
        procedure_id="issuance",
        procedure_name="カードの交付",
        booked=21,
        waiting=6,
        arrived=5,
        finished=4,
        unfinished=3,
        missed=2,
        cancelled=1,
        waits=2,
        wait_seconds=930,
        longest_wait=720,
    )
    return DayCounts(day=date(2026, 12, 1), as_of=None, rows=(row,), mails_sent=0, mails_failed=0)


def test_the_file_has_a_mark_of_utf8_a_header_and_lines_that_end_as_excel_wants() -> None:
    header = "来庁日,場所,手続き,予約（件）,予約済,受付済,完了,完了できず,来庁なし,取消"
    header += ",待ち時間 平均（分）,待ち時間 最長（分）"
    line = "2026-12-01,明野支所,カードの交付,21,6,5,4,3,2,1,7.8,12.0"
    assert as_csv(counts("明野支所")) == b"\xef\xbb\xbf" + f"{header}\r\n{line}\r\n".encode()


def test_where_nobody_was_called_the_waiting_time_is_empty() -> None:
    nobody = counts("明野支所")
    [row] = nobody.rows
    none = {"waits": 0, "wait_seconds": 0, "longest_wait": None}
    told = nobody.model_copy(update={"rows": (row.model_copy(update=none),)})
    assert as_csv(told).decode().splitlines()[1].endswith(",2,1,,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_would_be_a_formula_is_shown_as_text(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert f"'{start}1+1".encode() in as_csv(counts(f"{start}1+1"))


def test_a_cell_with_quotes_and_commas_stays_one_cell() -> None:
    assert b'"a ""b"", c"' in as_csv(counts('a "b", c'))
