"""The counts of a day, per office and procedure, as a page and as CSV."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.lgwan.door.auth import actor_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.day import read_day
from services.gateway.lgwan.door.pages import answer
from services.gateway.web.times import now

from .tallies import HEADINGS, by_office, line

_DAY = timedelta(days=1)


@staff("counts.read")
async def counts(request: Request) -> Response:
    day = read_day(request.query_params.get("day", ""))
    found = await door_of(request).services.reporting.counts(actor_of(request), day)
    values = {
        "day": day,
        "past": day < now().date(),
        "headings": HEADINGS,
        "yesterday": day - _DAY,
        "tomorrow": day + _DAY,
        "counts": found,
        "offices": by_office(found.rows),
        "total": line("合計", found.rows),
    }
    return answer(request, "counts.html", values)


@staff("counts.read")
async def counts_csv(request: Request) -> Response:
    """Reporting's CSV as it is."""
    day = read_day(request.query_params.get("day", ""))
    content = await door_of(request).services.reporting.counts_csv(actor_of(request), day)
    headers = {"content-disposition": f'attachment; filename="counts-{day.isoformat()}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    Route("/counts", counts, methods=["GET"]),
    Route("/counts.csv", counts_csv, methods=["GET"]),
]
