"""受付番号 and windows. The board of a waiting room is the only route for which `calls.read` is
enough."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from services.booking.actions import calls

from .state import answer, desk_of


@allow("lgwan", right="calls.read")
async def call_board(request: Request[Any]) -> Response:
    office_id = _office(request)
    return answer(await calls.call_board(desk_of(request), caller_of(request), office_id))


@allow("lgwan", right="bookings.tick")
async def counter_windows(request: Request[Any]) -> Response:
    office_id = _office(request)
    return answer(await calls.counter_windows(desk_of(request), caller_of(request), office_id))


def _office(request: Request[Any]) -> str:
    office_id = request.query_params.get("office")
    if not office_id:
        raise Malformed("The office is missing.", fields=["office"])
    return office_id


ROUTES = [
    Route("/v1/staff/calls", call_board),
    Route("/v1/staff/windows", counter_windows),
]
