"""HTTP in: staff see, change and try out the texts of mails."""

from typing import Any, cast

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import NotFound, StatusTable
from libs.common.web import read_key, read_model
from libs.contracts.notify import TextChange, TextPlace, TextPreview, TextTrial
from services.notify.domain import problems
from services.notify.editing import Editing

RIGHT = "texts.edit"

STATUS: StatusTable = {
    problems.TextVersionConflict: 409,
    problems.TextRefused: 422,
    problems.BadAddress: 422,
    problems.TooManyTrials: 429,
}


@allow("lgwan", right=RIGHT)
async def texts(request: Request[Any]) -> Response:
    return _json(await _editing(request).all(caller_of(request)))


@allow("lgwan", right=RIGHT)
async def text(request: Request[Any]) -> Response:
    return _json(await _editing(request).open(caller_of(request), _place(request)))


@allow("lgwan", right=RIGHT)
async def change(request: Request[Any]) -> Response:
    ask, key = await read_model(request, TextChange), read_key(request)
    return _json(await _editing(request).change(caller_of(request), key, ask))


@allow("lgwan", right=RIGHT)
async def preview(request: Request[Any]) -> Response:
    ask = await read_model(request, TextPreview)
    return _json(await _editing(request).preview(caller_of(request), ask))


@allow("lgwan", right=RIGHT)
async def trial(request: Request[Any]) -> Response:
    ask, key = await read_model(request, TextTrial), read_key(request)
    return _json(await _editing(request).try_out(caller_of(request), key, ask))


def _editing(request: Request[Any]) -> Editing:
    return cast("Editing", request.state["editing"])


def _place(request: Request[Any]) -> TextPlace:
    """Raises NotFound for a kind or a language that mails do not have."""
    asked = {
        **request.path_params,
        "procedure_id": request.query_params.get("procedure", ""),
        "office_id": request.query_params.get("office", ""),
        "series_id": request.query_params.get("series", ""),
    }
    try:
        return TextPlace.model_validate(asked)
    except ValidationError:
        raise NotFound("There is no such text.") from None


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


ROUTES = [
    Route("/v1/texts", texts, methods=["GET"]),
    Route("/v1/texts", change, methods=["POST"]),
    Route("/v1/texts/preview", preview, methods=["POST"]),
    Route("/v1/texts/trial", trial, methods=["POST"]),
    Route("/v1/texts/{kind}/{language}", text, methods=["GET"]),
]
