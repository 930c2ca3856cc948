"""What the LGWAN door asks for about 来庁日の案内."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.web import read_key, read_model
from libs.contracts.booking import GuidanceChange
from services.booking.actions import guidances

from .state import answer, desk_of

RIGHT = "texts.edit"


@allow("lgwan", right=RIGHT)
async def list_guidances(request: Request[Any]) -> Response:
    past = request.query_params.get("past") == "1"
    return answer(await guidances.list_guidances(desk_of(request), caller_of(request), past))


@allow("lgwan", right=RIGHT)
async def see_guidance(request: Request[Any]) -> Response:
    guidance_id = request.path_params["guidance_id"]
    return answer(await guidances.see_guidance(desk_of(request), caller_of(request), guidance_id))


@allow("lgwan", right=RIGHT)
async def check_guidance(request: Request[Any]) -> Response:
    ask = await read_model(request, GuidanceChange)
    return answer(await guidances.check_guidance(desk_of(request), caller_of(request), ask))


@allow("lgwan", right=RIGHT)
async def save_guidance(request: Request[Any]) -> Response:
    ask, key = await read_model(request, GuidanceChange), read_key(request)
    return answer(await guidances.save_guidance(desk_of(request), caller_of(request), key, ask))


_PATH = "/v1/staff/guidances"
ROUTES = [
    Route(_PATH, list_guidances, methods=["GET"]),
    Route(_PATH, save_guidance, methods=["POST"]),
    Route(f"{_PATH}/{{guidance_id:uuid}}", see_guidance, methods=["GET"]),
    Route("/v1/staff/checks/guidance", check_guidance, methods=["POST"]),
]
