"""The door closed for a while: every page says so, and until when the city thinks it is."""

from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.web.pages import Pages

STATIC = "/static/"
RETRY_SECONDS = "600"


class Maintenance:
    """ASGI middleware around a door that is closed. `text` is what the city has to say."""

    def __init__(self, app: ASGIApp, pages: Pages, text: str) -> None:
        self._app = app
        self._pages = pages
        self._text = text

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(STATIC):
            await self._app(scope, receive, send)
            return
        answer = self._pages.answer("maintenance.html", {"text": self._text}, 503)
        answer.headers["retry-after"] = RETRY_SECONDS
        await answer(scope, receive, send)
