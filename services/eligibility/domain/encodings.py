"""Which encoding a file is written in, decided by all of its bytes and not by its beginning."""

import codecs
import re
from dataclasses import dataclass, field

from .problems import UnknownEncoding

BROKEN = "\ufffd"
"""What stands in a text for bytes that mean nothing."""
_NOTHING = re.compile("[\ufffd\x80\uf8f0-\uf8f3]")
"""The same, and what Python makes of bytes that CP932 has nothing for."""

CODECS = {
    "cp932": "Shift_JIS（CP932）",
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（BOM付き）",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16（ビッグエンディアン）",
    "euc-jp": "EUC-JP",
}
"""All that are read, with the words of the page."""


def encoding_name(kind: str, codec: str) -> str:
    """What a file is written in, in the words of the pages."""
    return "Excelブック" if kind == "xlsx" else CODECS.get(codec, codec)


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 4096
_WIDE_SHARE = 0.02
"""So many bytes of a table in UTF-16 are the empty halves of digits, delimiters and line ends."""
_MOST_BROKEN = 0.3
"""Of the signs that are not ASCII: more of them than this are no Japanese in that encoding."""


@dataclass
class Tally:
    """What one encoding makes of the bytes so far."""

    codec: str
    broken: int = 0
    others: int = 0
    _decoder: codecs.IncrementalDecoder = field(init=False)

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self.codec)("replace")

    def feed(self, data: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(data, final)
        if text.isascii():
            return
        self.broken += len(_NOTHING.findall(text))
        self.others += len(text) - len(text.encode("ascii", "ignore"))

    @property
    def good(self) -> int:
        return self.others - self.broken


class Census:
    """Takes a file in as it comes and says at its end which encoding it is in."""

    def __init__(self) -> None:
        self.size = self.lines = 0
        self._head = b""
        self._empty = [0, 0]
        self._utf8, self._cp932 = Tally("utf-8"), Tally("cp932")

    def feed(self, data: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]
        for half in (0, 1):
            self._empty[(half + self.size) % 2] += data[half::2].count(0)
        self.size += len(data)
        self.lines += data.count(b"\n") or data.count(b"\r")
        self._utf8.feed(data)
        self._cp932.feed(data)

    def codec(self) -> str:
        """Raises UnknownEncoding. A file with a few broken bytes is still in its encoding."""
        for tally in (self._utf8, self._cp932):
            tally.feed(b"", final=True)
        if marked := [codec for mark, codec in _MARKS if self._head.startswith(mark)]:
            return marked[0]
        if any(self._empty):
            return self._wide()
        if self._utf8.good > 2 * self._utf8.broken or not self._utf8.broken:
            return "utf-8"
        if self._cp932.broken <= max(1, _MOST_BROKEN * self._cp932.others):
            return "cp932"
        if self._is_euc():
            return "euc-jp"
        raise unknown_encoding()

    def _is_euc(self) -> bool:
        """What is nothing in CP932, and every byte of its beginning something in EUC-JP."""
        try:
            codecs.getincrementaldecoder("euc-jp")().decode(self._head)
        except UnicodeDecodeError:
            return False
        return True

    def _wide(self) -> str:
        """UTF-16 without a mark: the empty halves of its digits are all on one side."""
        even, odd = self._empty
        most = max(even, odd)
        if most > _WIDE_SHARE * self.size and min(even, odd) * 10 < most:
            codec = "utf-16-le" if odd > even else "utf-16-be"
            text = self._head[: len(self._head) // 2 * 2].decode(codec, "replace")
            if any(sign in text for sign in "\r\n,\t;") and "\uffff" not in text:
                return codec
        elif most <= max(1, self.size // 1000):
            return "utf-8" if not self._utf8.broken else "cp932"
        raise unknown_encoding()


def has_nothing(text: str) -> bool:
    """Whether some of its bytes meant nothing."""
    return bool(_NOTHING.search(text)) or "\0" in text


def unknown_encoding() -> UnknownEncoding:
    return UnknownEncoding(
        "文字コードを判別できません。CSVファイル（Shift_JIS、UTF-8、UTF-16）か、Excelブック"
        "（.xlsx）で保存し直してください。"
    )
