"""The page of the day: rows by time, a field for readers, what is left to enter; live rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import NotAllowed
from libs.contracts.booking import StaffBooking, StaffBookingDetail, Tick
from libs.rules.personal_numbers import has_individual_number
from services.gateway.lgwan.bookings.here import PAST, here_of, newer_of
from services.gateway.lgwan.bookings.pending import pending_tick
from services.gateway.lgwan.bookings.routes.changes import marked
from services.gateway.lgwan.bookings.routes.conflict import conflict
from services.gateway.lgwan.counter.rows import Row, row_of
from services.gateway.lgwan.counter.ticking import Tapped
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import CatalogIndex, door_of
from services.gateway.lgwan.door.day import WantedDay, read_wanted
from services.gateway.lgwan.door.pages import answer, has_newest, menu_of
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import Staff
from services.gateway.lgwan.door.terminal import terminal_of
from services.gateway.lgwan.door.words import NOT_ENTERED
from services.gateway.lgwan.lists.routes.finding import find_term
from services.gateway.lgwan.lists.terms import read_term
from services.gateway.lgwan.notes.routes import notes_of_day
from services.gateway.lgwan.offline.asking import AskedFor, asked_for
from services.gateway.lgwan.today.boards import DayBoard, boards_of
from services.gateway.lgwan.today.dayrows import DayRow
from services.gateway.lgwan.today.scanning import Scanned, found_in, read_scan
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import clock, local, long_date, now
from services.gateway.web.typed import INDIVIDUAL_NUMBER, Mistyped

_UNKNOWN = "この番号の予約は見つかりません。番号と、担当する場所の予約かをお確かめください。"
_NOT_HERE = "この日のこの場所に、その番号の方はいません。"
_SEVERAL = "同じ番号で終わる予約が{}件あります。選んでください。"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Elsewhere:
    """A booking of another day or office that was read here. `receives`: its person can be received
    here now; `why` says what stands in the way."""

    row: Row
    receives: bool
    why: str


@staff()
async def home(request: Request) -> Response:
    """The day; for staff who may not see bookings, the first page they may open."""
    member = session_of(request).staff
    if member.may("bookings.read"):
        return await _page(request, await _wanted(request, request.query_params))
    menu = menu_of(member)
    if not menu:
        raise NotAllowed("This account has no rights.")
    return RedirectResponse(menu[0].path, 303)


@staff("bookings.read", watching=True)
async def rows(request: Request) -> Response:
    """The rows alone, for a page that shows them already; nothing where it has the newest."""
    board = await _board(request, await _wanted(request, request.query_params))
    tag = f'"{board.etag}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if has_newest(request, tag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(board.html, headers=headers)


@staff("bookings.read", audit="booking.scan")
async def scan(request: Request) -> Response:
    """受付 for the booking with this number, or the row of it where there is nothing to receive; by
    whatever else people say of themselves a booking is found.

    By POST, because what people type stays out of addresses.
    """
    form = cast("Form", form_of(request))
    wanted = await _wanted(request, {name: form.get(name) for name in ("office", "day")})
    typed = form.typed("number")
    if has_individual_number(typed):
        return await _refuse(request, wanted, INDIVIDUAL_NUMBER, "individual-number")
    scanned = read_scan(typed)
    if scanned is None:
        return await _find(request, wanted, typed)
    board = await _board(request, wanted)
    found = list(found_in(board.day, scanned))
    if len(found) > 1:
        return await _page(request, wanted, choices=found)
    if not found:
        return await _elsewhere(request, wanted, scanned, typed)
    return await _receive(request, wanted, found[0])


@staff("bookings.read")
async def left_open(request: Request) -> Response:
    """Visits of past days without an outcome, to be entered later."""
    door, member = door_of(request), session_of(request).staff
    wanted, catalog = await _wanted(request, request.query_params), await door.catalog.get()
    found = await door.services.today.open_visits(actor_of(request), wanted.office)
    may_tick = member.may_at("bookings.tick", wanted.office)
    values = {
        "office": catalog.office(wanted.office),
        "wanted": wanted,
        "offices": _offices(catalog, member),
        "rows": [row_of(one, catalog, may_tick, when="past") for one in found.bookings],
        **await _just_entered(request, wanted, catalog),
    }
    return answer(request, "open.html", values)


async def _wanted(request: Request, query: Mapping[str, str]) -> WantedDay:
    catalog = await door_of(request).catalog.get()
    return read_wanted(query, dict(_offices(catalog, session_of(request).staff)))


async def _board(request: Request, wanted: WantedDay) -> DayBoard:
    may_tick = session_of(request).staff.may_at("bookings.tick", wanted.office)
    return await boards_of(request).board(actor_of(request), wanted.office, wanted.day, may_tick)


async def _page(
    request: Request,
    wanted: WantedDay,
    error: str = "",
    elsewhere: Elsewhere | None = None,
    choices: list[DayRow] | None = None,
) -> Response:
    catalog, member = await door_of(request).catalog.get(), session_of(request).staff
    board = await _board(request, wanted)
    terminal = terminal_of(request)
    values: dict[str, Any] = {
        "wanted": wanted,
        "window": terminal.window_at(wanted.office) if terminal else None,
        "board": board,
        "today": now().date(),
        "one_day": _DAY,
        "offices": _offices(catalog, member),
        "office": catalog.office(wanted.office),
        "may_tick": member.may_at("bookings.tick", wanted.office),
        "may_make": member.may("bookings.make"),
        "marked": board.day.row(wanted.changed),
        "error": error,
        "elsewhere": elsewhere,
        "came_here": "here" in request.query_params,
        "choices": choices or [],
        "several": _SEVERAL.format(len(choices or [])),
        "outage": await _asked_for(request, wanted),
        **await notes_of_day(request, wanted.office, wanted.day),
    }
    return answer(request, "today.html", values, 422 if error else 200)


async def _asked_for(request: Request, wanted: WantedDay) -> AskedFor | None:
    """Of today's page only: the list for an outage that somebody is to save."""
    return await asked_for(request, wanted.office) if wanted.day == now().date() else None


