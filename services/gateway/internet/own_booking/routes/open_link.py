"""The link of a mail: a page with one button, which exchanges the link for a cookie."""

import re

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import BookingProof
from services.gateway.internet.door.door import CitizenRequest, go, page, post
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

from .find import found

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@page
async def open_link(citizen: CitizenRequest) -> Response:
    """Changes nothing: mail programs and scanners open links by themselves."""
    return _unreferred(citizen, citizen.request.path_params["token"])


@post
async def exchange(citizen: CitizenRequest, form: Form) -> Response:
    """From here on the address says nothing about the link."""
    token = form.get("token")
    if not _TOKEN.fullmatch(token):
        return _unreferred(citizen, token)
    try:
        booking = await citizen.door.booking.find(citizen.actor, BookingProof(token=token))
    except Refused as refused:
        if refused.status != 404:
            raise
        return _lost(citizen)
    draft = citizen.keep(found(booking, token=token))
    return go(f"{draft.path}show")


def _unreferred(citizen: CitizenRequest, token: str) -> Response:
    """The browser tells this address to nobody, not even to our own next page."""
    known = _TOKEN.fullmatch(token)
    response = citizen.page("open.html", token=token) if known else _lost(citizen)
    response.headers["referrer-policy"] = "no-referrer"
    return response


def _lost(citizen: CitizenRequest) -> Response:
    return citizen.page("open_lost.html", 404)


ROUTES = [
    Route("/open/{token}", open_link, methods=["GET"]),
    Route("/open", exchange, methods=["POST"]),
]
