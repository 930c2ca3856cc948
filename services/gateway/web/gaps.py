"""Pages kept in memory with gaps for what belongs to one session, compressed around the gaps."""

import re
import struct
import zlib
from collections.abc import Mapping
from functools import reduce
from operator import xor
from string import ascii_letters, digits

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
_HARMLESS = (ascii_letters + digits + "_-").encode()


class _Part:
    """What stands between two gaps. Its share in a checksum depends linearly on the bits of the
    checksum before it, so that it is looked up instead of being added up byte by byte."""

    __slots__ = ("_bits", "_own", "packed", "plain")

    def __init__(self, text: str, *, last: bool) -> None:
        self.plain = text.encode()
        self.packed = _deflated(self.plain, last=last)
        self._own = zlib.crc32(self.plain)
        self._bits = tuple(self._of_byte(place) for place in range(0, 32, 8))

    def _of_byte(self, place: int) -> list[int]:
        bits = [zlib.crc32(self.plain, 1 << (place + bit)) ^ self._own for bit in range(8)]
        return [
            reduce(xor, (bits[bit] for bit in range(8) if byte >> bit & 1), 0)
            for byte in range(256)
        ]

    def checksum(self, before: int) -> int:
        """The CRC-32 of everything up to here, given that of everything before."""
        one, two, three, four = self._bits
        return (
            self._own
            ^ one[before & 255]
            ^ two[before >> 8 & 255]
            ^ three[before >> 16 & 255]
            ^ four[before >> 24]
        )


class GappedBody:
    """A page for everybody but for its gaps. Each part between them is compressed once, by itself;
    what fills a gap is put between them as it is. Together they are one gzip stream."""

    def __init__(self, html: str, vary: str = "") -> None:
        """`vary` names the headers that the page depends on."""
        texts = _SPLIT.split(html)
        last = len(texts) - 1
        self._parts: list[_Part | str] = [
            _NAMES.get(text) or _Part(text, last=number == last)
            for number, text in enumerate(texts)
        ]
        self._large = len(html.encode()) >= SMALLEST
        self._vary = (b"vary", f"accept-encoding, {vary}".rstrip(", ").encode())

    def answer(self, fillings: Mapping[str, str], headers: Headers) -> Response:
        """The page of one session, which nobody may keep."""
        filled = {name: _safe(text) for name, text in fillings.items()}
        head = [self._vary, (b"content-type", HTML.encode())]
        if self._large and takes_gzip(value_of(headers.raw, b"accept-encoding")):
            body = self._gzipped(filled)
            head.append((b"content-encoding", b"gzip"))
        else:
            body = b"".join([filled[p] if isinstance(p, str) else p.plain for p in self._parts])
        head.append((b"content-length", str(len(body)).encode()))
        return Ready(200, body, head)

    def _gzipped(self, filled: Mapping[str, bytes]) -> bytes:
        packed, checksum, size = [_GZIP_HEAD], 0, 0
        for part in self._parts:
            if isinstance(part, str):
                plain = filled[part]
                packed.append(_stored(plain))
                checksum = zlib.crc32(plain, checksum)
            else:
                plain = part.plain
                packed.append(part.packed)
                checksum = part.checksum(checksum)
            size += len(plain)
        packed.append(struct.pack("<II", checksum, size))
        return b"".join(packed)


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
    assert filling and not filling.translate(None, _HARMLESS), "a gap is filled with a token"
    return filling
