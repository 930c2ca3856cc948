"""Another time or office for a booking, on the caller's behalf."""

from datetime import date, datetime, timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import Malformed
from libs.contracts.booking import BookingTimes, StaffBooking, StaffMove
from libs.contracts.times import parse_zoned
from services.gateway.lgwan.bookings.pending import pending_move
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.day import read_day
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.web.link import Refused
from services.gateway.web.times import local, now

from .conflict import conflict

CHANGE = "bookings.change"
STEP = timedelta(days=14)
OVER = "この予約は取り消されたか、日が過ぎているため、変更できません。"
NO_CHOICE = "変更先の時間を選んでください。"
REFUSED = {
    "slot-full": "この時間は、先に埋まりました。ほかの時間を選んでください。",
    "busy": "ただいま混み合っています。もう一度押してください。",
    "not-offered": "この時間は、もう受け付けていません。ほかの時間を選んでください。",
    "one-window": "この時間は、同じ法定代理人の方がほかの方の窓口にいます。"
    "ほかの時間を選んでください。",
    "card-elsewhere": "カードのある場所でだけ受け取れるため、この場所には変更できません。",
    "not-eligible": "カードの受け取りの準備ができていないため、変更できません。",
}


@staff(CHANGE)
async def ask_move(request: Request) -> Response:
    query, booking_id = request.query_params, request.path_params["booking_id"]
    return await _form(request, booking_id, query.get("office", ""), query.get("from", ""))


@staff(CHANGE, audit="booking.move")
async def move(request: Request) -> Response:
    form, audit, door = form_of(request), audit_of(request), door_of(request)
    booking_id: UUID = request.path_params["booking_id"]
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    version, to = read_version(form.get("version")), form.get("to")
    if not to:
        audit.result = "no-time"
        shown = form.get("office"), form.get("from")
        return await _form(request, booking_id, *shown, error=NO_CHOICE)
    office_id, starts_at = _read_choice(to)
    ask = StaffMove(version=version, office_id=office_id, starts_at=starts_at)
    try:
        booking = await door.services.corrections.move(
            actor_of(request), read_key(form), booking_id, ask
        )
    except Refused as refused:
        if sentence := REFUSED.get(refused.slug):
            audit.result = refused.slug
            day = form.get("from") or local(starts_at).date().isoformat()
            return await _form(request, booking_id, office_id, day, error=sentence)
        office = (await door.catalog.get()).office(office_id)
        pending = pending_move(request.url.path, ask, to, office)
        return await conflict(request, refused, booking_id, f"/bookings/{booking_id}", pending)
    audit.office_id = booking.office_id
    return RedirectResponse(f"/bookings/{booking_id}?changed=move", 303)


async def _form(
    request: Request, booking_id: UUID, office_id: str, first: str, error: str = ""
) -> Response:
    door, member = door_of(request), session_of(request).staff
    found = await door.services.booking.booking(actor_of(request), booking_id)
    catalog, booking = await door.catalog.get(), found.booking
    offices = [(o, catalog.office(o)) for o in catalog.offices if member.sees_bookings_of(o)]
    chosen = office_id if office_id in dict(offices) else booking.office_id
    day = max(read_day(first or _day_of(booking)), now().date())
    times = await _times(request, booking_id, chosen, day)
    wrong = error or (times if isinstance(times, str) else "")
    values = {
        "row": row_of(booking, catalog, may_tick=False),
        "version": booking.version,
        "offices": offices,
        "office": chosen,
        "office_name": catalog.office(chosen),
        "days": _local_days(times),
        "first": day,
        "earlier": max(day - STEP, now().date()) if day > now().date() else None,
        "later": day + STEP,
        "errors": {"to": wrong} if wrong else {},
    }
    return answer(request, "move.html", values, 422 if error else 200)


async def _times(
    request: Request, booking_id: UUID, office_id: str, day: date
) -> BookingTimes | str:
    """The free times, or the sentence why there can be none."""
    try:
        return await door_of(request).services.corrections.times(
            actor_of(request), booking_id, office_id, day
        )
    except Refused as refused:
        sentences = {**REFUSED, "not-active": OVER}
        if refused.slug not in sentences:
            raise
        return sentences[refused.slug]


def _local_days(times: BookingTimes | str) -> list[tuple[date, list[datetime]]]:
    """Days that have free times, in the city's time."""
    if isinstance(times, str):
        return []
    return [(day.day, [local(at) for at in day.starts]) for day in times.days if day.starts]


def _day_of(booking: StaffBooking) -> str:
    return local(booking.starts_at).date().isoformat()


def _read_choice(text: str) -> tuple[str, datetime]:
    """What a choice of the form sends: the office and the start. Raises Malformed."""
    office_id, _, at = text.rpartition("|")
    try:
        starts_at = parse_zoned(at)
    except ValueError:
        raise Malformed("This is not a choice of the form.") from None
    if not office_id:
        raise Malformed("This is not a choice of the form.")
    return office_id, starts_at


_ONE = "/bookings/{booking_id:uuid}/move"
ROUTES = (
    Route(_ONE, ask_move, methods=["GET"]),
    Route(_ONE, move, methods=["POST"]),
)
