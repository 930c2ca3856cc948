"""What the running application hands to its routes."""

from typing import Any, TypedDict

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.booking.actions.desk import BookingContext


class State(TypedDict):
    """The lifespan state."""

    desk: BookingContext


def desk_of(request: Request[Any]) -> BookingContext:
    desk: BookingContext = request.state["desk"]
    return desk


def answer(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status, media_type="application/json")
