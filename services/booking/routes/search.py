"""A search of staff. It comes as a POST: what is looked for is in no address and no log."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.web import read_model
from libs.contracts.booking import StaffSearch
from services.booking.actions.search import search as find

from .state import answer, desk_of


@allow("lgwan", right="bookings.read")
async def search(request: Request[Any]) -> Response:
    ask = await read_model(request, StaffSearch)
    return answer(await find(desk_of(request), caller_of(request), ask))


ROUTES = [Route("/v1/staff/search", search, methods=["POST"])]
