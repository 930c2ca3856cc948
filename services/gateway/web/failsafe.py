"""The last answer: a page in plain words when our own code failed."""

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .pages import PageAnswer

log = logging.getLogger(__name__)


class Failsafe:
    """ASGI middleware: what nobody handled is logged and answered with the page for 500."""

    def __init__(self, app: ASGIApp, answer: PageAnswer) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note)
        except ClientDisconnect:
            log.info("gone before the end of the request")
        except Exception:
            if started or scope["type"] != "http":
                raise
            log.exception("request failed")
            await self._answer(500)(scope, receive, send)
