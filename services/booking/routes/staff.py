"""What the LGWAN door asks for on behalf of a member of staff."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import Endpoint, allow, caller_of
from libs.common.errors import Malformed
from libs.common.web import read_key, read_model
from libs.contracts.booking import StaffCancel, Tick
from services.booking.actions import staff
from services.booking.domain import normal_number
from services.booking.store.staff import Filter

from .state import answer, desk_of


def _filter(request: Request[Any]) -> Filter:
    """The filter in the query. Raises Malformed."""
    asked = {name: value for name, value in request.query_params.items() if value}
    try:
        at, _, booking_id = asked.get("after", "").partition("_")
        return Filter(
            office_id=asked.get("office"),
            day=date.fromisoformat(asked["day"]) if "day" in asked else None,
            procedure_id=asked.get("procedure"),
            status=asked.get("status"),
            number=normal_number(asked["number"]) if "number" in asked else None,
            after=(datetime.fromisoformat(at), UUID(booking_id)) if at else None,
        )
    except ValueError:
        raise Malformed("The filter cannot be read.", fields=["day", "after"]) from None


@allow("lgwan", right="bookings.read")
async def list_bookings(request: Request[Any]) -> Response:
    caller = caller_of(request)
    return answer(await staff.list_bookings(desk_of(request), caller, _filter(request)))


@allow("lgwan", right="bookings.read")
async def see_booking(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await staff.see_booking(desk_of(request), caller, booking_id))


def _tick_route(what: str) -> Endpoint:
    @allow("lgwan", right="bookings.tick")
    async def tick(request: Request[Any]) -> Response:
        ask = await read_model(request, Tick)
        caller, booking_id = caller_of(request), request.path_params["booking_id"]
        key = read_key(request)
        return answer(await staff.tick(desk_of(request), caller, booking_id, what, key, ask))

    return tick


@allow("lgwan", right="bookings.cancel")
async def cancel(request: Request[Any]) -> Response:
    ask = await read_model(request, StaffCancel)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    key = read_key(request)
    return answer(await staff.cancel_for_citizen(desk_of(request), caller, booking_id, key, ask))


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route("/v1/staff/bookings", list_bookings),
    Route(_ONE, see_booking),
    *(
        Route(f"{_ONE}/{what}", _tick_route(what), methods=["POST"])
        for what in ("arrive", "finish", "miss", "undo")
    ),
    Route(f"{_ONE}/cancel", cancel, methods=["POST"]),
]
