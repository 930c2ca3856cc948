"""差替え, as the LGWAN door asks for it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.web import read_key, read_model
from libs.contracts.booking import PersonExchange, TimeExchange
from services.booking.actions import exchanges

from .state import answer, desk_of


@allow("lgwan", right="bookings.change")
async def replace_person(request: Request[Any]) -> Response:
    ask, key = await read_model(request, PersonExchange), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await exchanges.replace_person(desk_of(request), caller, booking_id, key, ask))


@allow("lgwan", right="bookings.change")
async def exchange_times(request: Request[Any]) -> Response:
    ask, key = await read_model(request, TimeExchange), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await exchanges.exchange_times(desk_of(request), caller, booking_id, key, ask))


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route(f"{_ONE}/person", replace_person, methods=["POST"]),
    Route(f"{_ONE}/times", exchange_times, methods=["POST"]),
]
