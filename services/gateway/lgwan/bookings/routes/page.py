"""One booking with its history and mails."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import CARD_NUMBERS, STANDING, StaffAction, StaffBookingDetail
from libs.contracts.notify import Delivery
from services.gateway.lgwan.bookings.here import PAST, came_from, has_returned, here_of, newer_of
from services.gateway.lgwan.bookings.history import pasts
from services.gateway.lgwan.bookings.steps import steps_of
from services.gateway.lgwan.counter.rows import When, row_of
from services.gateway.lgwan.counter.shelves import put_on_shelf
from services.gateway.lgwan.door.auth import actor_of, audit_of, seen_at, session_of, staff
from services.gateway.lgwan.door.card_numbers import AWAY, by_booking
from services.gateway.lgwan.door.context import CatalogIndex, door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.staff import Staff
from services.gateway.web.link import Refused, Unreachable

_NO_NUMBER = "この予約の製造管理番号は、取り込んだ名簿にありません。"


@staff("bookings.read", parts=("persons.shielded", CARD_NUMBERS))
async def detail(request: Request) -> Response:
    return await booking_page(request, request.path_params["booking_id"])


@staff(CARD_NUMBERS, audit="card.number")
async def show_card_number(request: Request) -> Response:
    """The page with the number of the card, once: no address leads to it."""
    booking_id, audit = request.path_params["booking_id"], audit_of(request)
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    services, actor = door_of(request).services, actor_of(request)
    try:
        cards = await services.booking.card(actor, booking_id)
        opened = (await services.eligibility.card_numbers(actor, cards)).numbers
    except Unreachable:
        audit.result = "unreachable"
        return await booking_page(request, booking_id, AWAY, 503)
    number = by_booking(cards, opened).get(booking_id, "")
    if not number:
        audit.result = "not-found"
        return await booking_page(request, booking_id, _NO_NUMBER, 404)
    return await booking_page(request, booking_id, card_number=number)


@staff("bookings.tick", audit="card.shelf")
async def put_on_shelf_of_booking(request: Request) -> Response:
    booking_id: UUID = request.path_params["booking_id"]
    if error := await put_on_shelf(request, booking_id):
        return await booking_page(request, booking_id, error, 422)
    return RedirectResponse(f"/bookings/{booking_id}?changed=shelf", 303)


async def booking_page(
    request: Request,
    booking_id: UUID,
    error: str = "",
    status: int = 200,
    card_number: str = "",
) -> Response:
    """The booking, with `error` where something could not be done about it."""
    door, member = door_of(request), session_of(request).staff
    found = await door.services.booking.booking(actor_of(request), booking_id)
    office_id = found.booking.office_id
    seen_at(request, office_id)
    may_tick, catalog = member.may_at("bookings.tick", office_id), await door.catalog.get()
    when = _when(found)
    row = row_of(found.booking, catalog, may_tick, when=when)
    values = {
        "row": row,
        "steps": steps_of(found, row.state),
        "found": found,
        "party": [row_of(one, catalog, may_tick=False) for one in found.party],
        "history": pasts(found.history, catalog, door.names),
        "mails": await _mails(request, booking_id),
        "shielded": await _is_shielded(request, booking_id),
        "may": {one for one in found.may if _has_right(member, one, office_id)},
        "here": here_of(found, catalog),
        "may_shelve": may_tick,
        "expected": may_tick and when == "today",
        "over": PAST if when == "past" and found.booking.status in STANDING else "",
        "came_from": came_from(found.history),
        "has_returned": has_returned(found.history),
        **newer_of(found, catalog),
        "card_number": card_number,
        "asks_number": member.may(CARD_NUMBERS) and _has_card(found, catalog),
        "changed": request.query_params.get("changed", ""),
        "error": error,
    }
    return answer(request, "booking.html", values, status)


def _has_card(found: StaffBookingDetail, catalog: CatalogIndex) -> bool:
    """Whether it is about a card whose number is known."""
    booking = found.booking
    known = (catalog.procedures.get(one) for one in (booking.procedure_id, *booking.also))
    return not found.unlinked and any(one and one.needs_card for one in known)


def _has_right(member: Staff, action: StaffAction, office_id: str) -> bool:
    """What booking allows by state and day is offered to those with the right to it."""
    if action in ("tick", "correct"):
        return member.may_at("bookings.tick", office_id)
    return member.may("bookings.cancel" if action == "cancel" else "bookings.change")


def _when(found: StaffBookingDetail) -> When:
    """On a past day nobody is received any more: what is left to say is what came of the visit."""
    if "tick" in found.may:
        return "today"
    return "past" if "correct" in found.may else "to come"


async def _is_shielded(request: Request, booking_id: UUID) -> bool:
    """Who may not see it is not told."""
    if not session_of(request).staff.may("persons.shielded"):
        return False
    services = door_of(request).services
    return (await services.booking.shield(actor_of(request), booking_id)).shielded


async def _mails(request: Request, booking_id: UUID) -> tuple[Delivery, ...] | None:
    """The mails of a booking; None while notify does not answer, because the rest still helps."""
    try:
        mails = await door_of(request).services.notify.deliveries(actor_of(request), booking_id)
    except (Unreachable, Refused):
        return None
    return mails.deliveries


ROUTES = [
    Route("/bookings/{booking_id:uuid}", detail, methods=["GET"]),
    Route("/bookings/{booking_id:uuid}/shelf", put_on_shelf_of_booking, methods=["POST"]),
    Route("/bookings/{booking_id:uuid}/card-number", show_card_number, methods=["POST"]),
]
