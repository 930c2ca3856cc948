"""Answers made once and sent often: the body in memory, plain and compressed, known by ETags."""

from hashlib import sha256

from starlette.datastructures import Headers
from starlette.responses import Response

from .compress import SMALLEST, RawHeaders, gzipped, is_text, takes_gzip

HTML = "text/html; charset=utf-8"


class Ready(Response):
    """An answer whose headers were made before."""

    def __init__(self, status: int, body: bytes, headers: RawHeaders) -> None:
        self.status_code = status
        self.body = body
        self.raw_headers = headers
        self.background = None


class _Form:
    """One form of a body: its tag and its heads, whole and for 'not changed'."""

    __slots__ = ("body", "head", "same", "tag")

    def __init__(self, body: bytes, kind: str, cache: str, vary: str, encoding: str = "") -> None:
        self.body = body
        self.tag = f'"{sha256(body).hexdigest()[:20]}"'.encode()
        self.same = [
            (b"etag", self.tag),
            (b"cache-control", cache.encode()),
            (b"vary", f"accept-encoding, {vary}".rstrip(", ").encode()),
        ]
        self.head = [
            *self.same,
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        if encoding:
            self.head.append((b"content-encoding", encoding.encode()))


class ReadyBody:
    """A body for everybody. Compressed once, as well as it goes."""

    def __init__(self, body: bytes, cache: str, kind: str = HTML, vary: str = "") -> None:
        """`cache` is the Cache-Control header; `vary` names what else the body depends on."""
        self.body = body
        self._plain = self._packed = _Form(body, kind, cache, vary)
        if len(body) >= SMALLEST and is_text(kind.encode()):
            self._packed = _Form(gzipped(body), kind, cache, vary, "gzip")

    def answer(self, headers: Headers) -> Response:
        """The body in the form that the request takes, or 304 where the browser has it."""
        known = accepted = b""
        for name, value in headers.raw:
            if name == b"if-none-match":
                known = value
            elif name == b"accept-encoding":
                accepted = value
        form = self._packed if takes_gzip(accepted) else self._plain
        if known and _names(known, form.tag):
            return Ready(304, b"", form.same)
        return Ready(200, form.body, form.head)


def _names(known: bytes, tag: bytes) -> bool:
    """Whether an If-None-Match header has the tag. A proxy may have made it weak."""
    if known == tag:
        return True
    return any(one.strip().removeprefix(b"W/") in (tag, b"*") for one in known.split(b","))
