"""The list of bookings: any filter, any order, page after page; searches kept by name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import CARD_NUMBERS
from libs.rules.personal_numbers import has_individual_number
from services.gateway.lgwan.door.auth import (
    actor_of,
    audit_of,
    form_of,
    note_list,
    session_of,
    staff,
)
from services.gateway.lgwan.door.card_numbers import AWAY, numbers_of
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.lists.files import FILTERS_MOST, NAME_LENGTH
from services.gateway.lgwan.lists.filter_store import FilterStore
from services.gateway.lgwan.lists.lines import PAGE_COLUMNS, line_of
from services.gateway.lgwan.lists.searches import (
    ListSearch,
    ReadSearch,
    from_today,
    read_saved,
    read_search,
)
from services.gateway.web.forms import Form
from services.gateway.web.times import now
from services.gateway.web.typed import INDIVIDUAL_NUMBER

PAGE = "100"
_NO_NAME = "条件の名前を入力してください。例：明日の交付"
_LONG_NAME = f"条件の名前は、{NAME_LENGTH}文字以内で入力してください。"
_NO_ROOM = f"保存できる条件は{FILTERS_MOST}個までです。使わない条件を削除してください。"
_FIELDS = tuple(field.name.rstrip("_") for field in fields(ListSearch) if field.name != "after")


@staff("bookings.read", parts=(CARD_NUMBERS,))
async def bookings(request: Request) -> Response:
    """Without any condition: what is still to come."""
    if form := await kept_form(request):
        return await _page(request, await _read(request, _given(form)))
    if not request.query_params:
        return await _page(request, ReadSearch(from_today(now().date()), {}))
    return await _page(request, await _read(request, request.query_params))


def _given(form: Form) -> dict[str, str]:
    return {name: form.typed(name) for name in _FIELDS}


@staff("bookings.read", keep=keep_form(lambda *_: "/bookings"))
async def search(request: Request) -> Response:
    """To the address of a search. By POST, because what people type stays out of addresses until
    it is known to be no personal number."""
    read = await _read(request, _given(cast("Form", form_of(request))))
    if read.errors:
        return await _page(request, read)
    return RedirectResponse(read.search.url(), 303)


@staff("bookings.read", audit="filter.save")
async def save(request: Request) -> Response:
    """Keep the search under a name, in place of one that has it already."""
    form, audit, member = form_of(request), audit_of(request), session_of(request).staff
    read_key(form)
    audit.object_kind = "filter"
    read = await _read(request, read_saved(form.get("query")))
    name, error = _read_name(cast("Form", form))
    if not error and not read.errors:
        async with door_of(request).open_store(FilterStore) as store:
            kept = await store.save_filter(member.staff_id, name, read.search.saved)
        if kept:
            audit.object_id = str(kept)
            return RedirectResponse(read.search.url(), 303)
        error = _NO_ROOM
    audit.result = "not-saved"
    return await _page(request, ReadSearch(read.search, read.errors or {"name": error}), name)


@staff("bookings.read", audit="filter.delete")
async def delete(request: Request) -> Response:
    form, audit, member = form_of(request), audit_of(request), session_of(request).staff
    read_key(form)
    filter_id = request.path_params["filter_id"]
    audit.object_kind, audit.object_id = "filter", str(filter_id)
    async with door_of(request).open_store(FilterStore) as store:
        audit.result = "done" if await store.delete_filter(member.staff_id, filter_id) else "gone"
    back = await _read(request, read_saved(form.get("query")))
    return RedirectResponse((ListSearch() if back.errors else back.search).url(), 303)


async def _read(request: Request, given: Mapping[str, str]) -> ReadSearch:
    catalog = await door_of(request).catalog.get()
    return read_search(given, catalog, session_of(request).staff)


def _read_name(form: Form) -> tuple[str, str]:
    """The name and what is wrong with it. Twelve digits are neither kept nor shown again."""
    name = " ".join(form.typed("name").split())
    if has_individual_number(name):
        return "", INDIVIDUAL_NUMBER
    if not name:
        return name, _NO_NAME
    return name, _LONG_NAME if len(name) > NAME_LENGTH else ""


async def _page(request: Request, read: ReadSearch, name: str = "") -> Response:
    door, member = door_of(request), session_of(request).staff
    catalog, shown_at = await door.catalog.get(), now()
    found, numbers = None, None
    if not read.errors:
        query = {**read.search.query, "limit": PAGE}
        found = await door.services.booking.bookings(actor_of(request), query)
        numbers = await numbers_of(request, found.cards, "list", read.search.office)
    async with door.open_store(FilterStore) as store:
        filters = await store.saved_filters(member.staff_id)
    values = {
        "search": read.search,
        "errors": read.errors,
        "lines": [
            line_of(booking, catalog, (numbers or {}).get(booking.booking_id, ""))
            for booking in (found.bookings if found else ())
        ],
        "may_see_cards": member.may(CARD_NUMBERS),
        "without_numbers": AWAY if found and numbers is None else "",
        "next_after": found.next_after if found else None,
        "shown_at": shown_at,
        "columns": PAGE_COLUMNS,
        "offices": [
            (o.office_id, o.name)
            for o in catalog.offices.values()
            if member.sees_bookings_of(o.office_id)
        ],
        "procedures": [(p.procedure_id, p.name) for p in catalog.procedures.values()],
        "filters": filters,
        "name": name,
        "may_export": member.may("bookings.export"),
    }
    if found:
        await note_list(request, "bookings", read.search.office, len(found.bookings))
    return answer(request, "bookings.html", values, 422 if read.errors else 200)


ROUTES = [
    Route("/bookings", bookings, methods=["GET"]),
    Route("/bookings/search", search, methods=["POST"]),
    Route("/bookings/filters", save, methods=["POST"]),
    Route("/bookings/filters/{filter_id:uuid}/delete", delete, methods=["POST"]),
]
