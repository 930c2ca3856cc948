"""HTTP in: what became of the mails of a booking, for staff."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.contracts.booking import booking_offices
from libs.contracts.notify import DeliveryList


@allow("lgwan", right="bookings.read")
async def deliveries(request: Request[Any]) -> Response:
    """An unknown booking and one of another office answer alike: with an empty list."""
    async with request.state["open_store"]() as store:
        offices = booking_offices(caller_of(request))
        found = await store.deliveries(request.path_params["booking_id"], offices)
    body = DeliveryList(deliveries=found).model_dump_json()
    return Response(body, media_type="application/json")


ROUTES = [Route("/v1/deliveries/{booking_id:uuid}", deliveries)]
