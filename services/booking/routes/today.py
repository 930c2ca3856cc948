"""The counter's day, for the page that a counter works with all day."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.contracts.times import parse_day
from services.booking.actions import today

from .state import answer, desk_of


@allow("lgwan", right="bookings.read")
async def day_list(request: Request[Any]) -> Response:
    day, office_id = _day(request), _office(request)
    use: today.DayUse = "outage" if request.query_params.get("for") == "outage" else "today"
    listed = await today.day_list(desk_of(request), caller_of(request), office_id, day, use)
    return answer(listed)


@allow("lgwan", right="bookings.read")
async def next_day(request: Request[Any]) -> Response:
    return answer(await today.next_day(desk_of(request), caller_of(request), _office(request)))


@allow("lgwan", right="bookings.read")
async def open_visits(request: Request[Any]) -> Response:
    office_id = _office(request)
    return answer(await today.open_visits(desk_of(request), caller_of(request), office_id))


def _office(request: Request[Any]) -> str:
    office_id = request.query_params.get("office")
    if not office_id:
        raise Malformed("The office is missing.", fields=["office"])
    return office_id


def _day(request: Request[Any]) -> date:
    try:
        return parse_day(request.query_params.get("day", ""))
    except ValueError:
        raise Malformed("The day is missing.", fields=["day"]) from None


ROUTES = [
    Route("/v1/staff/day", day_list),
    Route("/v1/staff/day/next", next_day),
    Route("/v1/staff/day/open", open_visits),
]