async def _refuse(request: Request, wanted: WantedDay, text: str, result: str) -> Response:
    audit_of(request).result = result
    return await _page(request, wanted, error=text)


async def _find(request: Request, wanted: WantedDay, typed: str) -> Response:
    """What is no number of the day is looked for everywhere; mistakes are said on this page."""
    try:
        term = read_term(typed, now().date())
    except Mistyped as mistyped:
        return await _refuse(request, wanted, str(mistyped), "mistyped")
    return await find_term(request, term, typed)


async def _elsewhere(request: Request, wanted: WantedDay, scanned: Scanned, typed: str) -> Response:
    """Nobody of this day and office. A whole number may be that of another one, or of a phone."""
    if not scanned.number:
        return await _refuse(request, wanted, _NOT_HERE, "not-found")
    query = {"number": f"{scanned.number[:5]}-{scanned.number[5:]}"}
    services, actor = door_of(request).services, actor_of(request)
    listed = await services.booking.bookings(actor, query)
    if not listed.bookings and _may_be_a_phone(typed):
        return await _find(request, wanted, typed)
    if not listed.bookings:
        return await _refuse(request, wanted, _UNKNOWN, "not-found")
    found = await services.booking.booking(actor, listed.bookings[0].booking_id)
    catalog = await door_of(request).catalog.get()
    audit_of(request).result = "elsewhere"
    text = _elsewhere_text(found.booking, catalog)
    return await _page(
        request, wanted, text, elsewhere=_elsewhere_of(found, catalog, wanted.office)
    )


def _may_be_a_phone(typed: str) -> bool:
    """Ten digits are a phone number as well as a booking number."""
    try:
        return read_term(typed, now().date()).kind == "phone"
    except Mistyped:
        return False


def _elsewhere_of(found: StaffBookingDetail, catalog: CatalogIndex, office_id: str) -> Elsewhere:
    row, here = row_of(found.booking, catalog, may_tick=False), here_of(found, catalog, office_id)
    over = row.state == NOT_ENTERED
    return Elsewhere(row, receives=bool(here.offices), why=PAST if over else here.why)


def _elsewhere_text(booking: StaffBooking, catalog: CatalogIndex) -> str:
    starts = local(booking.starts_at)
    return f"{long_date(starts)} {clock(starts)}、{catalog.office(booking.office_id)}の予約です。"


async def _receive(request: Request, wanted: WantedDay, row: DayRow) -> Response:
    audit, booking = audit_of(request), row.row.booking
    audit.object_kind, audit.object_id = "booking", str(booking.booking_id)
    audit.office_id = booking.office_id
    key = read_key(form_of(request))
    if any(tick.key == "u" for tick in row.row.ticks):
        audit.what = "booking.arrive"
        tapped = Tapped("arrive", booking.booking_id, booking.version)
        try:
            await door_of(request).services.booking.tick(
                actor_of(request), tapped.key(key), booking.booking_id, "arrive",
                Tick(version=booking.version),
            )  # fmt: skip
        except Refused as refused:
            wish = pending_tick(tapped, wanted.url())
            return await conflict(request, refused, booking.booking_id, wanted.url(), wish)
    return RedirectResponse(marked(wanted.url(), booking.booking_id).partition("#")[0], 303)


async def _just_entered(
    request: Request, wanted: WantedDay, catalog: CatalogIndex
) -> dict[str, Any]:
    """The booking whose result was entered, and what its person has booked since."""
    nothing = {"marked": None, "has_newer": False}
    if wanted.changed is None:
        return nothing
    try:
        found = await door_of(request).services.booking.booking(actor_of(request), wanted.changed)
    except Refused:
        return nothing
    marked = row_of(found.booking, catalog, may_tick=False)
    return {"marked": marked, **newer_of(found, catalog)}


def _offices(catalog: CatalogIndex, member: Staff) -> list[tuple[str, str]]:
    """Those whose bookings one may see; where one works comes first."""
    seen = [one for one in catalog.offices.values() if member.sees_bookings_of(one.office_id)]
    seen.sort(key=lambda office: not member.serves(office.office_id))
    return [(office.office_id, office.name) for office in seen]


ROUTES = [
    Route("/", home, methods=["GET"]),
    Route("/today/rows", rows, methods=["GET"]),
    Route("/today/scan", scan, methods=["POST"]),
    Route("/today/open", left_open, methods=["GET"]),
]
