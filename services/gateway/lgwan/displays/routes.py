"""Screens of waiting rooms: opened and closed by staff, and what they show without anybody."""

from hashlib import sha256
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import CallBoard, counter_offices
from services.gateway.lgwan.door.auth import (
    SESSION_COOKIE,
    anyone,
    audit_of,
    form_of,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import DoorContext, door_of, offices_of
from services.gateway.lgwan.door.pages import answer, has_newest
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import digest, new_token
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import now

from .displays import (
    ACTOR,
    COOKIE,
    LONGEST_DISPLAY,
    RIGHT,
    THEMES,
    Display,
    display_id_of,
    read_theme,
)
from .store import DisplayStore

_NO_OFFICE = "表示する場所を選んでください。"
_SPENT = "画面を開いてから時間がたちました。もう一度、表示を始めてください。"
_RELOAD_SECONDS = "600"
"""A screen whose script never started is not dead for ever."""


@staff(RIGHT)
async def displays(request: Request) -> Response:
    return await _page(request)


@staff(RIGHT, audit="display.open")
async def open_display(request: Request) -> Response:
    """A token for the browser that is to be the screen, in a form of the answer: it is never part
    of an address."""
    form, audit, member = form_of(request), audit_of(request), session_of(request).staff
    key, office_id = read_key(form), form.get("office")
    audit.object_kind = "display"
    catalog = await door_of(request).catalog.get()
    if office_id not in [one for one, _ in offices_of(catalog, member)]:
        audit.result = "no-office"
        return await _page(request, {"office": _NO_OFFICE}, 422)
    audit.office_id, token = office_id, new_token()
    display_id = display_id_of(member.staff_id, key)
    audit.object_id = str(display_id)
    async with door_of(request).open_store(DisplayStore) as store:
        opened = await store.open_display(
            display_id, office_id, read_theme(form.get("theme")), member.staff_id, digest(token)
        )
    if not opened:
        audit.result = "spent"
        return await _page(request, {"office": _SPENT}, 409)
    values = {"token": token, "office": catalog.office(office_id)}
    return answer(request, "display_ready.html", values)


@staff(RIGHT, audit="display.show")
async def enter(request: Request) -> Response:
    """This browser becomes the screen: its member of staff is signed out of it."""
    door, session, audit = door_of(request), session_of(request), audit_of(request)
    secret, audit.object_kind = new_token(), "display"
    entry = digest(form_of(request).get("token"))
    async with door.open_store(DisplayStore) as store:
        office = await store.enter_display(entry, digest(secret), session.staff.staff_id)
        if office is not None:
            await store.close_session(session.session_id)
    if office is None:
        audit.result = "spent"
        return await _page(request, {"office": _SPENT}, 409)
    audit.office_id = office
    door.hub.end(session.session_id)
    reply = RedirectResponse("/display", 303)
    seconds = int(LONGEST_DISPLAY.total_seconds())
    door.cookies.write(reply, COOKIE, secret, seconds=seconds)
    door.cookies.remove(reply, SESSION_COOKIE)
    return reply


@staff(RIGHT, audit="display.close")
async def close(request: Request) -> Response:
    audit, display_id = audit_of(request), request.path_params["display_id"]
    read_key(form_of(request))
    audit.object_kind, audit.object_id = "display", str(display_id)
    async with door_of(request).open_store(DisplayStore) as store:
        mine = counter_offices(session_of(request).staff)
        office = await store.close_display(mine, UUID(str(display_id)))
    audit.office_id, audit.result = office or "", "done" if office else "gone"
    return RedirectResponse("/displays?closed=1", 303)


@anyone
async def show(request: Request) -> Response:
    door, display = door_of(request), await _display(request)
    if display is None:
        return door.pages.answer("display_ended.html", {}, 403)
    board = await _board(door, display)
    values = {
        "office": door.catalog.office(display.office_id),
        "theme": display.theme,
        "board": board,
        "outages": _outages(door, display),
        "shown_at": board.at if board else now(),
    }
    reply = door.pages.answer("display.html", values)
    reply.headers["refresh"] = _RELOAD_SECONDS
    return reply


@anyone
async def calls(request: Request) -> Response:
    """What the screen shows, without its frame, known by an ETag."""
    door, display = door_of(request), await _display(request)
    if display is None:
        return Response(status_code=403)
    board = await _board(door, display)
    if board is None:
        return Response(status_code=503, headers={"retry-after": "5"})
    outages = _outages(door, display)
    body = door.pages.render("parts/calls.html", {"board": board, "outages": outages}).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    if has_newest(request, tag):
        return Response(status_code=304, headers={"etag": tag})
    return Response(body, media_type="text/html", headers={"etag": tag})


async def _display(request: Request) -> Display | None:
    door = door_of(request)
    secret = door.cookies.read(request, COOKIE)
    if not secret:
        return None
    async with door.open_store(DisplayStore) as store:
        return await store.shown_display(digest(secret))


def _outages(door: DoorContext, display: Display) -> list[str]:
    """For which procedures nobody is served now."""
    here = [o for o in door.catalog.offices() if o.office_id == display.office_id]
    stopped = {one for office in here for outage in office.outages for one in outage.procedure_ids}
    return [door.catalog.procedure(one) for one in sorted(stopped)]


async def _board(door: DoorContext, display: Display) -> CallBoard | None:
    """None while booking does not answer: a screen keeps what it has."""
    actor = Actor(ACTOR, frozenset({RIGHT}), frozenset({display.office_id}))
    try:
        await door.catalog.get()
        return await door.services.counter.calls(actor, display.office_id)
    except (Unreachable, Refused):
        return None


async def _page(
    request: Request, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    async with door.open_store(DisplayStore) as store:
        found = await store.open_displays(counter_offices(member))
    values = {
        "displays": [(display, catalog.office(display.office_id)) for display in found],
        "offices": [(code, name, None) for code, name in offices_of(catalog, member)],
        "themes": [(code, text, None) for code, text in THEMES],
        "errors": errors or {},
        "closed": request.query_params.get("closed") == "1",
    }
    return answer(request, "displays.html", values, status)


ROUTES = (
    Route("/displays", displays, methods=["GET"]),
    Route("/displays", open_display, methods=["POST"]),
    Route("/displays/{display_id:uuid}/close", close, methods=["POST"]),
    Route("/display", enter, methods=["POST"]),
    Route("/display", show, methods=["GET"]),
    Route("/display/calls", calls, methods=["GET"]),
)
