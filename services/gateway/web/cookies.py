"""Cookies with the strictest name, flags and path that the address of the door allows."""

import re

from starlette.requests import Request
from starlette.responses import Response

_VALUE = re.compile(r"[A-Za-z0-9._=-]*")


class Cookies:
    """Writes and reads cookies. Over HTTPS a browser enforces the prefix of the name:
    `__Host-` for the whole site, `__Secure-` below a path. Plain names serve loopback only."""

    def __init__(self, secure: bool) -> None:
        self._secure = secure

    def read(self, request: Request, name: str, path: str = "/") -> str:
        """The value, or an empty text."""
        return request.cookies.get(self.name(name, path), "")

    def write(
        self, response: Response, name: str, value: str, path: str = "/", seconds: int | None = None
    ) -> None:
        """`seconds` is how long it lasts; None: until the browser closes; 0: it is removed."""
        assert _VALUE.fullmatch(value), "cookie values are sealed or signed words"
        parts = [f"{self.name(name, path)}={value}", f"Path={path}", "HttpOnly", "SameSite=Lax"]
        if seconds is not None:
            parts.append(f"Max-Age={seconds}")
        if self._secure:
            parts.append("Secure")
        response.headers.append("set-cookie", "; ".join(parts))

    def remove(self, response: Response, name: str, path: str = "/") -> None:
        self.write(response, name, "", path, seconds=0)

    def name(self, name: str, path: str = "/") -> str:
        """The name with the prefix that belongs to the path."""
        if not self._secure:
            return name
        return f"__Host-{name}" if path == "/" else f"__Secure-{name}"
