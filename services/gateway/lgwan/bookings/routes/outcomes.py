"""The end of a visit for several procedures: one form with a choice for each."""

from collections.abc import Mapping
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import Tick
from services.gateway.lgwan.bookings.outcomes import Choice, choices_of, read_outcomes
from services.gateway.lgwan.bookings.pending import pending_end
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import actor_of, audit_of, came_from, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.staff import safe_path
from services.gateway.web.link import Refused

from .changes import marked
from .conflict import conflict


@staff("bookings.tick")
async def ask_outcomes(request: Request) -> Response:
    return await _form(request, came_from(request))


@staff("bookings.tick", audit="booking.finish")
async def finish(request: Request) -> Response:
    form, audit = form_of(request), audit_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    key, version, back = read_key(form), read_version(form.get("version")), form.get("back")
    door = door_of(request)
    found = await door.services.booking.booking(actor_of(request), booking_id)
    choices = choices_of(found.booking, await door.catalog.get(), form)
    outcomes, errors = read_outcomes(choices)
    if errors:
        audit.result = "no-outcome"
        return await _form(request, safe_path(back), choices, errors)
    first = outcomes.pop(found.booking.procedure_id)
    tick = Tick(version=version, outcome=first, outcomes=outcomes)
    try:
        booking = await door.services.booking.tick(
            actor_of(request), key, booking_id, "finish", tick
        )
    except Refused as refused:
        pending = pending_end(request.url.path, version, safe_path(back), choices)
        return await conflict(request, refused, booking_id, safe_path(back), pending)
    audit.office_id = booking.office_id
    return RedirectResponse(marked(safe_path(back), booking_id), 303)


async def _form(
    request: Request,
    back: str,
    choices: list[Choice] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    door = door_of(request)
    found = await door.services.booking.booking(
        actor_of(request), request.path_params["booking_id"]
    )
    catalog = await door.catalog.get()
    values = {
        "row": row_of(found.booking, catalog, may_tick=False),
        "choices": choices or choices_of(found.booking, catalog),
        "errors": errors or {},
        "back_to": back,
    }
    return answer(request, "outcome.html", values, 422 if errors else 200)


ROUTES = [
    Route("/bookings/{booking_id:uuid}/outcome", ask_outcomes, methods=["GET"]),
    Route("/bookings/{booking_id:uuid}/outcome", finish, methods=["POST"]),
]
