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

from .filters import read_filter
from .state import answer, desk_of


@allow("lgwan", right="bookings.read")
async def list_bookings(request: Request[Any]) -> Response:
    caller = caller_of(request)
    return answer(await lists.list_bookings(desk_of(request), caller, read_filter(request)))


@allow("lgwan", right="bookings.export")
async def export_bookings(request: Request[Any]) -> Response:
    caller = caller_of(request)
    return answer(await lists.export_bookings(desk_of(request), caller, read_filter(request)))


@allow("lgwan", right="bookings.export")
async def export_all(request: Request[Any]) -> Response:
    """A part a line, while they are read."""
    parts = lists.export_all(desk_of(request), caller_of(request), read_filter(request))

    async def lines() -> AsyncIterator[str]:
        async with aclosing(parts):
            async for part in parts:
                yield f"{part.model_dump_json()}\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@allow("lgwan", right="bookings.read")
async def see_booking(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await staff.see_booking(desk_of(request), caller, booking_id))


@allow("lgwan", right="persons.shielded")
async def see_shield(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await staff.see_shield(desk_of(request), caller, booking_id))


@allow("lgwan", right="cards.number")
async def card_of_booking(request: Request[Any]) -> Response:
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await card_passes.pass_for_one(desk_of(request), caller, booking_id))


def _tick_route(what: str) -> Endpoint:
    @allow("lgwan", right="bookings.tick")
    async def tick(request: Request[Any]) -> Response:
        ask = await read_model(request, Tick)
        caller, booking_id = caller_of(request), request.path_params["booking_id"]
        key = read_key(request)
        return answer(await ticking.tick(desk_of(request), caller, booking_id, what, key, ask))

    return tick


@allow("lgwan", right="bookings.tick")
async def receive_here(request: Request[Any]) -> Response:
    ask, key = await read_model(request, ReceiveHere), read_key(request)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    return answer(await here.receive_here(desk_of(request), caller, booking_id, key, ask))


@allow("lgwan", right="bookings.cancel")
async def cancel(request: Request[Any]) -> Response:
    ask = await read_model(request, StaffCancel)
    caller, booking_id = caller_of(request), request.path_params["booking_id"]
    key = read_key(request)
    return answer(await staff.cancel_for_citizen(desk_of(request), caller, booking_id, key, ask))


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route("/v1/staff/bookings", list_bookings),
    Route("/v1/staff/bookings/export", export_bookings),
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
