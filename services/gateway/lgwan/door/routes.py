"""The word that something changed at an office, sent to whoever shows it (server-sent events)."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from libs.common.database import UNREACHABLE

from .auth import session_of, staff
from .context import DoorContext, door_of
from .live import Full
from .staff import StaffSession
from .store import Store

HEARTBEAT_SECONDS = 15.0
"""Between two signs of life; before each the session is looked at again."""

_HELLO = b"retry: 3000\n: hello\n\n"
_BEAT = b": still here\n\n"
_CHANGED = b"event: changed\ndata: 1\n\n"
_ENDED = b"event: ended\ndata: 1\n\n"
RIGHT = "bookings.read"


@staff(RIGHT, watching=True)
async def live(request: Request) -> Response:
    """Ends with the session, and does not keep it. An office of others changes as little as one
    that does not exist."""
    door, session = door_of(request), session_of(request)
    office_id = request.query_params.get("office", "")
    if not session.staff.sees_bookings_of(office_id) or office_id not in (
        (await door.catalog.get()).offices
    ):
        return Response(status_code=404)
    stream = _stream(door, session, office_id)
    try:
        first = await anext(stream)
    except Full:
        return Response(status_code=503, headers={"retry-after": "30"})
    return StreamingResponse(
        _after(first, stream), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


async def _after(first: bytes, stream: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(stream):
        yield first
        async for part in stream:
            yield part


async def _stream(
    door: DoorContext, session: StaffSession, office_id: str
) -> AsyncGenerator[bytes]:
    """Raises Full before the first part."""
    with door.hub.waiting(office_id, session.session_id, session.staff.staff_id) as page:
        yield _HELLO
        while not page.ended:
            if await page.changed(HEARTBEAT_SECONDS):
                yield _CHANGED
            elif not page.ended and await _lives(door, session, office_id):
                yield _BEAT
            else:
                break
        yield _ENDED


async def _lives(door: DoorContext, session: StaffSession, office_id: str) -> bool:
    """Whether the page would still be shown. A stream of its own keeps nobody signed in."""
    try:
        async with door.open_store(Store) as store:
            now = await store.live_session(
                session.session_id, door.idle, door.password_rules.age, in_use=False
            )
    except UNREACHABLE:
        return False
    return now is not None and now.staff.may(RIGHT) and now.staff.sees_bookings_of(office_id)


ROUTES = [
    Route("/live", live, methods=["GET"]),
]
