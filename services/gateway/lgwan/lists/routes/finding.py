"""Finding a booking whose number nobody has: by POST, so that no address says who is looked for."""

from typing import Any, cast
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import SEARCH_MOST, StaffFound, StaffSearch
from libs.contracts.times import parse_zoned
from services.gateway.lgwan.door.auth import (
    AuditEntry,
    actor_of,
    audit_of,
    form_of,
    note_list,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.lists.found_store import FoundStore
from services.gateway.lgwan.lists.lines import line_of
from services.gateway.lgwan.lists.terms import Term, TwelveDigitTerm, read_term
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import clock, now
from services.gateway.web.typed import Mistyped

ENOUGH = (
    "このアカウントでの検索は、1時間に決められた回数になりました。次は{}に検索できます。"
    "予約番号での検索と、今日・予約一覧・電話予約は、このまま使えます。"
)
GONE = "検索の結果は、しばらくすると消えます。もう一度検索してください。"
FEW_LEFT = 10
_BLANK: dict[str, Any] = {
    "errors": {}, "note": "", "term": "", "lines": None, "is_full": False,
    "sought": "", "left": None, "partly": False,
}  # fmt: skip


@staff("bookings.read")
async def empty(request: Request) -> Response:
    form = await kept_form(request)
    return _page(request, term=form.get("term") if form else "")


@staff("bookings.read", audit="booking.find", keep=keep_form())
async def find(request: Request) -> Response:
    form, audit = cast("Form", form_of(request)), audit_of(request)
    typed = form.typed("term")
    try:
        term = read_term(typed, now().date())
    except TwelveDigitTerm as number:
        return _refuse(request, audit, "individual-number", str(number))
    except Mistyped as mistyped:
        return _refuse(request, audit, "mistyped", str(mistyped), typed)
    return await find_term(request, term, typed)


async def find_term(request: Request, term: Term, typed: str) -> Response:
    """To the booking where there is one, else what there is. The log has the kind and how many."""
    audit = audit_of(request)
    audit.what, audit.object_kind = "booking.find", term.kind
    try:
        found = await _search(request, term)
    except Refused as refused:
        if refused.slug != "searched-enough":
            raise
        again = clock(parse_zoned(str(refused.facts["again_at"])))
        return _refuse(request, audit, refused.slug, ENOUGH.format(again), typed, 429)
    audit.object_id = str(len(found.bookings))
    return await _shown(request, found, typed)


@staff("bookings.read")
async def several(request: Request) -> Response:
    """What a search found, as it is now."""
    door, member = door_of(request), session_of(request).staff
    found_id: UUID = request.path_params["found_id"]
    async with door.open_store(FoundStore) as store:
        ids = await store.found(found_id, member.staff_id)
    if ids is None:
        return _page(request, 404, note=GONE)
    query = {"ids": ",".join(map(str, ids))}
    catalog = await door.catalog.get()
    bookings = (await door.services.booking.bookings(actor_of(request), query)).bookings
    lines = sorted((line_of(one, catalog) for one in bookings), key=lambda line: ids.index(line.id))
    await note_list(request, "found", "", len(lines))
    return _page(request, lines=lines, is_full=len(ids) == SEARCH_MOST)


async def _search(request: Request, term: Term) -> StaffFound:
    """Raises Refused."""
    services, actor = door_of(request).services, actor_of(request)
    if term.card:
        key = await services.eligibility.card_key(actor, term.card)
        return await services.booking.search(actor, StaffSearch(card_key=key))
    for way in term.ways:
        found = await services.booking.search(actor, way)
        if found.bookings:
            break
    return found


async def _shown(request: Request, found: StaffFound, typed: str) -> Response:
    if len(found.bookings) == 1:
        return RedirectResponse(f"/bookings/{found.bookings[0].booking_id}", 303)
    if not found.bookings:
        few = found.left if found.kind != "number" and found.left <= FEW_LEFT else None
        partly = not found.is_complete
        return _page(request, sought=found.kind, term=typed, left=few, partly=partly)
    found_id, owner = uuid4(), session_of(request).staff.staff_id
    async with door_of(request).open_store(FoundStore) as store:
        await store.add_found(found_id, owner, [one.booking_id for one in found.bookings])
    return RedirectResponse(f"/find/{found_id}", 303)


def _refuse(
    request: Request,
    audit: AuditEntry,
    slug: str,
    sentence: str,
    typed: str = "",
    status: int = 422,
) -> Response:
    """The page again with what to do; `typed` is what may be shown again."""
    audit.result = slug
    if status == 422:
        return _page(request, status, term=typed, errors={"term": sentence})
    return _page(request, status, term=typed, note=sentence)


def _page(request: Request, status: int = 200, **values: Any) -> Response:
    return answer(request, "found.html", {**_BLANK, "shown_at": now(), **values}, status)


ROUTES = [
    Route("/find", empty, methods=["GET"]),
    Route("/find", find, methods=["POST"]),
    Route("/find/{found_id:uuid}", several, methods=["GET"]),
]
