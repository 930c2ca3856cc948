"""The link of a mail: a page with one button, which exchanges the link for a cookie."""

import re

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import BookingProof
from services.gateway.internet.door.door import Visit, go, page, post
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

from .find import found

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@page
async def open_link(visit: Visit) -> Response:
    """Changes nothing: mail programs and scanners open links by themselves."""
    return _unreferred(visit, visit.request.path_params["token"])


@post
async def exchange(visit: Visit, form: Form) -> Response:
    """From here on the address says nothing about the link."""
    token = form.get("token")
    if not _TOKEN.fullmatch(token):
        return _unreferred(visit, token)
    try:
        booking = await visit.door.booking.find(visit.actor, BookingProof(token=token))
    except Refused as refused:
        if refused.status != 404:
            raise
        return _lost(visit)
    draft = visit.keep(found(booking, token=token))
    return go(f"{draft.path}show")


def _unreferred(visit: Visit, token: str) -> Response:
    """The browser tells this address to nobody, not even to our own next page."""
    known = _TOKEN.fullmatch(token)
    response = visit.page("open.html", token=token) if known else _lost(visit)
    response.headers["referrer-policy"] = "no-referrer"
    return response


def _lost(visit: Visit) -> Response:
    return visit.page("open_lost.html", 404)


ROUTES = [
    Route("/open/{token}", open_link, methods=["GET"]),
    Route("/open", exchange, methods=["POST"]),
]
