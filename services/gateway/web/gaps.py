"""Pages kept in memory with gaps for what belongs to one session, compressed around the gaps."""

import re
import struct
import zlib
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import Response

from .compress import SMALLEST, takes_gzip, value_of
from .ready import HTML, Ready

GAPS = {"csrf": "\ue000", "key": "\ue001"}
"""What a template is given for each; characters that no text of ours has."""

_NAMES = {mark: name for name, mark in GAPS.items()}
_SPLIT = re.compile(f"([{''.join(_NAMES)}])")
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_RAW = -15
_FILLING = re.compile(rb"[A-Za-z0-9_-]{1,400}")


class GappedBody:
    """A page for everybody but for its gaps. Each part between them is compressed once, by itself;
    what fills a gap is put between them as it is. Together they are one gzip stream."""

    def __init__(self, html: str, vary: str = "") -> None:
        """`vary` names the headers that the page depends on."""
        texts = _SPLIT.split(html)
        self._plain: list[bytes | str] = [_NAMES.get(text, text.encode()) for text in texts]
        last = len(texts) - 1
        self._packed: list[bytes | str] = [
            part if isinstance(part, str) else _deflated(part, last=number == last)
            for number, part in enumerate(self._plain)
        ]
        self._large = len(html.encode()) >= SMALLEST
        self._vary = (b"vary", f"accept-encoding, {vary}".rstrip(", ").encode())

    def answer(self, fillings: Mapping[str, str], headers: Headers) -> Response:
        """The page of one session, which nobody may keep."""
        filled = {name: _safe(text) for name, text in fillings.items()}
        body = b"".join(p if isinstance(p, bytes) else filled[p] for p in self._plain)
        head = [self._vary, (b"content-type", HTML.encode())]
        if self._large and takes_gzip(value_of(headers.raw, b"accept-encoding")):
            body = self._gzipped(filled, body)
            head.append((b"content-encoding", b"gzip"))
        head.append((b"content-length", str(len(body)).encode()))
        return Ready(200, body, head)

    def _gzipped(self, filled: Mapping[str, bytes], body: bytes) -> bytes:
        parts = [p if isinstance(p, bytes) else _stored(filled[p]) for p in self._packed]
        return b"".join([_GZIP_HEAD, *parts, struct.pack("<II", zlib.crc32(body), len(body))])


def _deflated(part: bytes, *, last: bool) -> bytes:
    """Whole bytes that need nothing before them; the last part ends the stream."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW)
    return packer.compress(part) + packer.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)


def _stored(text: bytes) -> bytes:
    """A deflate block of bytes as they are."""
    return struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text


def _safe(text: str) -> bytes:
    """Fillings are put into attributes unescaped."""
    filling = text.encode()
    assert _FILLING.fullmatch(filling), "a gap is filled with a token"
    return filling
