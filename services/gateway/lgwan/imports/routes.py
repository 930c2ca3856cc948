"""Importing the eligible persons, and what came of each import."""

import csv
import io
from collections.abc import Iterable
from typing import cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.eligibility import RejectedRow
from libs.rules.personal_numbers import redacted
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.uploads import Upload, read_upload
from services.gateway.web.link import Refused

SHOWN_ERRORS = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NO_FILE = "取り込むCSVファイルを選んでください。"


@staff("persons.import")
async def imports(request: Request) -> Response:
    return await _page(request)


@staff("persons.import", audit="persons.import", read=read_upload)
async def take(request: Request) -> Response:
    """Hand the file over to eligibility; the report has its own address."""
    upload, audit = cast("Upload", form_of(request)), audit_of(request)
    audit.object_kind = "import"
    if not upload.content:
        audit.result = "no-file"
        return await _page(request, {"file": _NO_FILE}, 422)
    try:
        report = await door_of(request).services.eligibility.import_file(
            actor_of(request),
            upload.key(read_key(upload)),
            redacted(upload.file_name),
            upload.content,
        )
    except Refused as refused:
        if refused.status == 403:
            raise
        audit.result = refused.slug
        if refused.slug == "offices-unknown":
            return await _page(request, None, refused.status)
        return await _page(request, {"file": str(refused.facts.get("detail", ""))}, refused.status)
    audit.object_id = str(report.batch_id)
    return RedirectResponse(f"/imports/{report.batch_id}?done=1", 303)


@staff("persons.import")
async def report(request: Request) -> Response:
    found = await door_of(request).services.eligibility.import_report(
        actor_of(request), request.path_params["batch_id"]
    )
    values = {
        "report": found,
        "errors": found.errors[:SHOWN_ERRORS],
        "more": max(0, len(found.errors) - SHOWN_ERRORS),
        "done": request.query_params.get("done") == "1",
    }
    return answer(request, "import.html", values)


@staff("persons.import")
async def errors_csv(request: Request) -> Response:
    """The rejected rows for Excel: UTF-8 with BOM."""
    found = await door_of(request).services.eligibility.import_report(
        actor_of(request), request.path_params["batch_id"]
    )
    name = f"import-errors-{found.at:%Y%m%d-%H%M}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(_csv(found.errors), media_type="text/csv; charset=utf-8", headers=headers)


async def _page(
    request: Request, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    former = await door_of(request).services.eligibility.imports(actor_of(request))
    values = {"errors": errors or {}, "former": former.imports, "known": former.offices_known}
    return answer(request, "imports.html", values, status)


def _csv(errors: Iterable[RejectedRow]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("行", "列", "理由"))
    writer.writerows((row.line, _plain(row.column), _plain(row.reason)) for row in errors)
    return text.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A cell that Excel does not take for a formula: column names come from the file."""
    return f"'{text}" if text.startswith(_FORMULA) else text


ROUTES = [
    Route("/imports", imports, methods=["GET"]),
    Route("/imports", take, methods=["POST"]),
    Route("/imports/{batch_id:uuid}", report, methods=["GET"]),
    Route("/imports/{batch_id:uuid}/errors.csv", errors_csv, methods=["GET"]),
]
