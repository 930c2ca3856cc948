"""What the LGWAN door asks for when staff book for others."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, cast, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.common.web import read_key, read_model
from libs.contracts.booking import (
    Arrangement,
    CounterBooking,
    CounterForm,
    CounterHold,
    CounterLink,
    Hold,
)
from libs.contracts.times import parse_day
from services.booking.actions.desk import BookingContext
from services.booking.actions.phone import bookings, holds, links

from .endpoints import saves
from .state import answer, desk_of

LONGEST = 31
MAKE = "bookings.make"


@allow("lgwan", right=MAKE)
async def show_openings(request: Request[Any]) -> Response:
    query = request.query_params
    first, days = _days(query.get("from", ""), query.get("days", ""))
    found = await holds.openings(
        desk_of(request),
        caller_of(request),
        query.get("office", ""),
        [query.getlist("procedure"), *(one.split(",") for one in query.getlist("party"))],
        first,
        days,
        _arrangement(query.get("arrangement", "together")),
    )
    return answer(found)


@allow("lgwan", right=MAKE)
async def hold_time(request: Request[Any]) -> Response:
    return await _hold(request, holds.hold_time)


@allow("lgwan", right="bookings.overbook")
async def hold_extra(request: Request[Any]) -> Response:
    return await _hold(request, holds.hold_extra)


@allow("lgwan", right=MAKE)
async def keep(request: Request[Any]) -> Response:
    asked = await read_model(request, CounterForm)
    return answer(await holds.keep(desk_of(request), caller_of(request), asked.form))


@allow("lgwan", right=MAKE)
async def drop(request: Request[Any]) -> Response:
    asked = await read_model(request, CounterForm)
    await holds.drop(desk_of(request), caller_of(request), asked.form)
    return answer(asked)


book = saves(bookings.book, CounterBooking, right=MAKE, status=201)


@allow("lgwan", right="bookings.read")
async def list_unlinked(request: Request[Any]) -> Response:
    return answer(await bookings.list_unlinked(desk_of(request), caller_of(request)))


@allow("lgwan", right=MAKE)
async def link_card(request: Request[Any]) -> Response:
    ask, key = await read_model(request, CounterLink), read_key(request)
    booking_id, caller = request.path_params["booking_id"], caller_of(request)
    return answer(await links.link_card(desk_of(request), caller, booking_id, key, ask))


async def _hold(
    request: Request[Any],
    take: Callable[[BookingContext, Caller, str, CounterHold], Awaitable[Hold]],
) -> Response:
    ask, key = await read_model(request, CounterHold), read_key(request)
    return answer(await take(desk_of(request), caller_of(request), key, ask), 201)


def _arrangement(text: str) -> Arrangement:
    """Raises Malformed."""
    for known in get_args(Arrangement):
        if text == known:
            return cast("Arrangement", known)
    raise Malformed("There is no such arrangement.", fields=["arrangement"])


def _days(first: str, days: str) -> tuple[date, int]:
    """Raises Malformed."""
    try:
        wanted = parse_day(first), int(days)
    except ValueError:
        raise Malformed("A first day and a number of days are expected.") from None
    if not 1 <= wanted[1] <= LONGEST:
        raise Malformed("Too many days.", fields=["days"])
    return wanted


ROUTES = [
    Route("/v1/staff/openings", show_openings),
    Route("/v1/staff/holds", hold_time, methods=["POST"]),
    Route("/v1/staff/holds/extra", hold_extra, methods=["POST"]),
    Route("/v1/staff/holds/keep", keep, methods=["POST"]),
    Route("/v1/staff/holds/drop", drop, methods=["POST"]),
    Route("/v1/staff/bookings", book, methods=["POST"]),
    Route("/v1/staff/bookings/unlinked", list_unlinked),
    Route("/v1/staff/bookings/{booking_id:uuid}/link", link_card, methods=["POST"]),
]
