"""Choosing a file, the imports so far, what came of each, and taking the newest back."""

from functools import partial
from typing import cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.rules.personal_numbers import redacted
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.uploads import Upload, read_upload
from services.gateway.lgwan.imports.errors_csv import errors_csv
from services.gateway.web.link import Refused

from .steps import draft_path, keep_key

SHOWN_ERRORS = 200
_NO_FILE = "取り込むファイルを選んでください。"


@staff("persons.import")
async def imports(request: Request) -> Response:
    return await _page(request)


@staff("persons.import", audit="persons.upload", read=read_upload)
async def take(request: Request) -> Response:
    """Hand the file over to eligibility, where it is a draft. Nothing of the list changes yet."""
    upload, audit = cast("Upload", form_of(request)), audit_of(request)
    audit.object_kind = "import"
    if not upload.file_name and not upload.size:
        audit.result = "no-file"
        return await _page(request, {"file": _NO_FILE}, 422)
    key = upload.key(read_key(upload))
    try:
        draft = await door_of(request).services.eligibility.send_file(
            actor_of(request), key, redacted(upload.file_name), upload.body
        )
    except Refused as refused:
        if refused.status == 403:
            raise
        audit.result = refused.slug
        if refused.slug == "offices-unknown":
            return await _page(request, None, refused.status)
        return await _page(request, {"file": str(refused.facts.get("detail", ""))}, refused.status)
    audit.object_id = str(draft.draft_id)
    reply = RedirectResponse(draft_path(draft.draft_id), 303)
    keep_key(request, reply, draft.draft_id, key)
    return reply


@staff("persons.import")
async def report(request: Request) -> Response:
    return await _report(request)


@staff("persons.import")
async def import_errors(request: Request) -> Response:
    eligibility, batch_id = door_of(request).services.eligibility, _batch_id(request)
    found = await eligibility.import_report(actor_of(request), batch_id)
    page = partial(eligibility.import_faults, actor_of(request), batch_id)
    return await errors_csv(page, f"import-errors-{found.at:%Y%m%d-%H%M}.csv")


@staff("persons.import", audit="persons.undo")
async def undo(request: Request) -> Response:
    """Take the newest import back, while nobody has booked on it."""
    audit, batch_id = audit_of(request), _batch_id(request)
    audit.object_kind, audit.object_id = "import", str(batch_id)
    try:
        await door_of(request).services.eligibility.undo_import(actor_of(request), batch_id)
    except Refused as refused:
        if refused.slug not in ("cannot-undo", "import-running"):
            raise
        audit.result = refused.slug
        return await _report(request, str(refused.facts.get("detail", "")), refused.status)
    return RedirectResponse(f"/imports/{batch_id}?undone=1", 303)


@staff("persons.import", audit="persons.profile-drop")
async def drop_profile(request: Request) -> Response:
    audit, profile_id = audit_of(request), request.path_params["profile_id"]
    audit.object_kind, audit.object_id = "import-profile", str(profile_id)
    await door_of(request).services.eligibility.drop_import_profile(actor_of(request), profile_id)
    return RedirectResponse("/imports", 303)


def _batch_id(request: Request) -> UUID:
    batch_id: UUID = request.path_params["batch_id"]
    return batch_id


async def _report(request: Request, refusal: str = "", status: int = 200) -> Response:
    found = await door_of(request).services.eligibility.import_report(
        actor_of(request), _batch_id(request)
    )
    values = {
        "report": found,
        "errors": found.errors[:SHOWN_ERRORS],
        "more": found.rejected > len({error.line for error in found.errors[:SHOWN_ERRORS]}),
        "done": request.query_params.get("done") == "1",
        "undone": request.query_params.get("undone") == "1",
        "refusal": refusal,
    }
    return answer(request, "import.html", values, status)


async def _page(
    request: Request, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    found = await door_of(request).services.eligibility.imports(actor_of(request))
    values = {
        "errors": errors or {},
        "former": found.imports,
        "known": found.offices_known,
        "drafts": found.drafts,
        "own": session_of(request).staff.staff_id,
    }
    return answer(request, "imports.html", values, status)


ROUTES = [
    Route("/imports", imports, methods=["GET"]),
    Route("/imports", take, methods=["POST"]),
    Route("/imports/profiles/{profile_id:uuid}/drop", drop_profile, methods=["POST"]),
    Route("/imports/{batch_id:uuid}", report, methods=["GET"]),
    Route("/imports/{batch_id:uuid}/errors.csv", import_errors, methods=["GET"]),
    Route("/imports/{batch_id:uuid}/undo", undo, methods=["POST"]),
]
