"""The CSV as a table: bytes to text, text to rows with their line numbers."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .problems import UnknownEncoding, UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 (BOM)"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# UTF-8 first: hardly any Japanese CP932 text is valid UTF-8, but much UTF-8 passes as CP932.
_UNMARKED = (("utf-8", "UTF-8"), ("cp932", "CP932"))
_OPEN_QUOTE = "unexpected end of data"

MOST_COLUMNS = 1_000
MOST_BLANK = 100_000
"""Many times what a list has. Without them a file of 20 MB could be two million columns, or twenty
million rows of nothing, which take gigabytes or the better part of a minute."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file. `number` is its first line, from 1; `cells` is None where the quotes
    of the row make no sense."""

    number: int
    cells: list[str] | None


@dataclass(frozen=True)
class Sheet:
    """A file that could be read: what it was encoded in, its header, and the rows below."""

    encoding: str
    header: list[str]
    lines: Iterator[Line]


def open_sheet(body: bytes) -> Sheet:
    """Raises UnknownEncoding, UnreadableFile. Reading on in `lines` may raise UnreadableFile."""
    text, encoding = _decoded(body)
    lines = _lines(text)
    header = next(lines, None)
    if header is None:
        raise UnreadableFile("ファイルが空です。1行目に列の名前があるCSVファイルを選んでください。")
    return Sheet(encoding, header.cells or [], lines)


def _decoded(body: bytes) -> tuple[str, str]:
    marked = [(codec, name) for mark, codec, name in _MARKS if body.startswith(mark)]
    for codec, name in marked or _UNMARKED:
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    raise UnknownEncoding(
        "文字コードを判別できません。Shift_JIS (CP932)、UTF-8、BOM付きUTF-16の"
        "いずれかで保存し直してください。"
    )


def _lines(text: str) -> Iterator[Line]:
    """Every row that is not blank; a row with broken quotes is given without its cells."""
    first = text.lstrip().partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    wide = blank = 0

    def narrow() -> Iterator[str]:
        """The lines, until those of one row have too many columns. Nothing is cut up before.
        newline=None takes CRLF, LF and a lone CR alike."""
        nonlocal wide
        for line in io.StringIO(text, newline=None):
            wide += line.count(delimiter)
            if wide >= MOST_COLUMNS:
                raise _too_wide(number)
            yield line

    reader = csv.reader(narrow(), delimiter=delimiter, strict=True)
    while True:
        number, wide = reader.line_num + 1, 0
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error) == _OPEN_QUOTE:
                raise _never_closed(number) from None
            cells = None
        if cells is None or any(map(str.strip, cells)):
            yield Line(number, cells)
        elif (blank := blank + 1) > MOST_BLANK:
            raise _too_blank()


def _never_closed(number: int) -> UnreadableFile:
    return UnreadableFile(
        f'{number}行目の引用符(")が閉じられていません。ファイルは取り込まれていません。'
        "直してからもう一度取り込んでください。"
    )


def _too_wide(number: int) -> UnreadableFile:
    return UnreadableFile(
        f"{number}行目の列が多すぎます（{MOST_COLUMNS:,}列まで）。ファイルは取り込まれていません。"
        "必要な列だけの表にして、もう一度取り込んでください。"
    )


def _too_blank() -> UnreadableFile:
    return UnreadableFile(
        f"何も書かれていない行が多すぎます（{MOST_BLANK:,}行まで）。ファイルは取り込まれていません。"
        "空の行を消してから、もう一度取り込んでください。"
    )


def heading(text: str) -> str:
    """A column's name as it is compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
