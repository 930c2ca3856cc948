"""HTTP in: checks of persons, and imports for staff."""

from typing import Any
from urllib.parse import unquote
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.assertion import Callers
from libs.common.errors import StatusTable, TooLarge
from libs.common.tries import TooSoon
from libs.common.web import read_key, read_limited, read_model
from libs.contracts.booking import counter_offices
from libs.contracts.eligibility import CardKeyRequest, CardNumbersRequest, CardUse, Check

from .actions.imports import Order
from .domain import problems
from .domain.file_names import shown_name

LARGEST_FILE = 20 * 1024 * 1024

STATUS: StatusTable = {
    problems.NoMatch: 404,
    problems.NoPass: 403,
    problems.AlreadyCollected: 409,
    problems.ImportRunning: 409,
    problems.OfficesUnknown: 409,
    problems.TooManyRows: 413,
    problems.IndividualNumber: 422,
    problems.MissingColumn: 422,
    problems.UnknownEncoding: 422,
    problems.UnreadableFile: 422,
    problems.Locked: 429,
    TooSoon: 429,
}


@allow("internet", "lgwan")
async def check(request: Request[Any]) -> Response:
    """Staff, who have the person before them or on the phone, are neither counted nor locked out:
    or the phone would be no way on for a citizen whose number others locked."""
    checks, asked = request.state["checks"], await read_model(request, Check)
    if caller_of(request).door == Callers.STAFF_DOOR:
        return _json(await checks.check_for_staff(asked))
    return _json(await checks.check(asked))


@allow("lgwan", right="bookings.read")
async def card_key(request: Request[Any]) -> Response:
    return _json(request.state["checks"].card_key(await read_model(request, CardKeyRequest)))


@allow("lgwan", right="cards.number")
async def card_numbers(request: Request[Any]) -> Response:
    return await _opened(request)


@allow("lgwan", right="cards.outage")
async def card_numbers_for_an_outage(request: Request[Any]) -> Response:
    """For the machine that writes these lists, which may have nothing else."""
    return await _opened(request, only="outage")


async def _opened(request: Request[Any], only: CardUse | None = None) -> Response:
    asked = await read_model(request, CardNumbersRequest)
    opening = request.state["numbers"]
    return _json(await opening.open(caller_of(request).actor, asked, only))


@allow("lgwan", right="persons.import")
async def take_file(request: Request[Any]) -> Response:
    """The body is kept in memory: nothing of it ever reaches a disk but sealed rows."""
    try:
        body = await read_limited(request, LARGEST_FILE)
    except TooLarge:
        raise TooLarge("ファイルが20MBを超えています。分けて取り込んでください。") from None
    name = shown_name(unquote(request.headers.get("x-file-name", "")))
    caller = caller_of(request)
    order = Order(caller.actor, read_key(request), counter_offices(caller))
    return _json(await request.state["imports"].take(body, name, order))


@allow("lgwan", right="persons.import")
async def list_imports(request: Request[Any]) -> Response:
    return _json(await request.state["imports"].newest())


@allow("lgwan", right="persons.import")
async def show_import(request: Request[Any]) -> Response:
    batch_id: UUID = request.path_params["batch_id"]
    return _json(await request.state["imports"].one(batch_id))


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


ROUTES = [
    Route("/v1/checks", check, methods=["POST"]),
    Route("/v1/card-keys", card_key, methods=["POST"]),
    Route("/v1/card-numbers", card_numbers, methods=["POST"]),
    Route("/v1/card-numbers/outage", card_numbers_for_an_outage, methods=["POST"]),
    Route("/v1/imports", take_file, methods=["POST"]),
    Route("/v1/imports", list_imports),
    Route("/v1/imports/{batch_id:uuid}", show_import),
]
