"""Compression: which clients take gzip, and a middleware that serves it to them."""

import zlib
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 5
"""Pages are rendered for each request: a higher level saves a few bytes for twice the time."""
SMALLEST = 600
"""Below this size the answer fits into one packet anyway."""

_GZIP_FRAME = 31
_KINDS = (b"text/", b"application/json", b"image/svg+xml")
_LIVE = b"text/event-stream"

RawHeaders = list[tuple[bytes, bytes]]


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether the value of an Accept-Encoding header allows gzip."""
    wishes = [wish.strip().lower() for wish in accept_encoding.split(b",")]
    named = {name.strip(): _weight(rest) for name, _, rest in (w.partition(b";") for w in wishes)}
    return named.get(b"gzip", named.get(b"*", 0.0)) > 0


def gzipped(body: bytes, level: int = 9) -> bytes:
    """Without a time or a name, so that the same body is the same bytes."""
    return zlib.compress(body, level, wbits=_GZIP_FRAME)


def value_of(headers: RawHeaders, name: bytes) -> bytes:
    """The value of a header, or nothing."""
    for known, value in headers:
        if known == name:
            return value
    return b""


def is_text(kind: bytes) -> bool:
    """Whether a content type gains by compression; a live stream must not wait for it."""
    return kind.startswith(_KINDS) and not kind.startswith(_LIVE)


class Compress:
    """ASGI middleware: text is sent as gzip to those who take it. An answer that says itself that
    it varies by encoding has chosen already (ready.py)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        takes = takes_gzip(value_of(scope["headers"], b"accept-encoding"))
        await self._app(scope, receive, _Answer(send, takes).send)


class _Answer:
    """Holds the head of an answer back until the size of its body is known."""

    def __init__(self, send: Send, takes: bool) -> None:
        self._send = send
        self._takes = takes
        self._head: Message | None = None
        self._packer: Any = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._head is not None:
            await self._first_part(self._head, message)
        elif self._packer is not None:
            await self._send({**message, "body": self._pack(message)})
        else:
            await self._send(message)

    async def _begin(self, head: Message) -> None:
        headers = head["headers"]
        if _has_chosen(headers) or not is_text(value_of(headers, b"content-type")):
            await self._send(head)
            return
        head = {**head, "headers": [*headers, (b"vary", b"accept-encoding")]}
        if self._takes:
            self._head = head
        else:
            await self._send(head)

    async def _first_part(self, head: Message, message: Message) -> None:
        self._head = None
        body, more = message.get("body", b""), message.get("more_body", False)
        if more or len(body) >= SMALLEST:
            self._packer = zlib.compressobj(LEVEL, wbits=_GZIP_FRAME)
            message = {**message, "body": self._pack(message)}
            size = None if more else len(message["body"])
            head = {**head, "headers": _packed_head(head["headers"], size)}
        await self._send(head)
        await self._send(message)

    def _pack(self, message: Message) -> bytes:
        """The next part; a part of a longer answer can be read at once."""
        more = message.get("more_body", False)
        packed: bytes = self._packer.compress(message.get("body", b""))
        return packed + bytes(self._packer.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH))


def _weight(parameters: bytes) -> float:
    """The q of a wish; one that cannot be read is a refusal."""
    name, _, value = parameters.replace(b" ", b"").partition(b"=")
    if not name:
        return 1.0
    try:
        return float(value) if name.lower() == b"q" else 0.0
    except ValueError:
        return 0.0


def _has_chosen(headers: RawHeaders) -> bool:
    for name, value in headers:
        if name == b"content-encoding" or (name == b"vary" and b"accept-encoding" in value):
            return True
    return False


def _packed_head(headers: RawHeaders, size: int | None) -> RawHeaders:
    """The head of a packed body. Its tag is weak: the bytes are others than the plain ones."""
    kept = [
        (name, b"W/" + value if name == b"etag" and not value.startswith(b"W/") else value)
        for name, value in headers
        if name != b"content-length"
    ]
    kept.append((b"content-encoding", b"gzip"))
    if size is not None:
        kept.append((b"content-length", str(size).encode()))
    return kept
