"""What both doors read: the offer and the state of the cells."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow
from libs.common.errors import Malformed
from services.booking.actions import catalog

from .state import answer, desk_of


@allow("internet", "lgwan")
async def show_catalog(request: Request[Any]) -> Response:
    return answer(await catalog.catalog(desk_of(request).open_store))


@allow("internet", "lgwan")
async def show_board(request: Request[Any]) -> Response:
    office_id = request.query_params.get("office")
    if not office_id:
        raise Malformed("The office is missing.", fields=["office"])
    return answer(await catalog.board(desk_of(request).open_store, office_id))


ROUTES = [
    Route("/v1/catalog", show_catalog),
    Route("/v1/board", show_board),
]
