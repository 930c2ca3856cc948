"""The calendar entry and the QR code of a booking, from its own pages only."""

from collections.abc import Sequence
from typing import cast

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import (
    CitizenBooking,
    Office,
    Procedure,
    Visitor,
)
from libs.contracts.times import day_of
from libs.rules.visits import visit_minutes
from services.gateway.internet.door.door import CitizenRequest, draft_page, guided, office_of
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.seats import Seat, person_routes, seat_of
from services.gateway.internet.door.steps import rules_for
from services.gateway.internet.own_booking.takeaway import CalendarEntry, calendar_entry, qr_code
from services.gateway.web.link import Refused

FIRST_VERSION = 1


@draft_page
async def qr_of_new(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    return _picture(_booked(citizen, draft).who.number)


@draft_page
async def qr_of_found(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    return _picture((await _found(citizen, draft)).number)


@draft_page
async def entry_of_new(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """The booking as it was made; a later version comes from the page of the booking."""
    seat = _booked(citizen, draft)
    assert seat.who.start is not None, "a booking has a time"
    entry = CalendarEntry(
        number=seat.who.number,
        version=FIRST_VERSION,
        starts_at=seat.who.start,
        minutes=visit_minutes(seat.rules.procedures, draft.office_id, day_of(seat.who.start)),
        procedure=_names(seat.rules.procedures),
        place=_place(office_of(citizen.door, draft.office_id, seat.who.start)),
        documents=seat.rules.documents(cast("Visitor", seat.who.visitor)),
        guided=guided(citizen.door, draft.office_id, seat.who.start),
    )
    return _file(citizen, entry)


@draft_page
async def entry_of_found(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    door, booking = citizen.door, await _found(citizen, draft)
    rules = rules_for(door, (booking.procedure_id, *booking.also))
    entry = CalendarEntry(
        number=booking.number,
        version=booking.version,
        starts_at=booking.starts_at,
        minutes=booking.minutes,
        procedure=_names(rules.procedures),
        place=_place(office_of(door, booking.office_id, booking.starts_at)),
        documents=rules.documents(booking.visitor),
        guided=guided(door, booking.office_id, booking.starts_at),
        cancelled=booking.status == "cancelled",
    )
    return _file(citizen, entry)


def _booked(citizen: CitizenRequest, draft: BookingDraft) -> Seat:
    """The person that the address names. Raises 404 before there is a booking."""
    if not draft.number:
        raise HTTPException(404)
    return seat_of(citizen, draft)


async def _found(citizen: CitizenRequest, draft: BookingDraft) -> CitizenBooking:
    """Raises 404 where the proof no longer holds."""
    assert draft.proof is not None, "drafts of this area carry the proof"
    try:
        return await citizen.door.booking.find(citizen.actor, draft.proof)
    except Refused as refused:
        if refused.status != 404:
            raise
        raise HTTPException(404) from None


def _picture(number: str) -> Response:
    return Response(qr_code(number), media_type="image/svg+xml")


def _file(citizen: CitizenRequest, entry: CalendarEntry) -> Response:
    site = f"{citizen.door.settings.public_url}/find"
    return Response(
        calendar_entry(entry, site, citizen.door.clock()),
        media_type="text/calendar",
        headers={"content-disposition": 'attachment; filename="visit.ics"'},
    )


def _names(procedures: Sequence[Procedure]) -> str:
    return "、".join(procedure.name for procedure in procedures)


def _place(office: Office) -> str:
    return f"{office.name}\n{office.address}"


ROUTES = [
    *(Route(path, qr_of_new, methods=["GET"]) for path in person_routes("qr.svg")),
    *(Route(path, entry_of_new, methods=["GET"]) for path in person_routes("visit.ics")),
    Route("/booking/{draft}/qr.svg", qr_of_found, methods=["GET"]),
    Route("/booking/{draft}/visit.ics", entry_of_found, methods=["GET"]),
]
