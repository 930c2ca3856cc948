"""前日準備, as the LGWAN door asks for it."""

from datetime import date
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.contracts.booking import PreparationSort, PreparationTick, ShelfChange
from libs.contracts.times import parse_day
from services.booking.actions import preparations, shelves

from .endpoints import changes_booking
from .state import answer, desk_of

_SORT: TypeAdapter[PreparationSort] = TypeAdapter(PreparationSort)


@allow("lgwan", right="bookings.read")
async def list_preparations(request: Request[Any]) -> Response:
    office_id, day, sort = _asked(request)
    caller = caller_of(request)
    return answer(
        await preparations.list_preparations(desk_of(request), caller, office_id, day, sort)
    )


prepare = changes_booking(preparations.prepare, PreparationTick, right="bookings.tick")
put_on_shelf = changes_booking(shelves.put_on_shelf, ShelfChange, right="bookings.tick")


def _asked(request: Request[Any]) -> tuple[str, date | None, PreparationSort]:
    """Raises Malformed."""
    query = request.query_params
    office_id, day = query.get("office", ""), query.get("day")
    if not office_id:
        raise Malformed("The office is missing.", fields=["office"])
    try:
        sort = _SORT.validate_python(query.get("sort", "number"))
        return office_id, parse_day(day) if day else None, sort
    except ValueError:
        raise Malformed("The day or the order cannot be read.", fields=["day", "sort"]) from None


ROUTES = [
    Route("/v1/staff/preparations", list_preparations),
    Route("/v1/staff/bookings/{booking_id:uuid}/preparation", prepare, methods=["POST"]),
    Route("/v1/staff/bookings/{booking_id:uuid}/shelf", put_on_shelf, methods=["POST"]),
]
