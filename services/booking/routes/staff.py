"""What the LGWAN door asks for on behalf of a member of staff."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from libs.common.access import Endpoint, allow, caller_of
from libs.common.web import read_key, read_model
from libs.contracts.booking import ReceiveHere, StaffCancel, Tick
from services.booking.actions import card_passes, here, lists, staff, ticking

from .endpoints import changes_booking, shows
from .filters import read_filter
from .state import answer, desk_of


@allow("lgwan", right="bookings.read")
async def list_bookings(request: Request[Any]) -> Response:
    caller = caller_of(request)
    return answer(await lists.list_bookings(desk_of(request), caller, read_filter(request)))


@allow("lgwan", right="bookings.export")
async def export_all(request: Request[Any]) -> Response:
    """A part a line, while they are read."""
    parts = lists.export_all(desk_of(request), caller_of(request), read_filter(request))

    async def lines() -> AsyncIterator[str]:
        async with aclosing(parts):
            async for part in parts:
                yield f"{part.model_dump_json()}\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


see_booking = shows(staff.see_booking, "booking_id", right="bookings.read")
see_shield = shows(staff.see_shield, "booking_id", right="persons.shielded")
card_of_booking = shows(card_passes.pass_for_one, "booking_id", right="cards.number")


def _tick_route(what: str) -> Endpoint:
    @allow("lgwan", right="bookings.tick")
    async def tick(request: Request[Any]) -> Response:
        ask = await read_model(request, Tick)
        caller, booking_id = caller_of(request), request.path_params["booking_id"]
        key = read_key(request)
        return answer(await ticking.tick(desk_of(request), caller, booking_id, what, key, ask))

    return tick


receive_here = changes_booking(here.receive_here, ReceiveHere, right="bookings.tick")
cancel = changes_booking(staff.cancel_for_citizen, StaffCancel, right="bookings.cancel")


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route("/v1/staff/bookings", list_bookings),
    Route("/v1/staff/bookings/export/all", export_all),
    Route(_ONE, see_booking),
    Route(f"{_ONE}/shield", see_shield),
    Route(f"{_ONE}/card", card_of_booking),
    *(
        Route(f"{_ONE}/{what}", _tick_route(what), methods=["POST"])
        for what in ("arrive", "call", "finish", "miss", "undo")
    ),
    Route(f"{_ONE}/receive", receive_here, methods=["POST"]),
    Route(f"{_ONE}/cancel", cancel, methods=["POST"]),
]
