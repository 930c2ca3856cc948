"""What the LGWAN door asks for when staff put a booking right."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.contracts.booking import StaffContactChange, StaffMove, StaffResultChange
from libs.contracts.times import parse_day
from services.booking.actions.corrections import contact, moves, results

from .endpoints import changes_booking, shows
from .state import answer, desk_of

CHANGE, TICK = "bookings.change", "bookings.tick"


see_contact = shows(contact.see_contact, "booking_id", right=CHANGE)
correct_contact = changes_booking(contact.correct_contact, StaffContactChange, right=CHANGE)


@allow("lgwan", right=CHANGE)
async def see_times(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    office_id, first = request.query_params.get("office", ""), request.query_params.get("from", "")
    try:
        day = parse_day(first)
    except ValueError:
        raise Malformed("The first day cannot be read.", fields=["from"]) from None
    return answer(await moves.see_times(desk_of(request), caller, booking_id, office_id, day))


move = changes_booking(moves.move_booking, StaffMove, right=CHANGE)
see_result = shows(results.see_result, "booking_id", right=TICK)
correct_result = changes_booking(results.correct_result, StaffResultChange, right=TICK)


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route(f"{_ONE}/contact", see_contact),
    Route(f"{_ONE}/contact", correct_contact, methods=["POST"]),
    Route(f"{_ONE}/times", see_times),
    Route(f"{_ONE}/move", move, methods=["POST"]),
    Route(f"{_ONE}/result", see_result),
    Route(f"{_ONE}/result", correct_result, methods=["POST"]),
]
