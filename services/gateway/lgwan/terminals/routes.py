"""Which window a terminal stands at; whoever is called from it comes there."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import CounterWindows
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.staff import safe_path
from services.gateway.lgwan.door.terminal import (
    RECEPTION,
    Terminal,
    keep_terminal,
    read_window,
    terminal_of,
    window_text,
)

RIGHT = "bookings.tick"
NO_WINDOW = "0"
_CHOOSE = "この端末の窓口を選んでください。"


@staff(RIGHT)
async def show(request: Request) -> Response:
    query = request.query_params
    return await _page(request, query.get("office", ""), safe_path(query.get("back", "/")))


@staff(RIGHT, audit="terminal.choose")
async def choose(request: Request) -> Response:
    form, audit = form_of(request), audit_of(request)
    office_id, window = form.get("office"), read_window(form.get("window"))
    back = safe_path(form.get("back"))
    audit.object_kind, audit.object_id = "terminal", form.get("window")[:2]
    offices = dict(offices_of(await door_of(request).catalog.get(), session_of(request).staff))
    if office_id not in offices or not await _is_there(request, office_id, form.get("window")):
        audit.object_id, audit.result = "", "no-such-window"
        return await _page(request, office_id, back, {"window": _CHOOSE})
    audit.office_id = office_id
    reply = RedirectResponse(back, 303)
    keep_terminal(request, reply, Terminal(office_id, window))
    return reply


async def _is_there(request: Request, office_id: str, typed: str) -> bool:
    if typed == NO_WINDOW:
        return True
    found = await _windows(request, office_id)
    return read_window(typed) in [one.window for one in found.windows]


async def _page(
    request: Request, office_id: str, back: str, errors: dict[str, str] | None = None
) -> Response:
    """The windows of one office of those at which one works."""
    offices = offices_of(await door_of(request).catalog.get(), session_of(request).staff)
    chosen = terminal_of(request)
    if office_id not in dict(offices):
        office_id = chosen.office_id if chosen else offices[0][0] if offices else ""
    here = chosen if chosen and chosen.office_id == office_id else None
    values = {
        "offices": offices,
        "office": office_id,
        "windows": await _choices(request, office_id),
        "chosen": str(here.window or NO_WINDOW) if here else "",
        "back_to": back,
        "errors": errors or {},
    }
    return answer(request, "terminal.html", values, 422 if errors else 200)


async def _choices(request: Request, office_id: str) -> list[tuple[str, str, None]]:
    found = (await _windows(request, office_id)).windows if office_id else ()
    windows = [(str(one.window), window_text(one.window), None) for one in found]
    return [*windows, (NO_WINDOW, RECEPTION, None)]


async def _windows(request: Request, office_id: str) -> CounterWindows:
    return await door_of(request).services.counter.windows(actor_of(request), office_id)


ROUTES = (
    Route("/terminal", show, methods=["GET"]),
    Route("/terminal", choose, methods=["POST"]),
)
