"""Choosing the language: a cookie for the browser, and back to the page one came from."""

import re
from urllib.parse import unquote_plus, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from libs.common.errors import Malformed
from services.gateway.internet.door.door import CitizenRequest, go, page, post
from services.gateway.web.catalogs import VOICES
from services.gateway.web.forms import Form
from services.gateway.web.speaking import COOKIE
from services.gateway.web.typed import harmless

YEAR_SECONDS = 365 * 24 * 3600
_OWN_PATH = re.compile(r"(/[A-Za-z0-9_-]+)+|/")
_QUERY = re.compile(r"[a-z]+=[0-9-]+")


@page
async def languages(citizen: CitizenRequest) -> Response:
    return citizen.page("language.html", voices=VOICES, address=_came_from(citizen.request))


@post
async def choose(citizen: CitizenRequest, form: Form) -> Response:
    chosen = form.get("lang")
    if chosen not in {voice.code for voice in VOICES}:
        raise Malformed("One of our languages is expected.")
    response = go(own_page(citizen.request, form.get("back")))
    citizen.door.cookies.write(response, COOKIE, chosen, seconds=YEAR_SECONDS)
    return response


def own_page(request: Request, address: str) -> str:
    """Path and query of a page of this door that can be opened; the first page for anything
    else. Another site named in the address is not looked at."""
    parts = urlsplit(address)
    path = parts.path if _OWN_PATH.fullmatch(parts.path) else "/"
    scope = {"type": "http", "method": "GET", "path": path}
    if not any(route.matches(scope)[0] == Match.FULL for route in request.app.routes):
        return "/"
    keeps = _QUERY.fullmatch(parts.query) and harmless(unquote_plus(parts.query))
    return f"{path}?{parts.query}" if keeps else path


def _came_from(request: Request) -> str:
    """The page with the link. Our pages tell their address only to ourselves."""
    path = own_page(request, request.headers.get("referer", ""))
    return "/" if path == "/language" else path


ROUTES = [
    Route("/language", languages, methods=["GET"]),
    Route("/language", choose, methods=["POST"]),
]
