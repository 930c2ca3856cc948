"""Bytes to rows: encodings, delimiters, line ends, quotes."""

import time
import tracemalloc

import pytest

from services.eligibility.domain.problems import UnknownEncoding, UnreadableFile
from services.eligibility.domain.sheet import Line, open_sheet

TEXT = "番号,生年月日\r\nOTA-000001,1950-01-02\r\n"
ROWS = [Line(2, ["OTA-000001", "1950-01-02"])]


@pytest.mark.parametrize(
    ("codec", "name"),
    [("cp932", "CP932"), ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("utf-16", "UTF-16")],
)
def test_every_usual_encoding_is_recognised(codec: str, name: str) -> None:
    sheet = open_sheet(TEXT.encode(codec))
    assert (sheet.encoding, sheet.header) == (name, ["番号", "生年月日"])
    assert list(sheet.lines) == ROWS


def test_big_endian_utf16_is_read_too() -> None:
    assert open_sheet(b"\xfe\xff" + TEXT.encode("utf-16-be")).header == ["番号", "生年月日"]


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode("utf-16-le"),
        b"\xff\xff\x00\x01",
        TEXT.encode("euc-jp") + b"\xff",
        b"PK\x03\x04\x00\x00",
    ],
)
def test_other_bytes_are_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(UnknownEncoding, match="文字コードを判別できません"):
        open_sheet(body)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_line_end_is_taken(end: str) -> None:
    assert list(open_sheet(TEXT.replace("\r\n", end).encode()).lines) == ROWS


def test_tabs_and_quotes_are_taken() -> None:
    tabs = '"番号"\t"生年月日"\n"OTA-000001"\t"1950-01-02"'
    assert list(open_sheet(tabs.encode()).lines) == ROWS


def test_blank_rows_are_passed_over_and_lines_keep_their_numbers() -> None:
    body = '\r\na,b\r\n\r\n,\r\n"1\r\n2",x\r\n3,y'
    sheet = open_sheet(body.encode())
    assert sheet.header == ["a", "b"]
    assert list(sheet.lines) == [Line(5, ["1\n2", "x"]), Line(7, ["3", "y"])]


def test_a_row_with_broken_quotes_costs_only_itself() -> None:
    body = 'a,b\n"OTA-000001"x,1950-01-02\nOTA-000002,1950-01-02\n'
    assert list(open_sheet(body.encode()).lines) == [
        Line(2, None),
        Line(3, ["OTA-000002", "1950-01-02"]),
    ]


def test_a_quote_that_never_closes_refuses_the_file_and_names_the_line() -> None:
    sheet = open_sheet(b'a,b\n1,2\n3,"4\n5,6\n')
    assert next(sheet.lines) == Line(2, ["1", "2"])
    with pytest.raises(UnreadableFile, match="3行目の引用符"):
        next(sheet.lines)


@pytest.mark.parametrize("body", [b"", b"\r\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableFile, match="空です"):
        open_sheet(body)


LARGE = 20 * 2**20


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"," * LARGE, "1行目の列が多すぎます"),
        (b"a\t" * (LARGE // 2), "1行目の列が多すぎます"),
        (TEXT.encode() + b"a," * (LARGE // 2), "3行目の列が多すぎます"),
        (TEXT.encode() + b'a,"\n",' * (LARGE // 6), "3行目の列が多すぎます"),
        (TEXT.encode() + b"\n" * LARGE, "何も書かれていない行が多すぎます"),
        (TEXT.encode() + b" ,\r\n" * (LARGE // 4), "何も書かれていない行が多すぎます"),
        (b"\n" * LARGE, "何も書かれていない行が多すぎます"),
    ],
)
def test_a_file_that_is_no_table_is_refused_before_it_takes_time(
    body: bytes, sentence: str
) -> None:
    begin = time.process_time()
    with pytest.raises(UnreadableFile, match=sentence):
        list(open_sheet(body).lines)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("row", [b",", b'a,"\n",'])
def test_nor_does_it_take_memory(row: bytes) -> None:
    body = TEXT.encode() + row * (2**20 // len(row))
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        list(open_sheet(body).lines)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 12 * len(body)


def test_a_list_with_blank_rows_below_is_read() -> None:
    """What a spreadsheet writes when somebody once touched a cell far below."""
    assert list(open_sheet(TEXT.encode() + b",\r\n" * 10_000).lines) == ROWS
