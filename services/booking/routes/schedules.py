"""How the LGWAN door sets up times, and who lost theirs."""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.common.web import read_key
from libs.contracts.booking import (
    DisplacedAnswer,
    DisplacedCall,
    Proposal,
    ScheduleApply,
    ScheduleChange,
)
from libs.contracts.times import parse_day
from services.booking.actions.schedules import answers, changes, weeks

from .endpoints import changes_booking, checks, saves
from .state import answer, desk_of

_STATE: TypeAdapter[Proposal] = TypeAdapter(Proposal)


@allow("lgwan", right="bookings.read")
async def show_week(request: Request[Any]) -> Response:
    asked = request.query_params
    try:
        week = parse_day(asked.get("week", ""))
    except ValueError:
        raise Malformed("The week cannot be read.", fields=["week"]) from None
    caller, office_id = caller_of(request), asked.get("office", "")
    return answer(await weeks.week_of(desk_of(request), caller, office_id, week))


@allow("lgwan", right="settings.edit")
async def list_stops(request: Request[Any]) -> Response:
    return answer(await weeks.stops_to_come(desk_of(request)))


plan_change = checks(changes.plan, ScheduleChange, right="schedules.edit")
apply_change = saves(changes.apply, ScheduleApply, right="schedules.edit", status=201)


@allow("lgwan", right="bookings.read")
async def list_changes(request: Request[Any]) -> Response:
    office_id = request.query_params.get("office") or None
    return answer(await changes.changes(desk_of(request), caller_of(request), office_id))


@allow("lgwan", right="schedules.edit")
async def undo_change(request: Request[Any]) -> Response:
    caller, key = caller_of(request), read_key(request)
    change_id = request.path_params["change_id"]
    return answer(await changes.undo(desk_of(request), caller, key, change_id))


@allow("lgwan", right="bookings.read")
async def list_displaced(request: Request[Any]) -> Response:
    asked = {name: value for name, value in request.query_params.items() if value}
    try:
        change_id = UUID(asked["change"]) if "change" in asked else None
        state = _STATE.validate_python(asked["state"]) if "state" in asked else None
    except ValueError:
        raise Malformed("The filter cannot be read.", fields=["change", "state"]) from None
    desk, caller = desk_of(request), caller_of(request)
    return answer(await answers.displaced_list(desk, caller, asked.get("office"), change_id, state))


note_call = changes_booking(answers.note_call, DisplacedCall, right="bookings.change")
accept_displaced = changes_booking(answers.accept, DisplacedAnswer, right="bookings.change")
keep_displaced = changes_booking(answers.keep, DisplacedAnswer, right="bookings.change")


_ONE = "/v1/staff/displaced/{booking_id:uuid}"
ROUTES = [
    Route("/v1/staff/schedules/week", show_week),
    Route("/v1/staff/stops", list_stops),
    Route("/v1/staff/schedules/plan", plan_change, methods=["POST"]),
    Route("/v1/staff/schedules/apply", apply_change, methods=["POST"]),
    Route("/v1/staff/schedules/changes", list_changes),
    Route("/v1/staff/schedules/changes/{change_id:uuid}/undo", undo_change, methods=["POST"]),
    Route("/v1/staff/displaced", list_displaced),
    Route(f"{_ONE}/call", note_call, methods=["POST"]),
    Route(f"{_ONE}/accept", accept_displaced, methods=["POST"]),
    Route(f"{_ONE}/keep", keep_displaced, methods=["POST"]),
]
