"""The entrance."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import DoorContext, plain
from services.gateway.internet.pages.landing import LandingView


@plain
async def home(request: Request[Any], door: DoorContext) -> Response:
    return door.cached.answer(LandingView(), door.clock(), request.headers)


ROUTES = [Route("/", home)]
