"""Doing again what the database ended because of others: the one place that does."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import Unavailable, problem_response
from .logs import describe_error, fields
from .metrics import RUN_AGAIN

log = logging.getLogger(__name__)
T = TypeVar("T")
SECONDS = 1.5
"""With as long a wait for a connection before the last try, an answer leaves well within the five
seconds of a door. PostgreSQL looks for deadlocks after one second."""
FIRST_PAUSE, LONGEST_PAUSE = 0.004, 0.032
LARGEST_BODY = 1024 * 1024
"""A request with more is not kept for another reading: who takes files in runs again by itself."""


class GaveWay(DBAPIError):
    """What GAVE_WAY is called where SQLAlchemy tells it."""


GAVE_WAY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
GIVING_WAY = (GaveWay, *GAVE_WAY)
"""The transaction was rolled back because of others; by itself nothing is wrong with it."""


async def run_again(
    attempt: Callable[[], Awaitable[T]],
    seconds: float = SECONDS,
    passing: tuple[type[Exception], ...] = GIVING_WAY,
) -> T:
    """Run `attempt`, a whole transaction, until it is not ended by one of `passing`: again after a
    random moment, each time a longer one, for so many seconds. Then raises the last of them."""
    give_up, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except passing:
            if time.monotonic() >= give_up:
                raise
            RUN_AGAIN.inc()
        await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 (jitter, no secret)
        pause = min(pause * 2, LONGEST_PAUSE)


def unavailable() -> Response:
    """What a service answers that did not get through in time."""
    problem = Unavailable("Others were at the same data. Please try again in a moment.")
    return problem_response(problem, 503, {"retry-after": "2"})


class Again:
    """ASGI middleware: the same request is run again, with the body that was read, where its
    transaction gave way to another before anything was answered. Where that does not help in time,
    or the body is too large to be kept, the answer is `refusal`."""

    def __init__(
        self,
        app: ASGIApp,
        refusal: Callable[[], Response] = unavailable,
        passing: tuple[type[Exception], ...] = GIVING_WAY,
    ) -> None:
        self._app = app
        self._refusal = refusal
        self._passing = passing
        self._ends: tuple[type[Exception], ...] = (_CannotRepeat, *passing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(receive, send, self._passing)
        try:
            await run_again(lambda: request.run(self._app, scope), passing=self._passing)
        except self._ends as end:
            if request.is_answered:
                raise end.__cause__ or end from None
            log.warning("gave way to others", extra=fields(error=describe_error(end)))
            await self._refusal()(scope, receive, send)


class _CannotRepeat(Exception):
    """The answer has begun, or the body was not kept."""


class _Request:
    """What came in, kept for another reading, and whether something went out."""

    def __init__(self, receive: Receive, send: Send, passing: tuple[type[Exception], ...]) -> None:
        self._receive = receive
        self._send = send
        self._passing = passing
        self._messages: list[Message] = []
        self._size = 0
        self.is_answered = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._from_the_start(), self._answer)
        except self._passing as error:
            if self.is_answered or self._size > LARGEST_BODY:
                raise _CannotRepeat from error
            raise

    async def _answer(self, message: Message) -> None:
        self.is_answered = True
        await self._send(message)

    def _from_the_start(self) -> Receive:
        kept = iter(tuple(self._messages))

        async def receive() -> Message:
            for message in kept:
                return message
            message = await self._receive()
            self._size += len(message.get("body", b""))
            if self._size <= LARGEST_BODY:
                self._messages.append(message)
            return message

        return receive
