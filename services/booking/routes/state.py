"""What the running application hands to its routes."""

from typing import Any, TypedDict

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from libs.common.assertion import Callers
from services.booking.actions.desk import Desk


class State(TypedDict):
    """The lifespan state."""

    callers: Callers
    desk: Desk


def desk_of(request: Request[Any]) -> Desk:
    desk: Desk = request.state["desk"]
    return desk


def answer(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status, media_type="application/json")
