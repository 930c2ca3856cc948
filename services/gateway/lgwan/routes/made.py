"""After the call: what is read aloud, and the 控え on paper."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.lgwan.desk import desk_of
from services.gateway.lgwan.gate import actor_of, staff
from services.gateway.lgwan.pages import answer
from services.gateway.lgwan.phone.speech import sentences, spoken_number
from services.gateway.lgwan.rows import row_of
from services.gateway.web.rules import VisitRules


@staff("bookings.make")
async def done(request: Request) -> Response:
    values = await _values(request)
    row, rules = values["row"], values["rules"]
    booking = row.booking
    said = sentences(
        booking.starts_at,
        row.office,
        row.procedure,
        booking.number,
        rules.documents(booking.visitor),
        booking.has_email,
    )
    return answer(request, "phone_done.html", {**values, "said": said})


@staff("bookings.make")
async def slip(request: Request) -> Response:
    return answer(request, "slip.html", await _values(request))


async def _values(request: Request) -> dict[str, Any]:
    desk = desk_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    found = await desk.services.booking.booking(actor_of(request), booking_id)
    guide, booking = await desk.guides.get(), found.booking
    office = guide.offices.get(booking.office_id)
    procedures = map(guide.procedures.get, (booking.procedure_id, *booking.also))
    return {
        "row": row_of(booking, guide, may_tick=False),
        "found": found,
        "office": office.on(day_of(booking.starts_at)) if office else None,
        "rules": VisitRules(tuple(known for known in procedures if known)),
        "number_aloud": spoken_number(booking.number),
    }


ROUTES = (
    Route("/phone/bookings/{booking_id:uuid}", done, methods=["GET"]),
    Route("/phone/bookings/{booking_id:uuid}/slip", slip, methods=["GET"]),
)
