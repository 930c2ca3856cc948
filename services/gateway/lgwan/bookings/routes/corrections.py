"""What staff put right about one booking: how its person is reached."""

from typing import cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import StaffContactChange
from services.gateway.lgwan.bookings.contacts import Contact, read_contact
from services.gateway.lgwan.bookings.pending import pending_correct, pending_reach
from services.gateway.lgwan.bookings.results import (
    NONE_YET,
    TypedResult,
    as_kept,
    choices,
    read_result,
    read_typed,
    without_visit,
)
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.words import CORRECTION_REASONS
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

from .conflict import conflict

CHANGE, TICK = "bookings.change", "bookings.tick"


@staff(CHANGE)
async def ask_contact(request: Request) -> Response:
    booking_id: UUID = request.path_params["booking_id"]
    kept = await door_of(request).services.corrections.contact(actor_of(request), booking_id)
    contact, version = Contact(kept.email or "", kept.phone or ""), kept.version
    if form := await kept_form(request):
        contact, version = read_contact(form), read_version(form.get("version"))
    return await _contact_form(request, booking_id, contact, version)


@staff(CHANGE, audit="booking.contact", keep=keep_form())
async def change_contact(request: Request) -> Response:
    form, audit = cast("Form", form_of(request)), audit_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    contact, version = read_contact(form), read_version(form.get("version"))
    if contact.errors:
        audit.result = "mistyped"
        return await _contact_form(request, booking_id, contact, version)
    services, actor = door_of(request).services, actor_of(request)
    ask = StaffContactChange(
        version=version, email=contact.email or None, phone=contact.phone or None
    )
    back = f"/bookings/{booking_id}"
    try:
        booking = await services.corrections.change_contact(actor, read_key(form), booking_id, ask)
    except Refused as refused:
        kept = await services.corrections.contact(actor, booking_id)
        pending = pending_reach(request.url.path, version, contact, kept)
        return await conflict(request, refused, booking_id, back, pending)
    audit.office_id = booking.office_id
    return RedirectResponse(f"{back}?changed=contact", 303)


@staff(TICK)
async def ask_result(request: Request) -> Response:
    booking_id: UUID = request.path_params["booking_id"]
    services, actor = door_of(request).services, actor_of(request)
    kept = await services.corrections.result(actor, booking_id)
    form = await kept_form(request)
    if form is None:
        return await _result_form(request, booking_id, as_kept(kept), kept.version)
    booking = (await services.booking.booking(actor, booking_id)).booking
    version, reason = read_version(form.get("version")), form.get("reason")
    return await _result_form(request, booking_id, read_typed(form, booking), version, reason)


@staff(TICK, audit="booking.correct", keep=keep_form())
async def change_result(request: Request) -> Response:
    form, audit, door = cast("Form", form_of(request)), audit_of(request), door_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    booking = (await door.services.booking.booking(actor_of(request), booking_id)).booking
    typed, version = read_typed(form, booking), read_version(form.get("version"))
    reason = form.get("reason")
    read = read_result(typed, booking, version, reason, await door.catalog.get())
    if read.ask is None:
        audit.result = "mistyped"
        return await _result_form(request, booking_id, typed, version, reason, read.errors)
    back = f"/bookings/{booking_id}"
    try:
        saved = await door.services.corrections.change_result(
            actor_of(request), read_key(form), booking_id, read.ask
        )
    except Refused as refused:
        pending = pending_correct(request.url.path, read.ask, typed.fields | {"reason": reason})
        return await conflict(request, refused, booking_id, back, pending)
    audit.office_id = saved.office_id
    return RedirectResponse(f"{back}?changed=result", 303)


async def _result_form(
    request: Request,
    booking_id: UUID,
    typed: TypedResult,
    version: int,
    reason: str = "",
    errors: dict[str, str] | None = None,
) -> Response:
    door = door_of(request)
    found = await door.services.booking.booking(actor_of(request), booking_id)
    catalog, booking = await door.catalog.get(), found.booking
    values = {
        "row": row_of(booking, catalog, may_tick=False),
        "typed": typed,
        "results": [
            *choices(booking.procedure_id, catalog),
            *without_visit(booking),
            NONE_YET,
        ],
        "others": [(one, catalog.procedure(one), choices(one, catalog)) for one in booking.also],
        "reason": reason,
        "reasons": [(code, text, None) for code, text in CORRECTION_REASONS.items()],
        "errors": errors or {},
        "version": version,
    }
    return answer(request, "result.html", values, 422 if errors else 200)


async def _contact_form(
    request: Request, booking_id: UUID, contact: Contact, version: int
) -> Response:
    door = door_of(request)
    found = await door.services.booking.booking(actor_of(request), booking_id)
    values = {
        "row": row_of(found.booking, await door.catalog.get(), may_tick=False),
        "contact": contact,
        "errors": contact.errors,
        "version": version,
    }
    return answer(request, "contact.html", values, 422 if contact.errors else 200)


_ONE = "/bookings/{booking_id:uuid}"
ROUTES = (
    Route(f"{_ONE}/contact", ask_contact, methods=["GET"]),
    Route(f"{_ONE}/contact", change_contact, methods=["POST"]),
    Route(f"{_ONE}/result", ask_result, methods=["GET"]),
    Route(f"{_ONE}/result", change_result, methods=["POST"]),
)
