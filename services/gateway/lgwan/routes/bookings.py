"""The list of bookings, today's and any other, and one booking with its history and mails."""

from collections.abc import Iterable
from datetime import timedelta
from typing import cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.common.errors import NotAllowed
from libs.contracts.booking import StaffBooking, StaffBookingDetail
from libs.contracts.notify import Delivery
from services.gateway.lgwan.desk import Guide, desk_of
from services.gateway.lgwan.domain import Operation, Staff
from services.gateway.lgwan.gate import actor_of, form_of, session_of, staff
from services.gateway.lgwan.lists import Wanted, read_wanted
from services.gateway.lgwan.pages import answer, menu_of
from services.gateway.lgwan.pasts import pasts
from services.gateway.lgwan.rows import Row, row_of, tally
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.times import local, now
from services.gateway.web.typed import (
    INDIVIDUAL_NUMBER,
    Mistyped,
    has_individual_number,
    read_booking_number,
)

from .notes import notes_of_day

_UNKNOWN_NUMBER = "この番号の予約は見つかりません。番号と、担当する場所の予約かをお確かめください。"


@staff()
async def home(request: Request) -> Response:
    """Today's bookings; for staff who may not see bookings, the first page they may open."""
    member = session_of(request).staff
    if member.may("bookings.read"):
        return await _list(request, "today.html", "/")
    menu = menu_of(member)
    if not menu:
        raise NotAllowed("This account has no rights.")
    return RedirectResponse(menu[0].path, 303)


@staff("bookings.read")
async def find(request: Request) -> Response:
    """To the booking with this number. By POST, because what people type stays out of addresses."""
    typed = cast("Form", form_of(request)).typed("number")
    if has_individual_number(typed):
        return _not_found(request, INDIVIDUAL_NUMBER)
    try:
        query = {"number": read_booking_number(typed)}
    except Mistyped as mistyped:
        return _not_found(request, str(mistyped))
    found = await desk_of(request).services.booking.bookings(actor_of(request), query)
    if not found.bookings:
        return _not_found(request, _UNKNOWN_NUMBER)
    return RedirectResponse(f"/bookings/{found.bookings[0].booking_id}", 303)


@staff("bookings.read")
async def detail(request: Request) -> Response:
    desk, member = desk_of(request), session_of(request).staff
    booking_id: UUID = request.path_params["booking_id"]
    found = await desk.services.booking.booking(actor_of(request), booking_id)
    office_id = found.booking.office_id
    if not member.serves(office_id):
        await _note_foreign(request, booking_id, office_id)
    may_tick, guide = member.may_at("bookings.tick", office_id), await desk.guides.get()
    values = {
        "row": row_of(found.booking, guide, may_tick),
        "found": found,
        "history": pasts(found.history, guide),
        "mails": await _mails(request, booking_id),
        "may_cancel": member.may("bookings.cancel") and found.booking.status == "confirmed",
        "may_change": member.may("bookings.change") and _is_open(found.booking),
        "may_correct": may_tick and _has_result(found.booking),
        "changed": request.query_params.get("changed", ""),
    }
    return answer(request, "booking.html", values)


def _is_open(booking: StaffBooking) -> bool:
    """Whether there is anything to change any more: until the end of its day."""
    standing = booking.status in ("confirmed", "arrived")
    return standing and local(booking.starts_at).date() >= now().date()


def _has_result(booking: StaffBooking) -> bool:
    """Whether something came of it that can be corrected: its day has begun."""
    return booking.status != "cancelled" and local(booking.starts_at).date() <= now().date()


async def _note_foreign(request: Request, booking_id: UUID, office_id: str) -> None:
    """Who looks at people of other offices stands in the operation log."""
    actor = session_of(request).staff.staff_id
    line = Operation(actor, "booking.see", "booking", str(booking_id), office_id, "done")
    async with desk_of(request).open_store() as store:
        store.record(line)


async def _list(request: Request, template: str, path: str) -> Response:
    desk, member = desk_of(request), session_of(request).staff
    wanted = read_wanted(request.query_params, day_by_day=path == "/")
    guide, shown_at = await desk.guides.get(), now()
    found = await desk.services.booking.bookings(actor_of(request), wanted.query())
    rows = [
        row_of(booking, guide, member.may_at("bookings.tick", booking.office_id))
        for booking in found.bookings
    ]
    values = {
        "wanted": wanted,
        "today": shown_at.date(),
        "one_day": timedelta(days=1),
        "shown_at": shown_at,
        "list_path": path,
        "offices": _offices(guide, member),
        "procedures": guide.procedures.values(),
        "rows": rows,
        "tally": tally(found.bookings),
        "next_after": found.next_after,
        "marked": await _marked(request, wanted, rows, guide),
        **await notes_of_day(request, wanted.office, wanted.one_day),
    }
    return answer(request, template, values)


async def _marked(
    request: Request, wanted: Wanted, rows: Iterable[Row], guide: Guide
) -> Row | None:
    """The row that was just ticked, also where the filter does not show it any more."""
    if wanted.changed_id is None:
        return None
    for row in rows:
        if row.booking.booking_id == wanted.changed_id:
            return row
    booking = await _one(request, wanted.changed_id)
    return row_of(booking, guide, may_tick=False) if booking else None


async def _one(request: Request, booking_id: UUID) -> StaffBooking | None:
    try:
        found: StaffBookingDetail = await desk_of(request).services.booking.booking(
            actor_of(request), booking_id
        )
    except Refused:
        return None
    return found.booking


async def _mails(request: Request, booking_id: UUID) -> tuple[Delivery, ...] | None:
    """The mails of a booking; None while notify does not answer, because the rest still helps."""
    try:
        mails = await desk_of(request).services.notify.deliveries(actor_of(request), booking_id)
    except (Unreachable, Refused):
        return None
    return mails.deliveries


def _offices(guide: Guide, member: Staff) -> list[tuple[str, str]]:
    return [
        (office.office_id, office.name)
        for office in guide.offices.values()
        if member.sees_bookings_of(office.office_id)
    ]


def _not_found(request: Request, text: str) -> Response:
    return answer(request, "not_found.html", {"text": text}, 404)
