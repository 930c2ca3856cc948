"""The answer to a change that met another one: both side by side, and the choice."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.lgwan.bookings.conflicts import Wish, compare, is_done
from services.gateway.lgwan.bookings.pasts import pasts
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import actor_of, deed_of, session_of
from services.gateway.lgwan.door.desk import desk_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.web.link import Refused

CONFLICTS = {
    "version-conflict": "ほかの端末で、先に変更されていました",
    "wrong-state": "いまの状態では、この操作はできません",
    "not-today": "今日の予約ではないため、この操作はできません",
    "not-active": "この予約は、すでに取り消されたか終わっています",
    "already-booked": "元に戻せません。この方は、ほかの時間を予約し直しています",
}
_SAME = "ほかの端末で、先に同じ操作がされていました"


async def conflict(
    request: Request, refused: Refused, booking_id: UUID, back: str, wish: Wish
) -> Response:
    """What stands in the way, and how the booking stands now. Raises what is no conflict.

    Only where somebody else was faster may it be done again, and never what is done already.
    """
    if refused.slug not in CONFLICTS:
        raise refused
    deed_of(request).result = refused.slug
    desk, member = desk_of(request), session_of(request).staff
    found = await desk.services.booking.booking(actor_of(request), booking_id)
    guide, booking = await desk.guides.get(), found.booking
    lines = compare(wish, found, guide)
    done = is_done(lines)
    newer = refused.slug == "version-conflict"
    possible = newer and not done and booking.status in wish.statuses
    values = {
        "heading": _SAME if newer and done else CONFLICTS[refused.slug],
        "wish": wish,
        "lines": lines if newer else (),
        "again": wish.fields(booking.version) if possible else None,
        "done": done,
        "row": row_of(booking, guide, member.may_at("bookings.tick", booking.office_id)),
        "pasts": pasts(found.history, guide, since=wish.version) if newer else (),
        "last": pasts(found.history, guide)[:1],
        "back": back,
    }
    return answer(request, "conflict.html", values, 409)
