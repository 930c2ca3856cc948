"""Security headers on every answer, errors included."""

from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_KEPT = 256
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeaders:
    """ASGI middleware. `more_policy` adds to the content security policy, for example
    \"script-src 'self'\" where a door has a script. Pages say themselves when they may be cached,
    and may tell the browser to keep their address to itself (referrer-policy).
    """

    def __init__(self, app: ASGIApp, more_policy: str = "") -> None:
        self._app = app
        policy = f"{_POLICY}; {more_policy}" if more_policy else _POLICY
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"referrer-policy", b"same-origin"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", _PERMISSIONS.encode()),
            (b"cache-control", b"no-store"),
        ]
        self._unsaid = lru_cache(MOST_KEPT)(self._without)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                more = self._unsaid(tuple([name for name, _ in headers]))
                message = {**message, "headers": [*headers, *more]}
            await send(message)

        await self._app(scope, receive, add)

    def _without(self, said: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
        """What the answer does not say itself. There are few kinds of answers."""
        return [(name, value) for name, value in self._headers if name not in said]
