"""Files of a list: ask for one, see how far it is, fetch it within the hour."""

from collections.abc import AsyncIterator, Mapping
from typing import get_args
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from libs.common.errors import Malformed
from services.gateway.lgwan.door.auth import actor_of, deed_of, form_of, session_of, staff
from services.gateway.lgwan.door.desk import Desk, desk_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.words import FileKind
from services.gateway.lgwan.lists.export_store import ExportStore
from services.gateway.lgwan.lists.files import Export
from services.gateway.lgwan.lists.searches import Search, in_words, read_saved, read_search
from services.gateway.lgwan.lists.sheets import TITLE
from services.gateway.lgwan.lists.workshop import workshop_of
from services.gateway.web.times import local, now

PATIENCE_SECONDS = 2.0
"""So long the answer waits for a small file, whose page then shows it made."""

BUSY = "ほかのファイルを作成しています。できてから、もう一度保存してください。"
GONE = "このファイルは、もうありません。一覧から、もう一度保存してください。"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset="
_KINDS: Mapping[FileKind, tuple[str, str]] = {
    "xlsx": (".xlsx", _XLSX),
    "csv-utf8": (".csv", f"{_CSV}utf-8"),
    "csv-cp932": (".csv", f"{_CSV}Shift_JIS"),
}


@staff("bookings.export")
async def exports(request: Request) -> Response:
    return await _page(request)


@staff("bookings.export", deed="booking.export")
async def make(request: Request) -> Response:
    """Begin a file of the list that the form came with; a repeat begins no second one."""
    form, deed, member = form_of(request), deed_of(request), session_of(request).staff
    key, kind = read_key(form), _kind(form.get("kind"))
    guide = await desk_of(request).guides.get()
    read = read_search(read_saved(form.get("query")), guide, member)
    if read.errors:
        raise Malformed("This list cannot be read.")
    deed.object_kind, deed.office_id = "export", read.search.office
    workshop = workshop_of(request)
    export_id = await workshop.order(actor_of(request), key, kind, read.search)
    if export_id is None:
        deed.result = "busy"
        return await _page(request, BUSY, 409)
    deed.object_id = str(export_id)
    await workshop.wait_a_little(export_id, PATIENCE_SECONDS)
    return RedirectResponse("/exports", 303)


@staff("bookings.export", deed="booking.export.fetch")
async def fetch(request: Request) -> Response:
    """The file, for whom it was made. By POST, so that each time is in the operation log."""
    deed, desk, member = deed_of(request), desk_of(request), session_of(request).staff
    read_key(form_of(request))
    export_id: UUID = request.path_params["export_id"]
    deed.object_kind, deed.object_id = "export", str(export_id)
    async with desk.open_store(ExportStore) as store:
        export = await store.export(member.staff_id, export_id)
    if export is None or export.state != "done":
        deed.result = "gone"
        return await _page(request, GONE, 404)
    return _attachment(desk, export)


def _kind(text: str) -> FileKind:
    """Raises Malformed."""
    for kind in _KINDS:
        if kind == text:
            return kind
    raise Malformed("There is no such kind of file.")


def _attachment(desk: Desk, export: Export) -> Response:
    ending, media_type = _KINDS[export.kind]
    at = f"{local(export.as_of):%Y%m%d-%H%M}" if export.as_of else ""
    named = f"attachment; filename=\"bookings-{at}{ending}\"; filename*=UTF-8''"
    headers = {
        "content-disposition": named + quote(f"{TITLE}-{at}{ending}", safe=""),
        "content-length": str(export.size),
    }
    return StreamingResponse(_pieces(desk, export.export_id), 200, headers, media_type)


async def _pieces(desk: Desk, export_id: UUID) -> AsyncIterator[bytes]:
    """One short transaction each: a slow reader keeps no connection."""
    position = 0
    while True:
        async with desk.open_store(ExportStore) as store:
            piece = await store.read_part(export_id, position)
        if piece is None:
            return
        yield piece
        position += 1


async def _page(request: Request, told: str = "", status: int = 200) -> Response:
    desk, member = desk_of(request), session_of(request).staff
    guide = await desk.guides.get()
    async with desk.open_store(ExportStore) as store:
        kept = await store.exports_of(member.staff_id)
    searches = [read_search(read_saved(export.query), guide, member).search for export in kept]
    values = {
        "exports": [(e, s, in_words(s, guide)) for e, s in zip(kept, searches, strict=True)],
        "told": told,
        "shown_at": now(),
        "making": any(export.state == "making" and not export.silent for export in kept),
        "back": searches[0].url() if searches else Search().url(),
    }
    return answer(request, "exports.html", values, status)


assert set(_KINDS) == set(get_args(FileKind))


ROUTES = [
    Route("/exports", exports, methods=["GET"]),
    Route("/exports", make, methods=["POST"]),
    Route("/exports/{export_id:uuid}/file", fetch, methods=["POST"]),
]
