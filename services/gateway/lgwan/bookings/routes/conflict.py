"""The answer to a change that met another one: both side by side, and the choice."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.lgwan.bookings.conflicts import PendingChange, compare, is_done
from services.gateway.lgwan.bookings.history import pasts
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import actor_of, audit_of, session_of
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.web.link import Refused

CONFLICTS = {
    "version-conflict": "ほかの端末で、先に変更されていました",
    "wrong-state": "いまの状態では、この操作はできません",
    "not-today": "今日の予約ではないため、この操作はできません",
    "in-outage": "この予約はシステム障害の間のため、来庁なしにはできません",
    "not-active": "この予約は、すでに取り消されたか終わっています",
    "already-booked": "元に戻せません。この方は、ほかの時間を予約し直しています",
}
_SAME = "ほかの端末で、先に同じ操作がされていました"


async def conflict(
    request: Request, refused: Refused, booking_id: UUID, back: str, pending: PendingChange
) -> Response:
    """What stands in the way, and how the booking stands now. Raises what is no conflict.

    Only where somebody else was faster may it be done again, and never what is done already.
    """
    if refused.slug not in CONFLICTS:
        raise refused
    audit_of(request).result = refused.slug
    door, member = door_of(request), session_of(request).staff
    found = await door.services.booking.booking(actor_of(request), booking_id)
    catalog, booking = await door.catalog.get(), found.booking
    lines = compare(pending, found, catalog)
    done = is_done(lines)
    newer = refused.slug == "version-conflict"
    possible = newer and not done and booking.status in pending.statuses
    values = {
        "heading": _SAME if newer and done else CONFLICTS[refused.slug],
        "pending": pending,
        "lines": lines if newer else (),
        "again": pending.fields(booking.version) if possible else None,
        "done": done,
        "row": row_of(booking, catalog, member.may_at("bookings.tick", booking.office_id)),
        "pasts": pasts(found.history, catalog, door.names, since=pending.version) if newer else (),
        "last": pasts(found.history, catalog, door.names)[:1],
        "back": back,
    }
    return answer(request, "conflict.html", values, 409)
