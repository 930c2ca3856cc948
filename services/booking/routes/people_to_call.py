"""How the LGWAN door lists whom to call, and notes what came of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.web import read_key, read_model
from libs.contracts.booking import CallNote
from services.booking.actions import people_to_call

from .state import answer, desk_of


@allow("lgwan", right="bookings.read")
async def show_list(request: Request[Any]) -> Response:
    asked = request.query_params
    office_id, reached = asked.get("office") or None, asked.get("all") == "1"
    found = people_to_call.people_to_call(desk_of(request), caller_of(request), office_id, reached)
    return answer(await found)


@allow("lgwan", right="bookings.change")
async def note_call(request: Request[Any]) -> Response:
    ask, key = await read_model(request, CallNote), read_key(request)
    booking_id = request.path_params["booking_id"]
    noted = people_to_call.note_call(desk_of(request), caller_of(request), booking_id, key, ask)
    return answer(await noted)


_PATH = "/v1/staff/people-to-call"
ROUTES = [
    Route(_PATH, show_list),
    Route(f"{_PATH}/{{booking_id:uuid}}", note_call, methods=["POST"]),
]
