"""操作ログ: rows by member of staff, object and time; the check of the chain; a CSV."""

import re
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import JST, find_day
from services.gateway.lgwan.door.auth import audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.csv_rows import csv_answer
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import READS_LOG, Operation, normalise_id
from services.gateway.web.forms import Form
from services.gateway.web.times import local, now
from services.gateway.web.typed import harmless

from .numbering import Numberer, Verdict, verify
from .store import AuditSearch, AuditStore, FoundEntry
from .wording import FAULT, object_words, result_words, what_words

A_PAGE = 100
MOST_ROWS = 10_000
CHECKED_AT_ONCE = 100_000
"""Links that the page checks: some seconds. The command checks all."""
REASON_LENGTH = 100
_NUMBER = re.compile(r"[0-9]{1,18}")
_NO_REASON = f"保存する理由を{REASON_LENGTH}文字までで入力してください。例：月次の点検"


@staff(READS_LOG)
async def show(request: Request) -> Response:
    return await _page(request)


@staff(READS_LOG, audit="log.verify")
async def check(request: Request) -> Response:
    read_key(form_of(request))
    audit = audit_of(request)
    audit.object_kind, numberer = "operation", numberer_of(request)
    await numberer.number()
    heads = (numberer.head,)
    verdict = await verify(door_of(request).open_store, numberer.sealer, heads, CHECKED_AT_ONCE)
    audit.result = "done" if not verdict.faults else "faults"
    audit.detail = f"links:{verdict.links} faults:{len(verdict.faults)}"
    return await _page(request, verdict)


@staff(READS_LOG, audit="log.heads")
async def heads(request: Request) -> Response:
    """The signed heads, to keep where nobody of the database gets to."""
    read_key(form_of(request))
    audit_of(request).object_kind, sealer = "operation", numberer_of(request).sealer
    async with door_of(request).open_store(AuditStore) as store:
        found = await store.heads(MOST_ROWS)
        newest = await store.head()
    kept = [(newest, now()), *found] if newest.number else found
    lines = "".join(f"{sealer.write_head(at, head)}\n" for head, at in kept)
    named = {"content-disposition": 'attachment; filename="operation-log-heads.txt"'}
    return Response(lines, 200, named, "text/plain; charset=utf-8")


@staff(READS_LOG, audit="log.export")
async def export(request: Request) -> Response:
    form, audit = cast("Form", form_of(request)), audit_of(request)
    read_key(form)
    audit.object_kind = "operation"
    reason = form.get("reason").strip()
    if not 0 < len(reason) <= REASON_LENGTH:
        audit.result = "no-reason"
        return await _page(request, errors={"reason": _NO_REASON}, fields=form, status=422)
    async with door_of(request).open_store(AuditStore) as store:
        found = await store.search(_search(form)[0], MOST_ROWS)
    audit.detail = f"rows:{len(found)} reason:{reason}"
    return csv_answer(f"操作ログ-{now():%Y%m%d-%H%M}", [_HEADS, *map(_cells, found)])


def numberer_of(request: Request) -> Numberer:
    return cast("Numberer", request.state["numberer"])


def _search(fields: Any) -> tuple[AuditSearch, dict[str, str]]:
    """What the fields say, and the fields as they are shown again."""
    shown = {name: harmless(fields.get(name) or "").strip() for name in _FIELDS}
    since, until = find_day(shown["since"]), find_day(shown["until"])
    before = shown.pop("before")
    search = AuditSearch(
        normalise_id(shown["staff"]),
        shown["object"],
        _begin(since),
        _begin(until + timedelta(days=1)) if until else None,
        shown["refused"] == "1",
        int(before) if _NUMBER.fullmatch(before) else 0,
    )
    return search, shown


_FIELDS = ("staff", "object", "since", "until", "refused", "before")


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, datetime.min.time(), JST) if day else None


async def _page(
    request: Request,
    verdict: Verdict | None = None,
    errors: dict[str, str] | None = None,
    fields: Form | None = None,
    status: int = 200,
) -> Response:
    """Who looks at the log stands in the log, once in a while."""
    search, shown = _search(fields or request.query_params)
    actor = session_of(request).staff.staff_id
    async with door_of(request).open_store(AuditStore) as store:
        found = await store.search(search, A_PAGE + 1)
        heads = await store.heads(1)
        await store.record_view(Operation(actor, "log.view", "operation", "", "", "done"))
    rows = found[:A_PAGE]
    query = {
        **{k: v for k, v in shown.items() if v},
        "before": rows[-1].entry.operation_id if rows else 0,
    }
    values = {
        "rows": [_row(one) for one in rows],
        "more": f"/log?{urlencode(query)}" if len(found) > A_PAGE else "",
        "shown": shown,
        "head": heads[0] if heads else None,
        "verdict": verdict,
        "faults": [(fault.number, FAULT[fault.kind]) for fault in verdict.faults[:20]]
        if verdict
        else [],
        "errors": errors or {},
    }
    return answer(request, "operation_log.html", values, status)


_HEADS = ["番号", "日時", "職員ID", "名前", "操作", "対象", "場所", "結果", "端末", "内容", "連鎖"]


def _row(found: FoundEntry) -> dict[str, Any]:
    entry = found.entry
    return {
        "number": found.number,
        "at": local(entry.at),
        "actor": entry.actor,
        "name": found.name,
        "what": what_words(entry.what),
        "object": object_words(entry.object_kind, entry.object_id),
        "office": entry.office_id,
        "result": result_words(entry.result),
        "good": entry.result == "done",
        "address": entry.address,
        "detail": entry.detail,
        "mac": found.mac,
    }


def _cells(found: FoundEntry) -> list[str]:
    row = _row(found)
    names = ("actor", "name", "what", "object", "office", "result", "address", "detail", "mac")
    at = f"{row['at']:%Y-%m-%d %H:%M:%S}"
    return [str(row["number"] or ""), at, *(str(row[name]) for name in names)]


ROUTES = [
    Route("/log", show, methods=["GET"]),
    Route("/log/check", check, methods=["POST"]),
    Route("/log/heads", heads, methods=["POST"]),
    Route("/log/export", export, methods=["POST"]),
]
