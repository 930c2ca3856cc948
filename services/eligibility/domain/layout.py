"""How a table is laid out: delimiter, line of the header, notation of dates, the first rows."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.rules.folding import fold

from .cells import unwrapped
from .columns import Guesser, Target, named_columns
from .problems import UnreadableFile
from .records import FileLine, RecordReader, TextReader

DELIMITERS = {",": "カンマ", "\t": "タブ", ";": "セミコロン"}
_LOOKED_AT = 25
_TITLES = 10
_NOTATIONS = (
    (
        "和暦",
        re.compile(r"(?:明治|大正|昭和|平成|令和|[明大昭平令MTSHR])[.・]?(?:[0-9]{1,2}|元).*"),
    ),
    ("西暦8桁", re.compile(r"(?:19|20)[0-9]{6}")),
    ("元号コード7桁", re.compile(r"[1-5][0-9]{6}")),
    ("西暦", re.compile(r"(?:西暦)?(?:19|20)[0-9]{2}[^0-9].*")),
)


@dataclass(frozen=True)
class FileLayout:
    """How the rows of a file are to be read. `header` is the line of the header; 0: it has none."""

    codec: str
    delimiter: str
    header: int


@dataclass(frozen=True)
class Preview:
    """The first rows of a file: the header, if there is one, and rows below it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        return max(map(len, (self.headings, *self.rows)), default=0)


def first_lines(head: bytes, codec: str, delimiter: str) -> list[FileLine]:
    """The first rows of a text that goes on. Raises UnreadableFile."""
    lines: list[FileLine] = []
    for line in TextReader(codec, delimiter).feed(head):
        lines.append(line)
        if len(lines) == _LOOKED_AT:
            break
    return lines


def find_delimiter(text: str) -> str:
    """The one by which most of the first rows have the same number of columns."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: str, delimiter: str) -> tuple[int, int]:
    rows = list(_some(RecordReader(delimiter).feed(text + "\n")))
    widths = Counter(len(line.cells) for line in rows if line.cells and len(line.cells) > 1)
    if not widths:
        return 0, 0
    width, count = widths.most_common(1)[0]
    return count, width


def _some(lines: Iterator[FileLine]) -> Iterator[FileLine]:
    for n, line in enumerate(lines, start=1):
        yield line
        if n == _LOOKED_AT:
            return


def find_header(lines: Sequence[FileLine], guesser: Guesser) -> int:
    """The line of the header; 0 where the file begins with data. A title above it is passed over.
    Raises UnreadableFile."""
    rows = [(line.number, line.cells) for line in lines[:_TITLES] if line.cells]
    if not lines:
        raise UnreadableFile("ファイルが空です。一覧の入ったファイルを選んでください。")
    known = [(len(named_columns(cells)), -number) for number, cells in rows]
    most, first = max(known, default=(0, 0))
    if most >= 2:
        return -first
    above = []
    for number, cells in rows:
        if guesser.is_data(cells):
            break
        above.append((sum(bool(cell.strip()) for cell in cells), number))
    return max(above, default=(0, 0))[1]


def preview_of(lines: Sequence[FileLine], header: int) -> Preview:
    """Raises UnreadableFile where nothing stands below the header."""
    headings = next((line.cells for line in lines if line.number == header), None) or []
    rows = [tuple(line.cells) for line in lines if line.number > header and line.cells]
    if not rows and all(line.number <= header for line in lines):
        raise UnreadableFile("見出しの下に、取り込む行がありません。ファイルをお確かめください。")
    return Preview(tuple(headings), tuple(rows))


def notation(cells: Sequence[str]) -> str:
    """How the dates of a column are written, the most frequent first."""
    seen: Counter[str] = Counter()
    for cell in cells:
        text = fold(unwrapped(cell)).upper()
        name = next((name for name, form in _NOTATIONS if form.fullmatch(text)), None)
        if name:
            seen[name] += 1
    return "・".join(name for name, _ in seen.most_common(2))


def suggestion(preview: Preview, guesser: Guesser) -> dict[int, Target]:
    """What each column may be: by its heading, else by what is in it."""
    return guesser.guess(preview.rows, named_columns(preview.headings))
