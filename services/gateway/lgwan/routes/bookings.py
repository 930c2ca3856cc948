"""One booking with its history and mails."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import StaffBooking
from libs.contracts.notify import Delivery
from services.gateway.lgwan.desk import desk_of
from services.gateway.lgwan.domain import Operation
from services.gateway.lgwan.gate import actor_of, session_of, staff
from services.gateway.lgwan.pages import answer
from services.gateway.lgwan.pasts import pasts
from services.gateway.lgwan.rows import When, row_of
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.times import local, now


@staff("bookings.read", parts=("persons.shielded",))
async def detail(request: Request) -> Response:
    desk, member = desk_of(request), session_of(request).staff
    booking_id: UUID = request.path_params["booking_id"]
    found = await desk.services.booking.booking(actor_of(request), booking_id)
    office_id = found.booking.office_id
    if not member.serves(office_id):
        await _note_foreign(request, booking_id, office_id)
    may_tick, guide = member.may_at("bookings.tick", office_id), await desk.guides.get()
    values = {
        "row": row_of(found.booking, guide, may_tick, when=_when(found.booking)),
        "found": found,
        "history": pasts(found.history, guide),
        "mails": await _mails(request, booking_id),
        "shielded": await _is_shielded(request, booking_id),
        "may_cancel": member.may("bookings.cancel") and found.booking.status == "confirmed",
        "may_change": member.may("bookings.change") and _is_open(found.booking),
        "may_move": member.may("bookings.change") and found.booking.status == "confirmed",
        "may_correct": may_tick and _has_result(found.booking),
        "changed": request.query_params.get("changed", ""),
    }
    return answer(request, "booking.html", values)


def _when(booking: StaffBooking) -> When:
    """On a past day nobody is received any more: what is left to say is what came of the visit."""
    return "past" if local(booking.starts_at).date() < now().date() else "today"


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


async def _is_shielded(request: Request, booking_id: UUID) -> bool:
    """Who may not see it is not told."""
    if not session_of(request).staff.may("persons.shielded"):
        return False
    services = desk_of(request).services
    return (await services.booking.shield(actor_of(request), booking_id)).shielded


async def _mails(request: Request, booking_id: UUID) -> tuple[Delivery, ...] | None:
    """The mails of a booking; None while notify does not answer, because the rest still helps."""
    try:
        mails = await desk_of(request).services.notify.deliveries(actor_of(request), booking_id)
    except (Unreachable, Refused):
        return None
    return mails.deliveries
