"""Text to rows: a row that makes no sense costs only itself, whatever its quotes or bytes are."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from .encodings import has_nothing
from .problems import UnreadableFile

MOST_COLUMNS = 1_000
MOST_BLANK = 100_000
MOST_LINES_A_ROW = 20
LONGEST_LINE = 65_536
"""Many times what a list has. Without bounds 64 MiB could be six million columns, sixty million
rows of nothing, or one line, which take gigabytes or minutes."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One row of the file. `number` is its first line, from 1. Where the row cannot be read `cells`
    is None and `fault` says why."""

    number: int
    cells: list[str] | None
    fault: str = ""


BROKEN_QUOTES = '引用符(")の使い方が正しくないため読み取れません。'
BROKEN_BYTES = "読めない文字があります。元のデータで直してください。"
TOO_LONG = f"行が長すぎます（{LONGEST_LINE:,}文字まで）。"
TOO_WIDE = f"列が多すぎます（{MOST_COLUMNS:,}列まで）。"


class RecordReader:
    """Takes text in as it comes, line ends of any kind, and gives the rows that are complete.

    A row may go over several lines inside quotes. Where the quotes do not close within some lines,
    only the first of those lines is a broken row, and reading goes on with the next.
    """

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._rest = ""
        self._pending: list[str] = []
        self._number = 1
        self._blank = 0

    def feed(self, text: str) -> Iterator[FileLine]:
        """Raises UnreadableFile."""
        *whole, self._rest = (self._rest + text).split("\n")
        if len(self._rest) > LONGEST_LINE * 16:
            raise UnreadableFile(
                f"{self._number}行目が長すぎます。表のファイルか、お確かめください。"
                "ファイルは取り込まれていません。"
            )
        self._pending += whole
        yield from self._rows(final=False)

    def end(self) -> Iterator[FileLine]:
        """What is left. Raises UnreadableFile."""
        if self._rest:
            self._pending.append(self._rest)
        yield from self._rows(final=True)

    def _rows(self, *, final: bool) -> Iterator[FileLine]:
        pending, at = self._pending, 0
        while at < len(pending):
            taken = self._lines_of_row(pending, at, final=final)
            if taken == 0:
                break
            number, lines = self._number, pending[at : at + taken]
            at += taken
            self._number += taken
            line = self._row(number, lines)
            if line is not None:
                yield line
        self._pending = pending[at:]

    def _lines_of_row(self, lines: list[str], at: int, *, final: bool) -> int:
        """How many lines the row that begins at `at` has; 0 where more of the text is needed."""
        if '"' not in lines[at] or lines[at].count('"') % 2 == 0:
            return 1
        for more in range(1, MOST_LINES_A_ROW):
            if at + more >= len(lines):
                return 1 if final else 0
            if lines[at + more].count('"') % 2:
                return more + 1 if self._closes(lines[at : at + more + 1]) else 1
        return 1

    def _closes(self, lines: list[str]) -> bool:
        """Whether the lines are one row, and not two with a quote too many each."""
        return self._cells("\n".join(lines)) is not None

    def _row(self, number: int, lines: list[str]) -> FileLine | None:
        text = "\n".join(lines)
        if not text.strip(self._delimiter + " \t　\"'\x1a"):
            self._count_blank()
            return None
        if len(text) > LONGEST_LINE:
            return FileLine(number, None, TOO_LONG)
        if text.count(self._delimiter) >= MOST_COLUMNS:
            return FileLine(number, None, TOO_WIDE)
        cells = self._cells(text)
        if (not text.isascii() and has_nothing(text)) or "\0" in text:
            return FileLine(number, None, BROKEN_BYTES)
        return FileLine(number, cells, "" if cells is not None else BROKEN_QUOTES)

    def _cells(self, text: str) -> list[str] | None:
        if '"' not in text:
            return text.split(self._delimiter)
        try:
            rows = list(csv.reader(io.StringIO(text), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None

    def _count_blank(self) -> None:
        self._blank += 1
        if self._blank > MOST_BLANK:
            raise UnreadableFile(
                f"何も書かれていない行が多すぎます（{MOST_BLANK:,}行まで）。"
                "ファイルは取り込まれていません。空の行を消してから、もう一度選んでください。"
            )


class TextReader:
    """The rows of a file in one encoding, from bytes as they come."""

    def __init__(self, codec: str, delimiter: str) -> None:
        decoder = codecs.getincrementaldecoder(codec)("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._records = RecordReader(delimiter)
        self._begins = True

    def feed(self, data: bytes) -> Iterator[FileLine]:
        """Raises UnreadableFile."""
        return self._records.feed(self._unmarked(self._decoder.decode(data)))

    def end(self) -> Iterator[FileLine]:
        """Raises UnreadableFile."""
        yield from self._records.feed(self._unmarked(self._decoder.decode(b"", final=True)))
        yield from self._records.end()

    def _unmarked(self, text: str) -> str:
        """UTF-16 keeps its mark as a sign of the text."""
        if self._begins and text:
            self._begins = False
            return text.removeprefix("\ufeff")
        return text
