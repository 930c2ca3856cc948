"""The operators' port: is the process alive, is it ready, what are its figures."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .logs import describe_error, fields

log = logging.getLogger(__name__)
CHECK_SECONDS = 1.5
"""Whoever asks has a patience of its own; a check that hangs is one that fails."""
Check = Callable[[], Awaitable[bool]]


class Readiness:
    """Whether traffic should come here: every check passes and the process is not draining."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._leaving: list[Callable[[], None]] = []
        self.draining = False

    def require(self, name: str, check: Check) -> None:
        self._checks[name] = check

    def on_drain(self, leave: Callable[[], None]) -> None:
        """Call `leave` when the process is told to end: answers that would last are ended there."""
        self._leaving.append(leave)

    def drain(self) -> None:
        self.draining = True
        for leave in self._leaving:
            leave()

    async def failing(self) -> list[str]:
        """The names of what is not ready; empty means ready."""
        if self.draining:
            return ["draining"]
        checks = dict(self._checks)  # more are added while a process starts
        passed = await asyncio.gather(*(_passes(*check) for check in checks.items()))
        return [name for name, passes in zip(checks, passed, strict=True) if not passes]


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as error:
        log.warning("not ready", extra=fields(check=name, error=describe_error(error)))
        return False


def ops_app(readiness: Readiness) -> Starlette:
    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_: Request) -> Response:
        failing = await readiness.failing()
        return JSONResponse({"failing": failing}, status_code=503 if failing else 200)

    async def figures(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/healthz", alive),
            Route("/readyz", ready),
            Route("/metrics", figures),
        ]
    )
