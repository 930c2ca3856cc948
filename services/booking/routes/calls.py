"""受付番号 and windows for a waiting room: the only route for which `calls.read` is enough."""

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
    office_id = request.query_params.get("office")
    if not office_id:
        raise Malformed("The office is missing.", fields=["office"])
    return answer(await calls.call_board(desk_of(request), caller_of(request), office_id))


ROUTES = [Route("/v1/staff/calls", call_board)]
