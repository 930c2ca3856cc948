"""Bytes to rows: encodings, delimiters, line ends, quotes; a broken row costs only itself."""

import time
import tracemalloc
from collections.abc import Iterator

import pytest

from services.eligibility.domain.encodings import Census
from services.eligibility.domain.layout import find_delimiter
from services.eligibility.domain.problems import UnknownEncoding, UnreadableFile
from services.eligibility.domain.records import (
    BROKEN_BYTES,
    BROKEN_QUOTES,
    TOO_LONG,
    TOO_WIDE,
    FileLine,
    TextReader,
)

TEXT = "番号,生年月日\r\nOTA-000001,1950-01-02\r\n"
ROWS = [FileLine(1, ["番号", "生年月日"]), FileLine(2, ["OTA-000001", "1950-01-02"])]


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[at : at + size] for at in range(0, len(body), size))


def codec_of(body: bytes, size: int = 1000) -> str:
    census = Census()
    for piece in pieces(body, size):
        census.feed(piece)
    return census.codec()


def read(body: bytes, codec: str = "utf-8", delimiter: str = ",", size: int = 7) -> list[FileLine]:
    reader = TextReader(codec, delimiter)
    lines = [line for piece in pieces(body, size) for line in reader.feed(piece)]
    return [*lines, *reader.end()]


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("body", "codec"),
    [
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"a,b\r\n1,2\r\n", "utf-8"),
    ],
)
def test_every_usual_encoding_is_recognised_and_read(body: bytes, codec: str, size: int) -> None:
    assert codec_of(body, size) == codec
    if "番".encode(codec.removesuffix("-sig")) in body:
        assert read(body, codec, size=size) == ROWS


@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_one_broken_byte_changes_neither_the_encoding_nor_another_row(codec: str) -> None:
    row = "OTA-000002,1950-01-02,鶴崎支所\r\n".encode(codec)
    body = (TEXT * 20).encode(codec) + row.replace(b"OTA", b"OT\xff") + row
    assert codec_of(body) == codec
    *_, broken, good = read(body, codec)
    assert (broken.cells, broken.fault) == (None, BROKEN_BYTES)
    assert good.cells == ["OTA-000002", "1950-01-02", "鶴崎支所"]


@pytest.mark.parametrize("body", [b"\xff\xff\x00\x01" * 50, bytes(range(256)) * 40])
def test_other_bytes_are_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(UnknownEncoding, match="文字コードを判別できません"):
        codec_of(body)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_line_end_is_taken(end: str) -> None:
    assert read(TEXT.replace("\r\n", end).encode()) == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found_by_the_rows_below_a_title(delimiter: str) -> None:
    rows = "\n".join(delimiter.join(("a,b", "c", f"{n}")) for n in range(5))
    quoted = rows.replace("a,b", '"a,b"')
    assert find_delimiter(f"一覧表（令和8年12月1日現在、鶴崎）\n{quoted}") == delimiter


def test_blank_rows_are_passed_over_and_lines_keep_their_numbers() -> None:
    body = '\r\na,b\r\n\r\n,\r\n"1\r\n2",x\r\n3,y'
    assert read(body.encode()) == [
        FileLine(2, ["a", "b"]),
        FileLine(5, ["1\n2", "x"]),
        FileLine(7, ["3", "y"]),
    ]


@pytest.mark.parametrize(
    "broken", ['"OTA-000001"x,1950-01-02', '"OTA-000001,1950-01-02', 'OTA-000001,"1950-01-02']
)
def test_a_row_with_broken_quotes_costs_only_itself(broken: str) -> None:
    good = [f"OTA-{n:06},1950-01-02" for n in range(60)]
    body = "\n".join(["a,b", good[0], broken, *good[1:]])
    lines = read(body.encode())
    assert lines[2] == FileLine(3, None, BROKEN_QUOTES)
    assert [line.cells for line in lines[3:]] == [row.split(",") for row in good[1:]]


def test_two_quotes_too_many_in_rows_nearby_cost_these_two() -> None:
    body = 'a,b\n"1,2\n3,4\n"5,6\n7,8\n'
    assert [line.number for line in read(body.encode()) if line.cells is None] == [2, 4]


LARGE = 20 * 2**20


@pytest.mark.parametrize(
    ("body", "fault"), [(b"," * 70_000, ""), (b"a\t" * 70_000, TOO_LONG), (b"a," * 1500, TOO_WIDE)]
)
def test_a_row_that_is_none_is_a_fault(body: bytes, fault: str) -> None:
    assert [line.fault for line in read(body, size=10_000)] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"a" * LARGE, "1行目が長すぎます"),
        (TEXT.encode() + b'"' + b"a" * LARGE, "3行目が長すぎます"),
        (TEXT.encode() + b"\n" * LARGE, "何も書かれていない行が多すぎます"),
        (TEXT.encode() + b" ,\r\n" * (LARGE // 4), "何も書かれていない行が多すぎます"),
    ],
)
def test_a_file_that_is_no_table_is_refused_before_it_takes_time_or_memory(
    body: bytes, sentence: str
) -> None:
    begin = time.process_time()
    tracemalloc.start()
    reader = TextReader("utf-8", ",")
    with pytest.raises(UnreadableFile, match=sentence):
        for piece in pieces(body, 256 * 1024):
            for _ in reader.feed(piece):
                pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - begin < 10
    assert most < 60 * 2**20


def test_a_list_with_blank_rows_below_is_read() -> None:
    """What a spreadsheet writes when somebody once touched a cell far below."""
    assert read(TEXT.encode() + b",\r\n" * 10_000, size=5_000) == ROWS
