"""What the LGWAN door asks for about settings of offices and procedures."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.common.web import read_key, read_model
from libs.contracts.booking import OfficeChange, ProcedureChange
from services.booking.actions import editing

from .state import answer, desk_of

RIGHT = "settings.edit"
DEADLINES_RIGHT = "deadlines.edit"
"""Opens the procedures that are there; what may be changed of them, actions/editing.py says."""
LONGEST = 262_144
"""Bytes of one object with its words in all languages."""


@allow("lgwan", right=RIGHT)
async def see_office(request: Request[Any]) -> Response:
    office_id = request.path_params["office_id"]
    return answer(await editing.see_office(desk_of(request), caller_of(request), office_id))


@allow("lgwan", right=RIGHT)
async def add_office(request: Request[Any]) -> Response:
    wanted, key = await read_model(request, OfficeChange, LONGEST), read_key(request)
    done = await editing.add_office(desk_of(request), caller_of(request), key, wanted)
    return answer(done, 201)


@allow("lgwan", right=RIGHT)
async def change_office(request: Request[Any]) -> Response:
    wanted, key = await read_model(request, OfficeChange, LONGEST), read_key(request)
    _is_named(request, "office_id", wanted.office_id)
    return answer(await editing.change_office(desk_of(request), caller_of(request), key, wanted))


@allow("lgwan", right=RIGHT)
async def check_office(request: Request[Any]) -> Response:
    wanted = await read_model(request, OfficeChange, LONGEST)
    return answer(await editing.check_office(desk_of(request), caller_of(request), wanted))


@allow("lgwan", right=DEADLINES_RIGHT)
async def see_procedure(request: Request[Any]) -> Response:
    procedure_id = request.path_params["procedure_id"]
    return answer(await editing.see_procedure(desk_of(request), caller_of(request), procedure_id))


@allow("lgwan", right=RIGHT)
async def add_procedure(request: Request[Any]) -> Response:
    wanted, key = await read_model(request, ProcedureChange, LONGEST), read_key(request)
    done = await editing.add_procedure(desk_of(request), caller_of(request), key, wanted)
    return answer(done, 201)


@allow("lgwan", right=DEADLINES_RIGHT)
async def change_procedure(request: Request[Any]) -> Response:
    wanted, key = await read_model(request, ProcedureChange, LONGEST), read_key(request)
    _is_named(request, "procedure_id", wanted.procedure_id)
    return answer(await editing.change_procedure(desk_of(request), caller_of(request), key, wanted))


@allow("lgwan", right=DEADLINES_RIGHT)
async def check_procedure(request: Request[Any]) -> Response:
    wanted = await read_model(request, ProcedureChange, LONGEST)
    return answer(await editing.check_procedure(desk_of(request), caller_of(request), wanted))


def _is_named(request: Request[Any], name: str, sent: str) -> None:
    if request.path_params[name] != sent:
        raise Malformed("The body is about another object.", fields=[name])


ROUTES = [
    Route("/v1/staff/offices", add_office, methods=["POST"]),
    Route("/v1/staff/offices/{office_id}", see_office, methods=["GET"]),
    Route("/v1/staff/offices/{office_id}", change_office, methods=["POST"]),
    Route("/v1/staff/procedures", add_procedure, methods=["POST"]),
    Route("/v1/staff/procedures/{procedure_id}", see_procedure, methods=["GET"]),
    Route("/v1/staff/procedures/{procedure_id}", change_procedure, methods=["POST"]),
    Route("/v1/staff/checks/office", check_office, methods=["POST"]),
    Route("/v1/staff/checks/procedure", check_procedure, methods=["POST"]),
]
