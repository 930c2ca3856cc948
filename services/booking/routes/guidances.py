"""What the LGWAN door asks for about 来庁日の案内."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.contracts.booking import GuidanceChange
from services.booking.actions import guidances

from .endpoints import checks, saves, shows
from .state import answer, desk_of

RIGHT = "texts.edit"


@allow("lgwan", right=RIGHT)
async def list_guidances(request: Request[Any]) -> Response:
    past = request.query_params.get("past") == "1"
    return answer(await guidances.list_guidances(desk_of(request), caller_of(request), past))


see_guidance = shows(guidances.see_guidance, "guidance_id", right=RIGHT)
check_guidance = checks(guidances.check_guidance, GuidanceChange, right=RIGHT)
save_guidance = saves(guidances.save_guidance, GuidanceChange, right=RIGHT)

_PATH = "/v1/staff/guidances"
ROUTES = [
    Route(_PATH, list_guidances, methods=["GET"]),
    Route(_PATH, save_guidance, methods=["POST"]),
    Route(f"{_PATH}/{{guidance_id:uuid}}", see_guidance, methods=["GET"]),
    Route("/v1/staff/checks/guidance", check_guidance, methods=["POST"]),
]
