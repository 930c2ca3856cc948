"""What staff put right about one booking: how its person is reached."""

from typing import cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import StaffContactChange
from services.gateway.lgwan.contacts import Contact, read_contact
from services.gateway.lgwan.desk import desk_of
from services.gateway.lgwan.gate import actor_of, deed_of, form_of, staff
from services.gateway.lgwan.pages import answer
from services.gateway.lgwan.rows import row_of
from services.gateway.lgwan.ticking import read_key, read_version
from services.gateway.lgwan.wishes import wish_to_reach
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

from .conflict import conflict

CHANGE = "bookings.change"


@staff(CHANGE)
async def ask_contact(request: Request) -> Response:
    booking_id: UUID = request.path_params["booking_id"]
    kept = await desk_of(request).services.corrections.contact(actor_of(request), booking_id)
    contact = Contact(kept.email or "", kept.phone or "")
    return await _contact_form(request, booking_id, contact, kept.version)


@staff(CHANGE, deed="booking.contact")
async def change_contact(request: Request) -> Response:
    form, deed = cast("Form", form_of(request)), deed_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    deed.object_kind, deed.object_id = "booking", str(booking_id)
    contact, version = read_contact(form), read_version(form.get("version"))
    if contact.errors:
        deed.result = "mistyped"
        return await _contact_form(request, booking_id, contact, version)
    services, actor = desk_of(request).services, actor_of(request)
    ask = StaffContactChange(
        version=version, email=contact.email or None, phone=contact.phone or None
    )
    back = f"/bookings/{booking_id}"
    try:
        booking = await services.corrections.change_contact(actor, read_key(form), booking_id, ask)
    except Refused as refused:
        kept = await services.corrections.contact(actor, booking_id)
        wish = wish_to_reach(request.url.path, version, contact, kept)
        return await conflict(request, refused, booking_id, back, wish)
    deed.office_id = booking.office_id
    return RedirectResponse(f"{back}?changed=contact", 303)


async def _contact_form(
    request: Request, booking_id: UUID, contact: Contact, version: int
) -> Response:
    desk = desk_of(request)
    found = await desk.services.booking.booking(actor_of(request), booking_id)
    values = {
        "row": row_of(found.booking, await desk.guides.get(), may_tick=False),
        "contact": contact,
        "errors": contact.errors,
        "version": version,
    }
    return answer(request, "contact.html", values, 422 if contact.errors else 200)


_ONE = "/bookings/{booking_id:uuid}"
ROUTES = (
    Route(f"{_ONE}/contact", ask_contact, methods=["GET"]),
    Route(f"{_ONE}/contact", change_contact, methods=["POST"]),
)
