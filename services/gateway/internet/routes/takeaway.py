"""The calendar entry and the QR code of a booking, from its own pages only."""

from typing import cast

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Booking, Office, Procedure, Visitor, visit_minutes
from services.gateway.internet.door import Visit, draft_page, office_of, procedure_of
from services.gateway.internet.drafts import Draft
from services.gateway.internet.steps import rules_for, rules_of
from services.gateway.internet.takeaway import Visit as Entry
from services.gateway.internet.takeaway import calendar_entry, qr_code
from services.gateway.web.link import Refused

FIRST_VERSION = 1


@draft_page
async def qr_of_new(_: Visit, draft: Draft) -> Response:
    return _picture(_booked(draft).number)


@draft_page
async def qr_of_found(visit: Visit, draft: Draft) -> Response:
    return _picture((await _found(visit, draft)).number)


@draft_page
async def entry_of_new(visit: Visit, draft: Draft) -> Response:
    """The booking as it was made; a later version comes from the page of the booking."""
    draft = _booked(draft)
    assert draft.start is not None, "a booking has a time"
    door, rules = visit.door, rules_of(visit.door, draft)
    procedures = [procedure_of(door, one) for one in draft.procedure_ids]
    entry = Entry(
        number=draft.number,
        version=FIRST_VERSION,
        starts_at=draft.start,
        minutes=visit_minutes(procedures),
        procedure=_names(procedures),
        place=_place(office_of(door, draft.office_id)),
        documents=rules.documents(cast("Visitor", draft.visitor)),
    )
    return _file(visit, entry)


@draft_page
async def entry_of_found(visit: Visit, draft: Draft) -> Response:
    door, booking = visit.door, await _found(visit, draft)
    ids = (booking.procedure_id, *booking.also)
    entry = Entry(
        number=booking.number,
        version=booking.version,
        starts_at=booking.starts_at,
        minutes=booking.minutes,
        procedure=_names([procedure_of(door, one) for one in ids]),
        place=_place(office_of(door, booking.office_id)),
        documents=rules_for(door, ids).documents(booking.visitor),
        cancelled=booking.status == "cancelled",
    )
    return _file(visit, entry)


def _booked(draft: Draft) -> Draft:
    """Raises 404 before there is a booking."""
    if not draft.number:
        raise HTTPException(404)
    return draft


async def _found(visit: Visit, draft: Draft) -> Booking:
    """Raises 404 where the proof no longer holds."""
    assert draft.proof is not None, "drafts of this area carry the proof"
    try:
        return await visit.door.booking.find(visit.actor, draft.proof)
    except Refused as refused:
        if refused.status != 404:
            raise
        raise HTTPException(404) from None


def _picture(number: str) -> Response:
    return Response(qr_code(number), media_type="image/svg+xml")


def _file(visit: Visit, entry: Entry) -> Response:
    site = f"{visit.door.settings.public_url}/find"
    return Response(
        calendar_entry(entry, site, visit.door.clock()),
        media_type="text/calendar",
        headers={"content-disposition": 'attachment; filename="visit.ics"'},
    )


def _names(procedures: list[Procedure]) -> str:
    return "、".join(procedure.name for procedure in procedures)


def _place(office: Office) -> str:
    return f"{office.name}\n{office.address}"


ROUTES = [
    Route("/book/{draft}/qr.svg", qr_of_new, methods=["GET"]),
    Route("/book/{draft}/visit.ics", entry_of_new, methods=["GET"]),
    Route("/booking/{draft}/qr.svg", qr_of_found, methods=["GET"]),
    Route("/booking/{draft}/visit.ics", entry_of_found, methods=["GET"]),
]
