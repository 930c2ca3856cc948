"""What every HTTP application does around its routes: request id, log line, figure, size limit."""

import logging
import re
import time
from functools import cache
from typing import TypeVar

from prometheus_client import Histogram
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import Malformed, TooLarge
from .logs import fields, new_request_id, request_id
from .metrics import HTTP_SECONDS

log = logging.getLogger(__name__)
Model = TypeVar("Model", bound=BaseModel)

REQUEST_ID_HEADER = b"x-request-id"
KEY_HEADER = "idempotency-key"
_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
_NUL = rb"\u0000"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")


class Requests:
    """ASGI middleware: takes over or makes the request id, times and logs each request.

    `trust_request_id` belongs to services behind a door: nobody else may name our log lines.
    Without `log_reads` a GET that went well is counted and timed only; the edge logs it anyway.
    The log has the route's pattern, never the path, because a path can carry what people type.
    """

    def __init__(self, app: ASGIApp, trust_request_id: bool = True, log_reads: bool = True) -> None:
        self._app = app
        self._trust = trust_request_id
        self._log_reads = log_reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = request_id.set(self._request_id(scope))
        status, started = 500, time.perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            self._record(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _request_id(self, scope: Scope) -> str:
        if not self._trust:
            return new_request_id()
        sent = dict(scope["headers"]).get(REQUEST_ID_HEADER, b"").decode("latin-1")
        return sent if _REQUEST_ID.fullmatch(sent) else new_request_id()

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        _seconds_of(route, scope["method"], status).observe(seconds)
        if status < 400 and scope["method"] == "GET" and not self._log_reads:
            return
        level = logging.WARNING if status >= 500 else logging.INFO
        if log.isEnabledFor(level):
            log.log(
                level,
                "request",
                extra=fields(route=route, method=scope["method"], status=status, ms=seconds * 1000),
            )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@cache
def _seconds_of(route: str, method: str, status: int) -> Histogram:
    """The child of HTTP_SECONDS, which does not change; there are as many as routes."""
    return HTTP_SECONDS.labels(route, method if method in _METHODS else "OTHER", status)


async def read_limited(request: Request, limit: int) -> bytes:
    """The body, of `limit` bytes at most. Raises TooLarge before more than that was read."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"At most {limit} bytes are taken here.")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"At most {limit} bytes are taken here.")
        chunks.append(chunk)
    return b"".join(chunks)


async def read_model(request: Request, model: type[Model], limit: int = 65536) -> Model:
    """The JSON body as `model`. Raises Malformed, naming the fields but not their values."""
    body = await read_limited(request, limit)
    if _NUL in body:
        raise Malformed("The request cannot be read: no text has a NUL.")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise malformed(error) from None


def malformed(error: ValidationError) -> Malformed:
    """A pydantic error as a problem: fields and reasons, never the values."""
    places = [".".join(str(part) for part in found["loc"]) for found in error.errors()]
    where = ", ".join(filter(None, places))[:400] or "it is not a JSON object"
    return Malformed(f"The request cannot be read: {where}", fields=places[:20])


def read_key(request: Request) -> str:
    """The idempotency key. Raises Malformed without one of 16 to 128 safe characters."""
    key = request.headers.get(KEY_HEADER, "")
    if not _KEY.fullmatch(key):
        raise Malformed("An Idempotency-Key of 16 to 128 letters, digits, - and _ is required.")
    return key
