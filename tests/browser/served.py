"""Applications of ours at addresses of their own, for a real browser."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dev.serving import serving as served
from services.gateway.internet.tests.world import World, build_world, files, settings
from services.gateway.web.pages import Pages

AXE = "/axe.js"
BLANK = "/blank"


@asynccontextmanager
async def serving(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """`app` at 127.0.0.1:`port`; axe-core and an empty page beside it."""
    async with served(_with_more(app), port):
        yield


def _with_more(app: ASGIApp) -> ASGIApp:
    """Kept by the browser, compiled: handed to it on every page it took longer than the page."""
    script = Response(
        AXE_SCRIPT,
        media_type="text/javascript",
        headers={"cache-control": "max-age=3600, immutable"},
    )

    # With the policy of our pages, so that the browser stays in the process that it has for them.
    blank = Response(media_type="text/html", headers={"cross-origin-opener-policy": "same-origin"})
    beside = {AXE: script, BLANK: blank}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        wanted = scope["path"] if scope["type"] == "http" else ""
        await beside.get(wanted, app)(scope, receive, send)

    return answer


class WatchedPages(Pages):
    """The citizens' pages as they are; `rendered` are the names of the templates shown so far."""

    def __init__(self, pages: Pages) -> None:
        vars(self).update(vars(pages))
        self.rendered: list[str] = []

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        self.rendered.append(template)
        return super().render(template, values)


class Town:
    """The citizens' door at one address for all tests; behind it the world of the current one."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.pages: WatchedPages
        self.world: World
        self._state: Mapping[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = dict(self._state)
        await self.world.app(scope, receive, send)

    async def renew(self, **changes: Any) -> None:
        """A fresh world, with these settings of the door changed."""
        config = replace(settings(), public_url=self.origin, **changes)
        self.pages = WatchedPages(files(config.notice)[1])
        self.world = build_world(config, self.pages)
        app = self.world.app
        async with app.router.lifespan_context(app) as state:
            self._state = state or {}
