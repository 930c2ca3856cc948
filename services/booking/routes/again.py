"""A request whose transaction had to give way to another is answered anew, whatever it asks."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.errors import problem_body
from services.booking.actions.patience import patiently
from services.booking.domain import Busy


class Again:
    """ASGI middleware. A deadlock or a lock that is not to be had ends a transaction before
    anything was answered, and rolls all of it back: the same request is simply run again, with the
    body that was read. Where that does not help in time, the answer is Busy."""

    def __init__(self, app: ASGIApp, busy_status: int) -> None:
        self._app = app
        self._busy_status = busy_status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive)
        try:
            await patiently(lambda: self._app(scope, body.from_the_start(), send))
        except Busy as busy:
            answer = JSONResponse(problem_body(busy), self._busy_status, media_type=PROBLEM)
            await answer(scope, receive, send)


PROBLEM = "application/problem+json"


class _Body:
    """What came in, kept for another reading."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []

    def from_the_start(self) -> Receive:
        kept = iter(tuple(self._messages))

        async def receive() -> Message:
            for message in kept:
                return message
            self._messages.append(await self._receive())
            return self._messages[-1]

        return receive
