"""How to use the site, what it keeps, and how far everybody can use it: the same for everybody."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import DoorContext, Endpoint, plain
from services.gateway.internet.offer.fixed import FixedView


def policy(template: str) -> Endpoint:
    @plain
    async def shown(request: Request[Any], door: DoorContext) -> Response:
        return door.cached.answer(FixedView(template), door.clock(), request.headers)

    return shown


ROUTES = [
    Route("/help", policy("help.html"), methods=["GET"]),
    Route("/privacy", policy("privacy.html"), methods=["GET"]),
    Route("/accessibility", policy("accessibility.html"), methods=["GET"]),
]
