"""HTTP in: whose mails say another 来庁日の案内 than the one that holds."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import counter_offices


@allow("lgwan", right="texts.edit")
async def mailed_otherwise(request: Request[Any]) -> Response:
    """Of an unknown guidance nobody was mailed anything."""
    offices = counter_offices(caller_of(request))
    async with request.state["open_store"]() as store:
        found = await store.mailed_otherwise(
            request.path_params["guidance_id"], offices, EVERY_OFFICE in offices
        )
    return Response(found.model_dump_json(), media_type="application/json")


ROUTES = [Route("/v1/guidances/{guidance_id:uuid}/mailed-otherwise", mailed_otherwise)]
