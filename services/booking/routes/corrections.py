"""What the LGWAN door asks for when staff put a booking right."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.web import read_key, read_model
from libs.contracts.booking import StaffContactChange
from services.booking.actions.corrections import contact

from .state import answer, desk_of

CHANGE = "bookings.change"


@allow("lgwan", right=CHANGE)
async def see_contact(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await contact.see_contact(desk_of(request), caller, booking_id))


@allow("lgwan", right=CHANGE)
async def correct_contact(request: Request[Any]) -> Response:
    ask, key = await read_model(request, StaffContactChange), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await contact.correct_contact(desk_of(request), caller, booking_id, key, ask))


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route(f"{_ONE}/contact", see_contact),
    Route(f"{_ONE}/contact", correct_contact, methods=["POST"]),
]
