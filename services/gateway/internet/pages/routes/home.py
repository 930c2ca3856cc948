"""The entrance."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import DoorContext, plain
from services.gateway.internet.pages.landing import landing_of


@plain
async def home(request: Request[Any], door: DoorContext) -> Response:
    return landing_of(request).answer(door.clock(), request.headers)


ROUTES = [Route("/", home)]
