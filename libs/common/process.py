"""Running a process: settings or one sentence, two ports, and an orderly end on SIGTERM."""

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

import asyncpg
import uvicorn
import uvloop
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import logs, migrate
from .database import UNREACHABLE
from .errors import CannotRun
from .ops import Readiness, ops_app
from .settings import MigrateSettings, ProcessSettings, SettingError, load
from .waiting import NOT_LET_IN, refused

log = logging.getLogger(__name__)
S = TypeVar("S")
_FROM_DATABASE: tuple[type[Exception], ...] = (*UNREACHABLE, asyncpg.PostgresError, DBAPIError)
P = TypeVar("P", bound=ProcessSettings)

KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 20
LAST_ANSWER = (b"connection", b"close")


class Server(uvicorn.Server):
    """Says 'not ready' first and closes its port a moment later, so that no request is refused.

    In that moment it answers with `Connection: close`: a client with a kept connection comes back
    on another one, and nobody sends into a connection that is just being closed.
    """

    def __init__(self, config: uvicorn.Config, readiness: Readiness, drain_seconds: float) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._drain_seconds = drain_seconds
        self._loop = asyncio.get_running_loop()

    async def has_started(self) -> bool:
        """Whether the application is up and its port is open."""
        return self.started

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._readiness.drain()
        state = self.server_state
        state.default_headers = [*state.default_headers, LAST_ANSWER]
        self.config.encoded_headers.append(LAST_ANSWER)  # uvicorn renews the others every second
        self._loop.call_later(self._drain_seconds, self._close)

    def _close(self) -> None:
        self.should_exit = True


class DiscreetLifespan:
    """ASGI wrapper: Starlette reports a failed start with the exception's message, we log its kind.

    Only a `CannotRun` is written for the operator and shown.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def report(message: Message) -> None:
            if message["type"] in ("lifespan.startup.failed", "lifespan.shutdown.failed"):
                error = sys.exc_info()[1]
                sentence = str(error) if isinstance(error, CannotRun) else "start or end failed"
                log.error(sentence, exc_info=error)
                message = {"type": message["type"], "message": ""}
            await send(message)

        await self._app(scope, receive, report if scope["type"] == "lifespan" else send)


class OpsServer(uvicorn.Server):
    """The operators' port leaves signals to the main server and outlives it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        DiscreetLifespan(app),
        host=host,
        port=port,
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def serve(app: Starlette, readiness: Readiness, settings: ProcessSettings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted."""
    main = Server(_config(app, settings.host, settings.port), readiness, settings.drain_seconds)
    readiness.require("started", main.has_started)
    ops = OpsServer(_config(ops_app(readiness), settings.host, settings.ops_port))
    ops_task = asyncio.create_task(ops.serve())
    try:
        await main.serve()
    finally:
        ops.should_exit = True
        await ops_task
    if not main.started:
        raise SystemExit(3)


def run(service: str, kind: type[P], create_app: Callable[[P, Readiness], Starlette]) -> None:
    """What `python -m services.X` does: load the settings and serve the application."""
    settings = settings_or_exit(kind)
    logs.configure(service, settings.log_level)

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(logs.note_unhandled)
        readiness = Readiness()
        app = create_app(settings, readiness)
        gc.freeze()
        await serve(app, readiness, settings)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def settings_or_exit(kind: type[S]) -> S:
    """The settings from the environment; a missing or wrong one ends the process in a sentence."""
    try:
        return load(kind, os.environ)
    except SettingError as wrong:
        sys.exit(str(wrong))


def run_migrations(package: str) -> None:
    """What `python -m services.X migrate` does."""
    settings = settings_or_exit(MigrateSettings)
    with database_or_exit():
        asyncio.run(migrate.wait_for_database(settings.url, settings.wait_seconds))
        migrate.upgrade(package, settings.url)


@contextlib.contextmanager
def database_or_exit() -> Iterator[None]:
    """For commands: a database that does not answer, or not to us, ends the process in a sentence.

    Whatever the block does must be as good when it is done twice.
    """
    try:
        yield
    except _FROM_DATABASE as error:
        state = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
        if not isinstance(error, UNREACHABLE) and not state.startswith(NOT_LET_IN):
            raise
        sys.exit(f"{refused(state or type(error).__name__)}; then run this command again.")
