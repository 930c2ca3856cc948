"""HTTP in: checks of persons, and imports for staff."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import Endpoint, allow, caller_of
from libs.common.assertion import Callers
from libs.common.errors import Malformed, StatusTable
from libs.common.tries import TooSoon
from libs.common.web import read_key, read_model
from libs.contracts.booking import counter_offices
from libs.contracts.eligibility import (
    CardKeyRequest,
    CardNumbersRequest,
    CardUse,
    Check,
    Done,
    DraftChoice,
    DraftLayout,
    DraftRun,
)

from .actions.drafts import ImportDrafts
from .actions.files import Order
from .domain import problems
from .domain.file_names import shown_name

STATUS: StatusTable = {
    problems.NoMatch: 404,
    problems.NoPass: 403,
    problems.AlreadyCollected: 409,
    problems.CannotUndoImport: 409,
    problems.FileGone: 409,
    problems.ImportRunning: 409,
    problems.NotConfirmed: 409,
    problems.OfficesUnknown: 409,
    problems.StaleDraft: 409,
    problems.WrongDraftState: 409,
    problems.TooManyRows: 413,
    problems.CarriesNumbers: 422,
    problems.IndividualNumber: 422,
    problems.MissingColumn: 422,
    problems.UnknownEncoding: 422,
    problems.UnreadableFile: 422,
    problems.CheckLocked: 429,
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
    """The body goes into the draft piece by piece, sealed under a key that follows from that of the
    form: without it nobody reads it, and nothing of it is kept for more than an hour."""
    name = shown_name(unquote(request.headers.get("x-file-name", "")))
    order = Order(caller_of(request).actor, read_key(request), counter_offices(caller_of(request)))
    draft_id = await request.state["drafts"].uploads.take(request.stream(), name, order)
    return _json(await request.state["drafts"].show(draft_id, order))


@allow("lgwan", right="persons.import")
async def show_draft(request: Request[Any]) -> Response:
    profile = request.query_params.get("profile")
    profile_id = read_id(profile) if profile else None
    return _json(await request.state["drafts"].show(_draft(request), _order(request), profile_id))


def _takes_step(
    step: Callable[..., Awaitable[None]], body: type[BaseModel] | None = None
) -> Endpoint:
    """A step of a draft, with a body or none, that answers no more than that it is taken."""

    @allow("lgwan", right="persons.import")
    async def take_step(request: Request[Any]) -> Response:
        asked = [await read_model(request, body)] if body else []
        await step(request.state["drafts"], _draft(request), _order(request), *asked)
        return _json(Done())

    return take_step


@allow("lgwan", right="persons.import")
async def draft_changes(request: Request[Any]) -> Response:
    """Who is shielded is told to those who may know it."""
    return _json(
        await request.state["changes"].page(
            _draft(request),
            _order(request),
            _after(request),
            booked=request.query_params.get("booked") == "1",
            sees_shielded="persons.shielded" in caller_of(request).rights,
        )
    )


@allow("lgwan", right="persons.import")
async def draft_faults(request: Request[Any]) -> Response:
    changes = request.state["changes"]
    return _json(await changes.faults(_draft(request), _order(request), _after(request)))


@allow("lgwan", right="persons.import")
async def list_imports(request: Request[Any]) -> Response:
    return _json(await request.state["imports"].newest())


@allow("lgwan", right="persons.import")
async def show_import(request: Request[Any]) -> Response:
    return _json(await request.state["imports"].one(request.path_params["batch_id"]))


@allow("lgwan", right="persons.import")
async def import_faults(request: Request[Any]) -> Response:
    batch_id: UUID = request.path_params["batch_id"]
    return _json(await request.state["imports"].faults(batch_id, _after(request)))


@allow("lgwan", right="persons.import")
async def undo_import(request: Request[Any]) -> Response:
    batch_id: UUID = request.path_params["batch_id"]
    await request.state["drafts"].applying.undo(batch_id, _order(request))
    return _json(await request.state["imports"].one(batch_id))


@allow("lgwan", right="persons.import")
async def drop_profile(request: Request[Any]) -> Response:
    await request.state["drafts"].drop_profile(request.path_params["profile_id"])
    return _json(Done())


def _draft(request: Request[Any]) -> UUID:
    draft_id: UUID = request.path_params["draft_id"]
    return draft_id


def _order(request: Request[Any]) -> Order:
    """Who asks, with the key of the form that the file came with, where they have it."""
    caller = caller_of(request)
    return Order(caller.actor, request.headers.get("x-form-key", ""), counter_offices(caller))


def _after(request: Request[Any]) -> int:
    """Raises Malformed."""
    text = request.query_params.get("after", "0")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Malformed("A line is a number.")
    return int(text)


def read_id(text: str) -> UUID:
    """Raises Malformed."""
    try:
        return UUID(text)
    except ValueError:
        raise Malformed("An id is expected.") from None


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


ROUTES = [
    Route("/v1/checks", check, methods=["POST"]),
    Route("/v1/card-keys", card_key, methods=["POST"]),
    Route("/v1/card-numbers", card_numbers, methods=["POST"]),
    Route("/v1/card-numbers/outage", card_numbers_for_an_outage, methods=["POST"]),
    Route("/v1/drafts", take_file, methods=["POST"]),
    Route("/v1/drafts/{draft_id:uuid}", show_draft),
    Route(
        "/v1/drafts/{draft_id:uuid}/layout",
        _takes_step(ImportDrafts.read_as, DraftLayout),
        methods=["POST"],
    ),
    Route(
        "/v1/drafts/{draft_id:uuid}/stage",
        _takes_step(ImportDrafts.stage, DraftChoice),
        methods=["POST"],
    ),
    Route(
        "/v1/drafts/{draft_id:uuid}/compare", _takes_step(ImportDrafts.compare), methods=["POST"]
    ),
    Route("/v1/drafts/{draft_id:uuid}/changes", draft_changes),
    Route("/v1/drafts/{draft_id:uuid}/faults", draft_faults),
    Route(
        "/v1/drafts/{draft_id:uuid}/apply",
        _takes_step(ImportDrafts.apply, DraftRun),
        methods=["POST"],
    ),
    Route("/v1/drafts/{draft_id:uuid}/drop", _takes_step(ImportDrafts.drop), methods=["POST"]),
    Route("/v1/import-profiles/{profile_id:uuid}/drop", drop_profile, methods=["POST"]),
    Route("/v1/imports", list_imports),
    Route("/v1/imports/{batch_id:uuid}", show_import),
    Route("/v1/imports/{batch_id:uuid}/faults", import_faults),
    Route("/v1/imports/{batch_id:uuid}/undo", undo_import, methods=["POST"]),
]
