"""How long a request may take to arrive: in all, and not from one byte to the next."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.errors import Problem

SECONDS = 20.0
BYTES_A_SECOND = 200_000
"""Of a larger body: 20 MiB may take two minutes."""


class SlowBody(Problem):
    """The body did not arrive in time."""

    slug = "slow-body"


class SlowBodies:
    """ASGI middleware: a body has `seconds`, and more where it says that it is large, up to
    `largest` bytes. Then `SlowBody` is raised where it is read, and the connection ends with the
    answer.

    The proxy hands a body on as it comes (its own limits are from one read to the next).
    """

    def __init__(self, app: ASGIApp, largest: int, seconds: float = SECONDS) -> None:
        self._app = app
        self._largest = largest
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        until = asyncio.get_running_loop().time() + self._patience(scope)
        ended = late = False

        async def in_time() -> Message:
            nonlocal ended, late
            if ended:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                late = True
                raise SlowBody("The body did not arrive in time.") from None
            ended = not message.get("more_body", False)
            return message

        async def last(message: Message) -> None:
            if late and message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
            await send(message)

        await self._app(scope, in_time, last)

    def _patience(self, scope: Scope) -> float:
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        size = int(declared) if declared.isdigit() else 0
        return self._seconds + min(size, self._largest) / BYTES_A_SECOND
