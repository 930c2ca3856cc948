"""A hundred files as Excel, systems of residents and people really produce them, and broken ones.

Each says how many of its rows can be taken, or a word of the sentence that refuses it.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

from services.eligibility.tests.support import INDIVIDUAL_NUMBER

HEADINGS = ("製造管理番号", "生年月日", "受取場所")
GOOD = [(f"OTA-{n:06}", "1950-01-02", "鶴崎支所") for n in range(1, 6)]
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "cp932": lambda text: text.encode("cp932"),
    "utf8": lambda text: text.encode(),
    "utf8-bom": lambda text: text.encode("utf-8-sig"),
    "utf16-bom": lambda text: text.encode("utf-16"),
    "utf16be-bom": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf16le": lambda text: text.encode("utf-16-le"),
    "utf16be": lambda text: text.encode("utf-16-be"),
}
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";"}


@dataclass(frozen=True)
class Produced:
    """A file, and what comes of it: rows that are taken and rows that are rejected, or a word of
    why it is refused."""

    name: str
    body: bytes
    taken: int = 5
    rejected: int = 0
    refused: str = ""


Rows = Sequence[tuple[str, ...]]


def text_of(
    rows: Rows,
    delimiter: str = ",",
    *,
    quoted: bool = False,
    end: str = "\r\n",
) -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if quoted or delimiter in text else text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


def table(**changes: str) -> Sequence[tuple[str, ...]]:
    """The good rows under their headings, with one cell of the first row changed."""
    names = ("number", "born", "office")
    first = tuple(changes.get(name, cell) for name, cell in zip(names, GOOD[0], strict=True))
    return [HEADINGS, first, *GOOD[1:]]


def all_files() -> Iterator[Produced]:
    yield from _encodings()
    yield from _layouts()
    yield from _dates()
    yield from _cells()
    yield from _broken_rows()
    yield from _refused()
    yield from _workbooks()


def _encodings() -> Iterator[Produced]:
    for encoding, encode in ENCODINGS.items():
        for delimiter, sign in DELIMITERS.items():
            for quoted in (False, True):
                text = text_of([HEADINGS, *GOOD], sign, quoted=quoted)
                kind = "quoted" if quoted else "plain"
                yield Produced(f"{encoding}-{delimiter}-{kind}", encode(text))


def _layouts() -> Iterator[Produced]:
    def cp932(rows: Rows, **more: str) -> bytes:
        return text_of(rows, **more).encode("cp932")  # type: ignore[arg-type]

    yield Produced("line-feeds", cp932([HEADINGS, *GOOD], end="\n"))
    yield Produced("carriage-returns", cp932([HEADINGS, *GOOD], end="\r"))
    yield Produced("no-last-line-end", cp932([HEADINGS, *GOOD]).rstrip())
    yield Produced("end-of-file-sign", cp932([HEADINGS, *GOOD]) + b"\x1a")
    yield Produced("title-above", cp932([("交付前一覧", "", ""), HEADINGS, *GOOD]))
    titles = [("大分市", "", ""), ("12月1日現在", "", ""), ("", "", ""), HEADINGS]
    yield Produced("three-titles-above", cp932([*titles, *GOOD]))
    yield Produced("title-of-one-cell", "一覧表\r\n".encode("cp932") + cp932([HEADINGS, *GOOD]))
    yield Produced("no-header", cp932(GOOD))
    yield Produced("blank-rows-between", cp932([HEADINGS, *(r for g in GOOD for r in (g, ("",)))]))
    yield Produced("empty-columns-behind", cp932([(*r, "", "", "") for r in [HEADINGS, *GOOD]]))
    more = [("整理番号", *HEADINGS, "氏名", "備考"), *(("1", *g, "大分花子", "") for g in GOOD)]
    yield Produced("columns-nobody-needs", cp932(more))
    yield Produced("other-order", cp932([(c, b, a) for a, b, c in [HEADINGS, *GOOD]]))
    other = [("予約ＩＤ", " 生年月日（和暦） ", "交付 場所"), *GOOD]
    yield Produced("other-headings", cp932(other))
    yield Produced("commas-in-quotes", cp932([(*r, "あ,い") for r in [HEADINGS, *GOOD]]))
    lines = cp932([(*HEADINGS, "備考"), *((*g, "*") for g in GOOD)]).replace(b"*", b'"a\nb"')
    yield Produced("line-ends-in-quotes", lines)
    twice = cp932([HEADINGS, *GOOD, *GOOD])
    yield Produced("every-row-twice", twice)
    office_numbers = [(*HEADINGS, "宛名番号"), *((*g, "123456789012") for g in GOOD)]
    yield Produced("twelve-digits-of-another-kind", cp932(office_numbers))


def _dates() -> Iterator[Produced]:
    for n, born in enumerate(
        (
            "昭和25年1月2日", "昭和２５年０１月０２日", "S25.1.2", "S250102", "s25/01/02",
            "昭25.1.2",
            "3250102", "19500102", "1950/1/2", "1950.01.02", "1950年1月2日", "西暦1950年1月2日",
            "1950/01/02 0:00", "1950-01-02T00:00:00", "平成元年1月8日", "令和元年5月1日",
            "H10.10.1",
        )
    ):  # fmt: skip
        yield Produced(f"date-{n}", text_of(table(born=born)).encode("cp932"))
    for n, born in enumerate(
        ("", "不明", "1950-00-00", "S23.01.00", "18264", "1.95E+07", "1950-02-30", "2999-01-01",
         "昭和70年1月1日", "1950-01-02 10:30", "####", "0")
    ):  # fmt: skip
        body = text_of(table(born=born)).encode("cp932")
        yield Produced(f"no-date-{n}", body, taken=4, rejected=1)


def _cells() -> Iterator[Produced]:
    for n, number in enumerate(
        ('="OTA000001"', "'OTA-000001", "ota-000001", "ＯＴＡー０００００１", " OTA 000001 ")
    ):
        yield Produced(f"number-{n}", text_of(table(number=number)).encode("cp932"))
    for n, number in enumerate(
        ("", "1.23E+11", "123456", "OTA-00001", "#N/A", "#REF!", "OTA-0000010", "123456789012")
    ):
        body = text_of(table(number=number)).encode("cp932")
        yield Produced(f"no-number-{n}", body, taken=4, rejected=1)
    for n, office in enumerate(("", "別府市役所", "大", "99")):
        body = text_of(table(office=office)).encode("cp932")
        yield Produced(f"no-office-{n}", body, taken=4, rejected=1)


def _broken_rows() -> Iterator[Produced]:
    good = text_of([HEADINGS, *GOOD])
    row = "OTA-000009,1950-01-02,鶴崎支所\r\n"
    for codec in ("cp932", "utf-8"):
        broken = row.encode(codec).replace("鶴".encode(codec), b"\xff")
        yield Produced(f"broken-byte-{codec}", good.encode(codec) + broken, rejected=1)
    for n, text in enumerate(
        ('"OTA-000009"x,1950-01-02,鶴崎\r\n', '"OTA-000009,1950-01-02,鶴崎\r\n', "OTA-000009\r\n",
         "OTA-000009,1950-01-02\r\n", "OTA-000009,1950\0-01-02,鶴崎\r\n", "x" * 70_000 + "\r\n",
         "x," * 1_500 + "\r\n", "�,1950-01-02,鶴崎\r\n")
    ):  # fmt: skip
        yield Produced(f"broken-row-{n}", (good + text).encode("utf-8"), rejected=1)
    other = text_of([HEADINGS, *GOOD, ("OTA-000001", "1960-01-02", "鶴崎支所")])
    yield Produced("same-number-other-person", other.encode("cp932"), rejected=1)


def _refused() -> Iterator[Produced]:
    yield Produced("nothing", b"", refused="空")
    yield Produced("blank", b"\r\n \r\n\r\n", refused="空")
    yield Produced("mark-alone", b"\xef\xbb\xbf", refused="空")
    header = text_of([HEADINGS]).encode("cp932")
    yield Produced("header-alone", header, refused="見出しの下に")
    yield Produced("noise", bytes(range(256)) * 40, refused="文字コード")
    yield Produced(
        "old-workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), refused=".xls"
    )
    one_line = b"a" * 3_000_000
    yield Produced("one-endless-line", one_line, refused="")
    carried = text_of([(*HEADINGS, "備考"), *((*g, "") for g in GOOD[:4])])
    carried += f"OTA-000005,1950-01-02,鶴崎,{INDIVIDUAL_NUMBER}\r\n"
    yield Produced("individual-number", carried.encode("cp932"), refused="マイナンバー")


def _workbooks() -> Iterator[Produced]:
    yield Produced("workbook", workbook([HEADINGS, *GOOD]))
    dated = [(a, date(1950, 1, 2), c) for a, _, c in GOOD]
    yield Produced("workbook-dates", workbook([HEADINGS, *dated]))
    moments = [(a, datetime(1950, 1, 2), c) for a, _, c in GOOD]  # noqa: DTZ001
    yield Produced("workbook-date-times", workbook([HEADINGS, *moments]))
    packed = [(a, 19500102, c) for a, _, c in GOOD]
    yield Produced("workbook-numbers", workbook([HEADINGS, *packed]))
    serial = [(GOOD[0][0], 18264, "鶴崎"), *GOOD[1:]]
    yield Produced("workbook-serial", workbook([HEADINGS, *serial]), taken=4, rejected=1)
    titled = workbook([("一覧表",), (), HEADINGS, *GOOD])
    yield Produced("workbook-title", titled)
    yield Produced("workbook-empty", workbook([]), refused="空")
    good = workbook([HEADINGS, *GOOD])
    yield Produced("workbook-cut", good[: len(good) // 2], refused="Excelブックとして")
    yield Produced("zip-of-something", zipped({"a.txt": b"a"}), refused="Excelブックとして")
    bomb = zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * 170 * 2**20})
    yield Produced("zip-bomb", bomb, refused="大きすぎます")
    lol = b'<!DOCTYPE a [<!ENTITY b "x">]><worksheet>&b;</worksheet>'
    swap = replaced(good, "xl/worksheets/sheet1.xml", lambda _: lol)
    yield Produced("xml-entities", swap, refused="Excelブックとして")
    swap = replaced(good, "xl/worksheets/sheet1.xml", lambda _: lol.decode().encode("utf-16"))
    yield Produced("xml-entities-in-utf16", swap, refused="Excelブックとして")
    far = replaced(
        good,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<row r="6"', b'<row r="99999999"'),
    )
    yield Produced("row-far-below", far, refused="行が多すぎます")
    broken = replaced(good, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    yield Produced("workbook-broken-xml", broken, refused="Excelブックとして")


def workbook(rows: Sequence[tuple[Any, ...]]) -> bytes:
    book, body = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(body)
    return body.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return body.getvalue()


def replaced(body: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with another content of one part."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    return zipped({**parts, name: change(parts[name])})
