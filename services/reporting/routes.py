"""HTTP in: the counts of one day, for staff, as JSON and as CSV."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.contracts.booking import counter_offices
from libs.contracts.reporting import DayCounts
from libs.contracts.times import parse_day

from .actions import count_day
from .counts_csv import as_csv


@allow("lgwan", right="counts.read")
async def counts(request: Request[Any]) -> Response:
    found = await _counts(request)
    return Response(found.model_dump_json(), media_type="application/json")


@allow("lgwan", right="counts.read")
async def counts_as_csv(request: Request[Any]) -> Response:
    found = await _counts(request)
    name = f'attachment; filename="counts-{found.day.isoformat()}.csv"'
    return Response(as_csv(found), media_type="text/csv", headers={"content-disposition": name})


async def _counts(request: Request[Any]) -> DayCounts:
    day = _day(request.query_params.get("day", ""))
    async with request.state["open_store"]() as store:
        return await count_day(store, day, counter_offices(caller_of(request)))


def _day(text: str) -> date:
    """Raises Malformed for anything but a calendar day such as 2026-12-01."""
    try:
        return parse_day(text)
    except ValueError:
        raise Malformed(
            "Give the day of the visits as day=YYYY-MM-DD, such as 2026-12-01."
        ) from None


ROUTES = [
    Route("/v1/counts", counts),
    Route("/v1/counts.csv", counts_as_csv),
]
