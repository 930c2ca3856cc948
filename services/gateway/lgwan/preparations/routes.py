"""前日準備: the cards of a day, and the tick for each that lies ready."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import NotAllowed
from libs.contracts.booking import CARD_NUMBERS, PreparationList
from libs.rules.folding import fold
from libs.rules.personal_numbers import has_individual_number
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
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import now
from services.gateway.web.typed import INDIVIDUAL_NUMBER

from .preparing import (
    Asked,
    CardToLay,
    Sort,
    Ticked,
    card_row,
    in_order,
    read_asked,
    read_ticked,
)

_NOBODYS = "この番号のカードは、この日の一覧にありません。番号と、上の日と場所をお確かめください。"
_SEVERAL = "同じ番号で終わるカードが{}枚あります。番号を全部入力してください。"
_ALREADY = "{} は、もう準備済です。"
_GONE = "この予約は、取り消されたか、来庁日が変わっています。最新の一覧を表示しました。"


@staff("bookings.read", parts=(CARD_NUMBERS,))
async def preparations(request: Request) -> Response:
    return await _page(request, await _asked(request, request.query_params))


@staff("bookings.tick", audit="card.prepare")
async def tick(request: Request) -> Response:
    """One card is laid out, or back on its shelf. Back to the list, with the row marked."""
    form = form_of(request)
    shown = {name: form.get(name) for name in ("office", "day", "sort")}
    ticked = read_ticked(form.get("tick"), form.get("day"))
    return await _prepare(request, ticked, await _asked(request, shown))


async def _prepare(request: Request, ticked: Ticked, asked: Asked) -> Response:
    form, audit, key = form_of(request), audit_of(request), read_key(form_of(request))
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
        return await _page(request, asked, _GONE, 409)
    audit.office_id = visit.office_id
    back = safe_path(form.get("back"))
    by_number = {"typed": "1"} if asked.typed else {}
    mark = urlencode({"changed": str(visit.booking_id), **by_number})
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{mark}", 303)


@staff("bookings.tick", audit="card.prepare", parts=(CARD_NUMBERS,))
async def lay_out(request: Request) -> Response:
    """The card whose number was typed or read is laid out: with the envelopes in one hand."""
    form = cast("Form", form_of(request))
    asked = await _asked(request, {name: form.get(name) for name in ("office", "day", "sort")})
    asked, typed = replace(asked, typed=True), form.typed("number")
    if has_individual_number(typed):
        return await _not_meant(request, asked, INDIVIDUAL_NUMBER, "individual-number")
    code = fold(typed).upper().replace("-", "")
    meant = [row for row in (await _listed(request, asked)).rows if row.is_meant(code)]
    if len(meant) != 1:
        told = _SEVERAL.format(len(meant)) if meant else _NOBODYS
        return await _not_meant(request, asked, told, "several" if meant else "not-found")
    if meant[0].ready:
        return await _not_meant(request, asked, _ALREADY.format(meant[0].number), "ready")
    ticked = read_ticked(meant[0].value(ready=True), form.get("day"))
    return await _prepare(request, ticked, asked)


async def _not_meant(request: Request, asked: Asked, told: str, result: str) -> Response:
    audit_of(request).result = result
    return await _page(request, asked, told, 422)


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
    member, catalog = session_of(request).staff, await door_of(request).catalog.get()
    listed = await _listed(request, asked)
    found, rows = listed.found, listed.rows
    values = {
        "asked": replace(asked, day=found.day, changed=None, shelved=None, typed=False),
        "typed": asked.typed,
        "shelves": found.shelves,
        "shelved": next((row for row in rows if row.visit.booking_id == asked.shelved), None),
        "sees_numbers": member.may(CARD_NUMBERS),
        "without_numbers": AWAY if listed.numbers is None else "",
        "named": any(row.visit.kana for row in rows),
        "office": catalog.office(asked.office),
        "offices": await _offices(request),
        "day": found.day,
        "one_day": timedelta(days=1),
        "shown_at": now(),
        "rows": rows,
        "to_return": listed.to_return,
        "marked": next((row for row in rows if row.visit.booking_id == asked.changed), None),
        "next_one": _next_one(rows, asked),
        "may_tick": member.may("bookings.tick"),
        "told": told,
    }
    await note_list(request, "preparations", asked.office, len(rows))
    return answer(request, "preparations.html", values, status)


@dataclass(frozen=True)
class _DayOfCards:
    """`numbers` is None where eligibility does not answer."""

    found: PreparationList
    rows: list[CardToLay]
    to_return: list[CardToLay]
    numbers: Mapping[UUID, str] | None


async def _listed(request: Request, asked: Asked) -> _DayOfCards:
    door = door_of(request)
    found = await door.services.counter.preparations(
        actor_of(request), asked.office, asked.day, asked.asked_of_booking
    )
    numbers = await numbers_of(request, found.cards, "preparations", asked.office)
    rows, back = _rows(found, await door.catalog.get(), numbers or {}, asked.sort)
    return _DayOfCards(found, rows, back, numbers)


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
    Route("/preparations/lay", lay_out, methods=["POST"]),
    Route("/preparations/{booking_id:uuid}/shelf", put_on_shelf_here, methods=["POST"]),
]
