"""HTTP in: the figures of some days, for staff."""

from datetime import date
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed, NotFound, StatusTable
from libs.common.facts import Contract
from libs.common.web import malformed, read_model
from libs.contracts.booking import counter_offices
from libs.contracts.reporting import Basis, CloseMonth, FigureQuery
from libs.contracts.times import parse_day

from . import actions

DAYS_MOST = 3660


@allow("lgwan", right="counts.read")
async def figures(request: Request[Any]) -> Response:
    asked = _asked(request)
    async with request.state["open_store"]() as store:
        found = await actions.report(store, asked, counter_offices(caller_of(request)))
    return _json(found)


@allow("lgwan", right="counts.close")
async def close_month(request: Request[Any]) -> Response:
    wanted = await read_model(request, CloseMonth)
    async with request.state["open_store"]() as store:
        closing = await actions.close_month(store, caller_of(request), _month(wanted.month))
    return _json(closing)


@allow("lgwan", right="counts.read")
async def closed_month(request: Request[Any]) -> Response:
    try:
        month = parse_day(request.path_params["month"])
    except ValueError:
        raise NotFound("There is no such month.") from None
    basis: Basis = "booked" if request.query_params.get("basis") == "booked" else "visit"
    async with request.state["open_store"]() as store:
        found = await actions.closed_month(store, caller_of(request), _month(month), basis)
    return _json(found)


def _month(day: date) -> date:
    """Raises Malformed for a day that no month begins with."""
    if day.day != 1:
        raise Malformed("A month is named by its first day.", fields=["month"])
    return day


def _json(found: Contract) -> Response:
    return Response(found.model_dump_json(), media_type="application/json")


def _asked(request: Request[Any]) -> FigureQuery:
    """Raises Malformed for anything that cannot be counted."""
    try:
        asked = FigureQuery.model_validate_strings(dict(request.query_params))
    except ValidationError as error:
        raise malformed(error) from None
    if not 0 <= (asked.last - asked.first).days < DAYS_MOST:
        raise Malformed("The last day comes before the first, or years later.", fields=["last"])
    return asked


STATUS: StatusTable = {actions.NotOver: 409}
ROUTES = [
    Route("/v1/figures", figures),
    Route("/v1/closings", close_month, methods=["POST"]),
    Route("/v1/closings/{month}", closed_month),
]
