"""Free and booked times for everybody, before anyone says who they are."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import find_day
from services.gateway.internet.calendar.pages import calendar_of
from services.gateway.internet.door.door import DoorContext, go, plain, procedure_of
from services.gateway.internet.door.forms import read_month

from .times import month_spec


@plain
async def choose(request: Request[Any], door: DoorContext) -> Response:
    return door.fixed.answer("availability.html", door.clock(), request.headers)


@plain
async def offices(request: Request[Any], door: DoorContext) -> Response:
    """Offices × days; `from` names a day of the two weeks."""
    procedure = procedure_of(door, request.path_params["procedure"])
    wanted = find_day(request.query_params.get("from", ""))
    return calendar_of(request).overview.answer(procedure, wanted, door.clock(), request.headers)


@plain
async def first_month(request: Request[Any], door: DoorContext) -> Response:
    procedure_id, office_id = request.path_params["procedure"], request.path_params["office"]
    spec = month_spec(door, calendar_of(request), procedure_id, office_id, None, "", choose=False)
    return go(f"{office_id}/{spec.first:%Y-%m}")


@plain
async def month(request: Request[Any], door: DoorContext) -> Response:
    wanted = read_month(request.path_params["month"])
    if wanted is None:
        raise HTTPException(404)
    procedure_id, office_id = request.path_params["procedure"], request.path_params["office"]
    back = f"/availability/{procedure_id}"
    spec = month_spec(
        door, calendar_of(request), procedure_id, office_id, wanted, back, choose=False
    )
    return calendar_of(request).months.answer(spec, door.clock(), request.headers)


ROUTES = [
    Route("/availability/{procedure}/{office}/{month}", month),
    Route("/availability/{procedure}", offices),
    Route("/availability", choose),
    Route("/availability/{procedure}/{office}", first_month),
]
