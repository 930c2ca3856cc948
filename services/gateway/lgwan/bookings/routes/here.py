"""今日・ここで受け付ける: one press for whoever comes on another day or to another office."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import ReceiveHere
from services.gateway.lgwan.bookings.here import REFUSED
from services.gateway.lgwan.bookings.pending import pending_receive
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.day import WantedDay
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .changes import marked
from .conflict import conflict
from .page import booking_page

SENTENCES: dict[str, str] = {
    **{str(slug): sentence for slug, sentence in REFUSED.items()},
    "not-offered": "この場所では、この手続きを受け付けていません。",
}


@staff("bookings.tick", audit="booking.receive")
async def receive(request: Request) -> Response:
    """Back to the page of the day where the form was sent from there, else to the booking."""
    form, audit, door = form_of(request), audit_of(request), door_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    ask = ReceiveHere(version=read_version(form.get("version")), office_id=form.get("office"))
    try:
        booking = await door.services.booking.receive_here(
            actor_of(request), read_key(form), booking_id, ask
        )
    except Refused as refused:
        if sentence := SENTENCES.get(refused.slug):
            audit.result = refused.slug
            return await booking_page(request, booking_id, sentence, refused.status)
        office = (await door.catalog.get()).office(ask.office_id)
        pending = pending_receive(request.url.path, ask, office)
        return await conflict(request, refused, booking_id, f"/bookings/{booking_id}", pending)
    audit.office_id = booking.office_id
    if not form.get("today"):
        return RedirectResponse(f"/bookings/{booking_id}?changed=here", 303)
    day = WantedDay(ask.office_id, now().date())
    return RedirectResponse(marked(day.url(here=1), booking_id).partition("#")[0], 303)


ROUTES = (Route("/bookings/{booking_id:uuid}/here", receive, methods=["POST"]),)
