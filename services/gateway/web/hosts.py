"""Only requests that name this site in their Host header are answered."""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from .pages import PageAnswer

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Hosts:
    """ASGI middleware. On a loopback address its other names count as well."""

    def __init__(self, app: ASGIApp, public_url: str, answer: PageAnswer) -> None:
        self._app = app
        self._hosts = allowed_hosts(public_url)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _host(scope) not in self._hosts:
            await self._answer(400)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def allowed_hosts(public_url: str) -> frozenset[bytes]:
    """The values of the Host header that mean `public_url`."""
    parts = urlsplit(public_url)
    names = _LOOPBACK if parts.hostname in ("localhost", "127.0.0.1", "::1") else ()
    port = f":{parts.port}" if parts.port else ""
    return frozenset(name.encode() for name in (parts.netloc, *(n + port for n in names)))


def _host(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"host":
            return bytes(value).lower()
    return b""
