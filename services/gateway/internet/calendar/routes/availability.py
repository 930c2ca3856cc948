"""Free and booked times for everybody, before anyone says who they are."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.times import find_day
from services.gateway.internet.calendar.overview import OverviewView
from services.gateway.internet.door.door import DoorContext, go, plain, procedure_of
from services.gateway.internet.door.forms import read_month
from services.gateway.internet.offer.fixed import FixedView

from .times import month_view

RENAMED = {"onan": "dainan"}
"""大南 reads だいなん. Addresses with the former id are on paper and in search engines."""


def moved(request: Request[Any], door: DoorContext) -> Response | None:
    """On to the address of the office's present id; None for one that has not changed."""
    before = request.path_params["office"]
    after = RENAMED.get(before)
    if after is None or door.catalog.office(before) or not door.catalog.office(after):
        return None
    path = request.scope["path"].replace(f"/{before}", f"/{after}")
    return RedirectResponse(path, 301)


@plain
async def choose(request: Request[Any], door: DoorContext) -> Response:
    return door.cached.answer(FixedView("availability.html"), door.clock(), request.headers)


@plain
async def offices(request: Request[Any], door: DoorContext) -> Response:
    """Offices × days; `from` names a day of the two weeks."""
    procedure = procedure_of(door, request.path_params["procedure"])
    wanted = find_day(request.query_params.get("from", ""))
    now = door.clock()
    view = OverviewView.around(procedure, wanted, now)
    return door.cached.answer(view, now, request.headers)


@plain
async def first_month(request: Request[Any], door: DoorContext) -> Response:
    if there := moved(request, door):
        return there
    procedure_id, office_id = request.path_params["procedure"], request.path_params["office"]
    view = month_view(door, procedure_id, office_id, None, "", choose=False)
    return go(f"{office_id}/{view.first:%Y-%m}")


@plain
async def month(request: Request[Any], door: DoorContext) -> Response:
    if there := moved(request, door):
        return there
    wanted = read_month(request.path_params["month"])
    if wanted is None:
        raise HTTPException(404)
    procedure_id, office_id = request.path_params["procedure"], request.path_params["office"]
    back = f"/availability/{procedure_id}"
    view = month_view(door, procedure_id, office_id, wanted, back, choose=False)
    return door.cached.answer(view, door.clock(), request.headers)


ROUTES = [
    Route("/availability/{procedure}/{office}/{month}", month),
    Route("/availability/{procedure}", offices),
    Route("/availability", choose),
    Route("/availability/{procedure}/{office}", first_month),
]
