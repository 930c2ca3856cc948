"""Files of a list: ask for one, see how far it is, fetch it within the hour."""

from collections.abc import AsyncIterator, Mapping
from typing import get_args
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from libs.common.errors import Malformed
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import DoorContext, door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.words import FileKind
from services.gateway.lgwan.lists.export_store import ExportStore
from services.gateway.lgwan.lists.files import Export
from services.gateway.lgwan.lists.runner import runner_of
from services.gateway.lgwan.lists.searches import ListSearch, in_words, read_saved, read_search
from services.gateway.lgwan.lists.sheets import TITLE
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


@staff("bookings.export", audit="booking.export")
async def make(request: Request) -> Response:
    """Begin a file of the list that the form came with; a repeat begins no second one."""
    form, audit, member = form_of(request), audit_of(request), session_of(request).staff
    key, kind = read_key(form), _kind(form.get("kind"))
    catalog = await door_of(request).catalog.get()
    read = read_search(read_saved(form.get("query")), catalog, member)
    if read.errors:
        raise Malformed("This list cannot be read.")
    audit.object_kind, audit.office_id = "export", read.search.office
    runner = runner_of(request)
    export_id = await runner.order(actor_of(request), key, kind, read.search)
    if export_id is None:
        audit.result = "busy"
        return await _page(request, BUSY, 409)
    audit.object_id = str(export_id)
    await runner.wait_a_little(export_id, PATIENCE_SECONDS)
    return RedirectResponse("/exports", 303)


@staff("bookings.export", audit="booking.export.fetch")
async def fetch(request: Request) -> Response:
    """The file, for whom it was made. By POST, so that each time is in the operation log."""
    audit, door, member = audit_of(request), door_of(request), session_of(request).staff
    read_key(form_of(request))
    export_id: UUID = request.path_params["export_id"]
    audit.object_kind, audit.object_id = "export", str(export_id)
    async with door.open_store(ExportStore) as store:
        export = await store.export(member.staff_id, export_id)
    if export is None or export.state != "done":
        audit.result = "gone"
        return await _page(request, GONE, 404)
    return _attachment(door, export)


def _kind(text: str) -> FileKind:
    """Raises Malformed."""
    for kind in _KINDS:
        if kind == text:
            return kind
    raise Malformed("There is no such kind of file.")


def _attachment(door: DoorContext, export: Export) -> Response:
    ending, media_type = _KINDS[export.kind]
    at = f"{local(export.as_of):%Y%m%d-%H%M}" if export.as_of else ""
    named = f"attachment; filename=\"bookings-{at}{ending}\"; filename*=UTF-8''"
    headers = {
        "content-disposition": named + quote(f"{TITLE}-{at}{ending}", safe=""),
        "content-length": str(export.size),
    }
    return StreamingResponse(_pieces(door, export.export_id), 200, headers, media_type)


async def _pieces(door: DoorContext, export_id: UUID) -> AsyncIterator[bytes]:
    """One short transaction each: a slow reader keeps no connection."""
    position = 0
    while True:
        async with door.open_store(ExportStore) as store:
            piece = await store.read_part(export_id, position)
        if piece is None:
            return
        yield piece
        position += 1


async def _page(request: Request, told: str = "", status: int = 200) -> Response:
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    async with door.open_store(ExportStore) as store:
        kept = await store.exports_of(member.staff_id)
    searches = [read_search(read_saved(export.query), catalog, member).search for export in kept]
    values = {
        "exports": [(e, s, in_words(s, catalog)) for e, s in zip(kept, searches, strict=True)],
        "told": told,
        "shown_at": now(),
        "making": any(export.state == "making" and not export.silent for export in kept),
        "back": searches[0].url() if searches else ListSearch().url(),
    }
    return answer(request, "exports.html", values, status)


assert set(_KINDS) == set(get_args(FileKind))


ROUTES = [
    Route("/exports", exports, methods=["GET"]),
    Route("/exports", make, methods=["POST"]),
    Route("/exports/{export_id:uuid}/file", fetch, methods=["POST"]),
]
