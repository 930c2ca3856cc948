"""How the LGWAN door starts and ends an outage of the national system."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.web import read_key
from libs.contracts.booking import OutageRequest
from services.booking.actions import outages

from .endpoints import checks, saves
from .state import answer, desk_of

RIGHT = "schedules.edit"


@allow("lgwan", right="bookings.read")
async def list_outages(request: Request[Any]) -> Response:
    return answer(await outages.outages(desk_of(request), caller_of(request)))


preview_outage = checks(outages.preview, OutageRequest, right=RIGHT)
start_outage = saves(outages.start, OutageRequest, right=RIGHT, status=201)


@allow("lgwan", right=RIGHT)
async def end_outage(request: Request[Any]) -> Response:
    key, outage_id = read_key(request), request.path_params["outage_id"]
    return answer(await outages.end(desk_of(request), caller_of(request), key, outage_id))


_PATH = "/v1/staff/outages"
ROUTES = [
    Route(_PATH, list_outages, methods=["GET"]),
    Route(_PATH, start_outage, methods=["POST"]),
    Route(f"{_PATH}/preview", preview_outage, methods=["POST"]),
    Route(f"{_PATH}/{{outage_id:uuid}}/end", end_outage, methods=["POST"]),
]
