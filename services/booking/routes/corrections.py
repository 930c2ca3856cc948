"""What the LGWAN door asks for when staff put a booking right."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.common.web import read_key, read_model
from libs.contracts.booking import StaffContactChange, StaffMove, StaffResultChange
from libs.contracts.times import parse_day
from services.booking.actions.corrections import contact, moves, results

from .state import answer, desk_of

CHANGE, TICK = "bookings.change", "bookings.tick"


@allow("lgwan", right=CHANGE)
async def see_contact(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await contact.see_contact(desk_of(request), caller, booking_id))


@allow("lgwan", right=CHANGE)
async def correct_contact(request: Request[Any]) -> Response:
    ask, key = await read_model(request, StaffContactChange), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await contact.correct_contact(desk_of(request), caller, booking_id, key, ask))


@allow("lgwan", right=CHANGE)
async def see_times(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    office_id, first = request.query_params.get("office", ""), request.query_params.get("from", "")
    try:
        day = parse_day(first)
    except ValueError:
        raise Malformed("The first day cannot be read.", fields=["from"]) from None
    return answer(await moves.see_times(desk_of(request), caller, booking_id, office_id, day))


@allow("lgwan", right=CHANGE)
async def move(request: Request[Any]) -> Response:
    ask, key = await read_model(request, StaffMove), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await moves.move_booking(desk_of(request), caller, booking_id, key, ask))


@allow("lgwan", right=TICK)
async def see_result(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await results.see_result(desk_of(request), caller, booking_id))


@allow("lgwan", right=TICK)
async def correct_result(request: Request[Any]) -> Response:
    ask, key = await read_model(request, StaffResultChange), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await results.correct_result(desk_of(request), caller, booking_id, key, ask))


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route(f"{_ONE}/contact", see_contact),
    Route(f"{_ONE}/contact", correct_contact, methods=["POST"]),
    Route(f"{_ONE}/times", see_times),
    Route(f"{_ONE}/move", move, methods=["POST"]),
    Route(f"{_ONE}/result", see_result),
    Route(f"{_ONE}/result", correct_result, methods=["POST"]),
]
