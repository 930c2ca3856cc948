"""What staff change about a booking: ticks from the list, and cancelling with a reason."""

from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import (
    CANCEL_REASONS,
    StaffBooking,
    StaffCancel,
    StaffResultChange,
    Tick,
)
from services.gateway.lgwan.bookings.calling import ASKING, CallFrom, others, question, read_call
from services.gateway.lgwan.bookings.here import has_returned
from services.gateway.lgwan.bookings.pending import pending_cancel, pending_tick
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.counter.ticking import Tapped, read_tapped
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.staff import safe_path
from services.gateway.web.link import Refused

from .conflict import conflict


@staff("bookings.tick", audit="booking.tick")
async def tick(request: Request) -> Response:
    """One button of a list. Back to the same place in the list, with the row marked."""
    form, audit = form_of(request), audit_of(request)
    tapped, key = read_tapped(form.get("tick")), read_key(form)
    call = read_call(form, tapped)
    audit.what = f"booking.{tapped.action}"
    audit.object_kind, audit.object_id = "booking", str(tapped.booking_id)
    back = safe_path(form.get("back"))
    try:
        booking = await _done(request, tapped, tapped.key(key), call)
    except Refused as refused:
        if refused.slug in ASKING:
            return await _which_window(request, refused, tapped, back, call)
        pending = pending_tick(tapped, back, call)
        return await conflict(request, refused, tapped.booking_id, back, pending)
    audit.office_id = booking.office_id
    if tapped.action == "undo" and booking.status == "confirmed":
        back = await _where_it_is(request, back, booking.booking_id)
    return RedirectResponse(marked(back, booking.booking_id), 303)


async def _where_it_is(request: Request, back: str, booking_id: UUID) -> str:
    """A booking that was received on another day, or at another office, goes back there: then its
    own page says so. It may be out of reach there."""
    try:
        found = await door_of(request).services.booking.booking(actor_of(request), booking_id)
    except Refused:
        return back
    return f"/bookings/{booking_id}" if has_returned(found.history) else back


async def _which_window(
    request: Request, refused: Refused, tapped: Tapped, back: str, call: CallFrom
) -> Response:
    """The choice of a window, for a booking that has not been called."""
    audit_of(request).result = refused.slug
    door, actor = door_of(request), actor_of(request)
    found = await door.services.booking.booking(actor, tapped.booking_id)
    there = await door.services.counter.windows(actor, found.booking.office_id)
    asked = question(refused, call)
    values = {
        "question": asked,
        "row": row_of(found.booking, await door.catalog.get(), may_tick=False),
        "reception": found.reception,
        "tick": tapped.value,
        "windows": others(there.windows, but_for=asked.anyway),
        "back_to": back,
    }
    return answer(request, "call.html", values, 409)


async def _done(request: Request, tapped: Tapped, key: str, call: CallFrom) -> StaffBooking:
    """On the day itself it is a tick, later a correction of what nobody entered."""
    services, actor = door_of(request).services, actor_of(request)
    booking_id, version, outcome = tapped.booking_id, tapped.version, tapped.outcome
    if tapped.action == "correct":
        ask = StaffResultChange(
            version=version,
            status="finished" if outcome else "missed",
            outcome=outcome,
            reason="omission",
        )
        return await services.corrections.change_result(actor, key, booking_id, ask)
    asked = Tick(version=version, outcome=outcome, window=call.window, anyway=call.anyway)
    return await services.booking.tick(actor, key, booking_id, tapped.action, asked)


def marked(back: str, booking_id: UUID) -> str:
    """The page that a form was sent from, with the row of the booking marked."""
    parts = urlsplit(back)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "changed"]
    return f"{parts.path}?{urlencode([*query, ('changed', str(booking_id))])}#b-{booking_id}"


@staff("bookings.cancel")
async def ask_cancel(request: Request) -> Response:
    return await _cancel_form(request, request.path_params["booking_id"])


@staff("bookings.cancel", audit="booking.cancel")
async def cancel(request: Request) -> Response:
    form, audit = form_of(request), audit_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    reason = CANCEL_REASONS.get(form.get("reason"))
    if reason is None:
        audit.result = "no-reason"
        return await _cancel_form(request, booking_id, {"reason": "取り消す理由を選んでください。"})
    request_body = StaffCancel(version=read_version(form.get("version")), reason=reason)
    try:
        booking = await door_of(request).services.booking.cancel(
            actor_of(request), read_key(form), booking_id, request_body
        )
    except Refused as refused:
        pending = pending_cancel(request.url.path, request_body.version, form.get("reason"))
        return await conflict(request, refused, booking_id, f"/bookings/{booking_id}", pending)
    audit.office_id = booking.office_id
    return RedirectResponse(f"/bookings/{booking_id}?changed=1", 303)


async def _cancel_form(
    request: Request, booking_id: UUID, errors: dict[str, str] | None = None
) -> Response:
    door = door_of(request)
    found = await door.services.booking.booking(actor_of(request), booking_id)
    values = {
        "row": row_of(found.booking, await door.catalog.get(), may_tick=False),
        "reasons": [(code, text, None) for code, text in CANCEL_REASONS.items()],
        "errors": errors or {},
    }
    return answer(request, "cancel.html", values, 422 if errors else 200)


ROUTES = [
    Route("/bookings/tick", tick, methods=["POST"]),
    Route("/bookings/{booking_id:uuid}/cancel", ask_cancel, methods=["GET"]),
    Route("/bookings/{booking_id:uuid}/cancel", cancel, methods=["POST"]),
]
