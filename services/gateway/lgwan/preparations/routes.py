"""前日準備: the cards of a day, and the tick for each that lies ready."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import NotAllowed
from libs.contracts.booking import CARD_NUMBERS, PreparationList
from services.gateway.lgwan.counter.shelves import put_on_shelf
from services.gateway.lgwan.door.auth import (
    actor_of,
    audit_of,
    form_of,
    note_list,
    session_of,
    staff,
)
from services.gateway.lgwan.door.card_numbers import AWAY, numbers_of
from services.gateway.lgwan.door.context import CatalogIndex, door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import safe_path
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .preparing import Asked, CardToLay, Sort, card_row, in_order, read_asked, read_ticked

_GONE = "この予約は、取り消されたか、来庁日が変わっています。最新の一覧を表示しました。"


@staff("bookings.read", parts=(CARD_NUMBERS,))
async def preparations(request: Request) -> Response:
    return await _page(request, await _asked(request, request.query_params))


@staff("bookings.tick", audit="card.prepare")
async def tick(request: Request) -> Response:
    """One card is laid out, or back on its shelf. Back to the list, with the row marked."""
    form, audit = form_of(request), audit_of(request)
    ticked, key = read_ticked(form.get("tick"), form.get("day")), read_key(form)
    audit.what = "card.prepare" if ticked.ask.ready else "card.put-back"
    audit.object_kind, audit.object_id = "booking", str(ticked.booking_id)
    try:
        visit = await door_of(request).services.counter.prepare(
            actor_of(request), ticked.key(key), ticked.booking_id, ticked.ask
        )
    except Refused as refused:
        if refused.slug != "wrong-state":
            raise
        audit.result = refused.slug
        shown = {name: form.get(name) for name in ("office", "day", "sort")}
        return await _page(request, await _asked(request, shown), _GONE, 409)
    audit.office_id = visit.office_id
    back = safe_path(form.get("back"))
    mark = urlencode({"changed": str(visit.booking_id)})
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{mark}", 303)


@staff("bookings.tick", audit="card.shelf")
async def put_on_shelf_here(request: Request) -> Response:
    """Where a card lies, written down in its row; back to the list."""
    booking_id, back = request.path_params["booking_id"], safe_path(form_of(request).get("back"))
    if error := await put_on_shelf(request, booking_id):
        shown = dict(parse_qsl(urlsplit(back).query))
        return await _page(request, await _asked(request, shown), error, 422)
    mark = urlencode({"shelved": str(booking_id)})
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{mark}", 303)


async def _offices(request: Request) -> list[tuple[str, str]]:
    """Raises NotAllowed where the account serves none."""
    catalog = await door_of(request).catalog.get()
    offices = offices_of(catalog, session_of(request).staff)
    if not offices:
        raise NotAllowed("This account serves no office.")
    return offices


async def _asked(request: Request, query: Mapping[str, str]) -> Asked:
    sees_numbers = session_of(request).staff.may(CARD_NUMBERS)
    return read_asked(query, await _offices(request), sees_numbers)


async def _page(request: Request, asked: Asked, told: str = "", status: int = 200) -> Response:
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    found = await door.services.counter.preparations(
        actor_of(request), asked.office, asked.day, asked.asked_of_booking
    )
    numbers = await numbers_of(request, found.cards, "preparations", asked.office)
    rows, back = _rows(found, catalog, numbers or {}, asked.sort)
    values = {
        "asked": replace(asked, day=found.day, changed=None, shelved=None),
        "shelves": found.shelves,
        "shelved": next((row for row in rows if row.visit.booking_id == asked.shelved), None),
        "sees_numbers": member.may(CARD_NUMBERS),
        "without_numbers": AWAY if numbers is None else "",
        "named": any(row.visit.kana for row in rows),
        "office": catalog.office(asked.office),
        "offices": await _offices(request),
        "day": found.day,
        "one_day": timedelta(days=1),
        "shown_at": now(),
        "rows": rows,
        "to_return": back,
        "marked": next((row for row in rows if row.visit.booking_id == asked.changed), None),
        "next_one": _next_one(rows, asked),
        "may_tick": member.may("bookings.tick"),
        "told": told,
    }
    await note_list(request, "preparations", asked.office, len(rows))
    return answer(request, "preparations.html", values, status)


def _rows(
    found: PreparationList, catalog: CatalogIndex, numbers: Mapping[UUID, str], sort: Sort
) -> Iterator[list[CardToLay]]:
    """The cards to lay out, and those to put back."""
    for visits in (found.visits, found.to_return):
        rows = [
            card_row(visit, catalog, found.office_id, found.day, numbers.get(visit.booking_id, ""))
            for visit in visits
        ]
        yield in_order(rows, sort)


def _next_one(rows: list[CardToLay], asked: Asked) -> CardToLay | None:
    """The card after the one that was just laid out, so that the next press is for it."""
    ids = [row.visit.booking_id for row in rows]
    if asked.changed not in ids:
        return None
    here = ids.index(asked.changed)
    waiting = [row for row in (*rows[here + 1 :], *rows[:here]) if not row.ready]
    return waiting[0] if rows[here].ready and waiting else None


ROUTES = [
    Route("/preparations", preparations, methods=["GET"]),
    Route("/preparations/tick", tick, methods=["POST"]),
    Route("/preparations/{booking_id:uuid}/shelf", put_on_shelf_here, methods=["POST"]),
]
