"""The figures as files: headings first, real numbers and dates, nothing that a spreadsheet runs."""

import io

import openpyxl

from services.gateway.lgwan.counts.files import CountsFile, as_csv, as_workbook
from services.gateway.lgwan.tests.support import Browser

QUERY = "unit=month&day=2026-11-01"


def test_the_csv_has_its_headings_first_and_a_line_for_each_office_and_procedure(
    desk: Browser,
) -> None:
    answer = desk.client.get(f"/counts.csv?{QUERY}")
    named = 'attachment; filename="counts-20261101-20261130-visit.csv"'
    assert answer.headers["content-disposition"] == named
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert head.startswith("期間（から）,期間（まで）,数え方,場所,手続き,予約（件）,人,手続き数,")
    assert lines[0].startswith(
        "2026/11/01,2026/11/30,来庁日で,本庁舎1階市民課,カードの交付,24,27,24,9,2,8,1,1,0.100,3,5.0,"
    )
    assert len(lines) == 3 + 1


def test_an_older_system_gets_cp932(desk: Browser) -> None:
    answer = desk.client.get(f"/counts.csv?{QUERY}&encoding=cp932")
    assert answer.content.decode("cp932").startswith("期間（から）")
    assert answer.headers["content-type"] == "text/csv; charset=windows-31j"


def test_the_workbook_has_real_numbers_and_dates(desk: Browser) -> None:
    answer = desk.client.get(f"/counts.xlsx?{QUERY}")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[:3] == ["場所と手続き", "場所ごと", "手続きごと"]
    assert book.sheetnames[-1] == "数え方"
    first = [cell.value for cell in book["場所と手続き"][2]]
    assert [*map(repr, first[:2])] == [
        "datetime.datetime(2026, 11, 1, 0, 0)",
        "datetime.datetime(2026, 11, 30, 0, 0)",
    ]
    assert first[5:8] == [24, 27, 24]
    assert book["場所と手続き"]["N2"].value == 0.1
    assert book["場所と手続き"]["N2"].number_format == "0.0%"
    assert repr(book["日ごと"]["A2"].value) == "datetime.datetime(2026, 11, 1, 0, 0)"
    assert "予約番号の数です" in str([c.value for c in book["数え方"]["B"]])


def test_what_nobody_waited_for_is_an_empty_cell(desk: Browser) -> None:
    answer = desk.client.get(f"/counts.csv?{QUERY}")
    line = answer.content.decode("utf-8-sig").split("\r\n")[2].split(",")
    head = answer.content.decode("utf-8-sig").split("\r\n")[0].split(",")
    assert line[head.index("待ち 最長（分）")] == ""
    book = openpyxl.load_workbook(io.BytesIO(desk.client.get(f"/counts.xlsx?{QUERY}").content))
    sheet = book["場所と手続き"]
    assert sheet.cell(3, head.index("待ち 最長（分）") + 1).value is None


def test_a_name_that_looks_like_a_formula_stays_a_text(file: CountsFile) -> None:
    text = as_csv(file, "utf-8").decode("utf-8-sig").split("\r\n")[1]
    assert ",'=2+3," in text
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(file)))["場所と手続き"]
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=2+3", "s")
