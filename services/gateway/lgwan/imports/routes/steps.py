"""The steps of a file on its way into the list: columns, dry run, 反映. Nothing changes before."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import Malformed
from libs.contracts.eligibility import Draft, DraftChoice, DraftRun
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.imports.errors_csv import errors_csv
from services.gateway.lgwan.imports.forms import (
    DELIMITERS,
    ENCODINGS,
    TARGETS,
    read_choice,
    read_choice_form,
    read_layout,
    shown_words,
)
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

KEY_COOKIE = "import-key"
KEY_SECONDS = 3600
REFRESH_SECONDS = 2
SHOWN_ERRORS = 200
_BUSY = ("staging", "applying")
_TOLD = ("draft-state", "file-gone", "import-running", "stale-draft", "not-confirmed")
_GONE = "このファイルの中身は、もう残っていません。もう一度ファイルを選んでください。"


def draft_path(draft_id: UUID) -> str:
    return f"/imports/drafts/{draft_id}"


def keep_key(request: Request, reply: Response, draft_id: UUID, key: str) -> None:
    """The browser alone has what opens the file: below the address of its draft, for an hour."""
    path = draft_path(draft_id)
    door_of(request).cookies.write(reply, KEY_COOKIE, key, path, KEY_SECONDS)


@staff("persons.import")
async def draft(request: Request) -> Response:
    found = await _found(request)
    if isinstance(found, Response):
        return found
    if found.state in _BUSY:
        return RedirectResponse(f"{draft_path(found.draft_id)}/progress", 303)
    wants_columns = request.query_params.get("step") == "columns" and found.readable
    if found.state == "uploaded" or (found.state == "staged" and wants_columns):
        return await _columns(request, found)
    if found.state == "staged" and found.counts:
        return await _dry_run(request, found)
    return answer(request, "import_stopped.html", {"draft": found, "refusal": ""})


@staff("persons.import", watching=True)
async def progress(request: Request) -> Response:
    """Comes again by itself every two seconds, by a header: no script is needed, and nobody stays
    signed in by it."""
    found = await _found(request)
    if isinstance(found, Response):
        return found
    if found.state not in _BUSY:
        return RedirectResponse(draft_path(found.draft_id), 303)
    reply = answer(request, "import_progress.html", {"draft": found})
    reply.headers["refresh"] = str(REFRESH_SECONDS)
    return reply


@staff("persons.import", audit="persons.layout")
async def read_as(request: Request) -> Response:
    found = await _ours(request)
    layout = read_layout(cast("Form", form_of(request)), found)
    eligibility = door_of(request).services.eligibility
    step = partial(
        eligibility.read_draft_as, actor_of(request), found.draft_id, _key(request), layout
    )
    return await _then(request, found, step)


@staff("persons.import", audit="persons.stage", read=read_choice_form)
async def stage(request: Request) -> Response:
    """Compare the file with the list by the columns that were chosen."""
    found = await _ours(request)
    if not found.readable:
        return _said(request, found, _GONE, 409)
    chosen = read_choice(cast("Form", form_of(request)), found, await _offices(request))
    if chosen.errors:
        audit_of(request).result = "mistyped"
        return await _columns(request, found, chosen.choice, chosen.errors, 422)
    eligibility = door_of(request).services.eligibility
    step = partial(
        eligibility.stage_draft, actor_of(request), found.draft_id, _key(request), chosen.choice
    )
    try:
        return await _then(request, found, step)
    except Refused as refused:
        if refused.slug != "missing-column":
            raise
        audit_of(request).result = refused.slug
        errors = {"columns": str(refused.facts.get("detail", ""))}
        return await _columns(request, found, chosen.choice, errors, 422)


@staff("persons.import", audit="persons.compare")
async def compare(request: Request) -> Response:
    found = await _ours(request)
    eligibility = door_of(request).services.eligibility
    step = partial(eligibility.compare_draft, actor_of(request), found.draft_id, _key(request))
    return await _then(request, found, step)


@staff("persons.import", audit="persons.import")
async def apply(request: Request) -> Response:
    """反映: what was looked at becomes the list."""
    found = await _ours(request)
    form = form_of(request)
    try:
        run = UUID(form.get("run"))
    except ValueError:
        raise Malformed("The form names no comparison.") from None
    asked = DraftRun(run=run, confirmed=form.get("confirmed") == "1")
    eligibility = door_of(request).services.eligibility
    step = partial(eligibility.apply_draft, actor_of(request), found.draft_id, asked)
    return await _then(request, found, step)


@staff("persons.import", audit="persons.drop")
async def drop(request: Request) -> Response:
    draft_id = _draft_id(request)
    audit = audit_of(request)
    audit.object_kind, audit.object_id = "import", str(draft_id)
    try:
        await door_of(request).services.eligibility.drop_draft(actor_of(request), draft_id)
    except Refused as refused:
        if refused.status != 404:
            return await _after_refusal(request, await _ours(request), refused)
    reply = RedirectResponse("/imports", 303)
    door_of(request).cookies.remove(reply, KEY_COOKIE, draft_path(draft_id))
    return reply


@staff("persons.import")
async def draft_errors(request: Request) -> Response:
    found = await _ours(request)
    eligibility = door_of(request).services.eligibility
    page = partial(eligibility.draft_faults, actor_of(request), found.draft_id)
    return await errors_csv(page, f"import-errors-{found.at:%Y%m%d-%H%M}.csv")


async def _columns(
    request: Request,
    found: Draft,
    choice: DraftChoice | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Which column is what; as it was chosen just now, where something is wrong with it."""
    offices = await _offices(request)
    targets = (
        {c.place: c.target for c in choice.columns}
        if choice
        else {c.place: c.target for c in found.columns}
    )
    typed = cast("Form", form_of(request)) if choice else None
    values = {
        "draft": found,
        "targets": targets,
        "choices": TARGETS,
        "offices": offices,
        "office_id": choice.office_id if choice else found.office_id,
        "typed_words": typed.get("words") if typed else shown_words(found.words, offices),
        "save_as": typed.get("save_as") if typed else "",
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "errors": errors or {},
    }
    return answer(request, "import_columns.html", values, status)


async def _dry_run(
    request: Request, found: Draft, refusal: str = "", status: int = 200
) -> Response:
    eligibility, actor = door_of(request).services.eligibility, actor_of(request)
    after = request.query_params.get("after", "0")
    line = int(after) if after.isascii() and after.isdecimal() and len(after) <= 9 else 0
    faults = (await eligibility.draft_faults(actor, found.draft_id)).faults
    values = {
        "draft": found,
        "booked": (await eligibility.draft_changes(actor, found.draft_id, booked=True)).changes,
        "others": await eligibility.draft_changes(actor, found.draft_id, line),
        "errors": faults[:SHOWN_ERRORS],
        "more": len(faults) > SHOWN_ERRORS,
        "refusal": refusal or found.problem or "",
        "shows_shielded": session_of(request).staff.may("persons.shielded"),
    }
    return answer(request, "import_dry_run.html", values, status)


async def _then(request: Request, found: Draft, step: Callable[[], Awaitable[None]]) -> Response:
    """Do it and go where the draft is by now, or say on its page why it was not done."""
    audit = audit_of(request)
    audit.object_kind, audit.object_id = "import", str(found.draft_id)
    try:
        await step()
    except Refused as refused:
        if refused.slug not in _TOLD:
            raise
        audit.result = refused.slug
        return await _after_refusal(request, found, refused)
    return RedirectResponse(draft_path(found.draft_id), 303)


async def _after_refusal(request: Request, found: Draft, refused: Refused) -> Response:
    detail = str(refused.facts.get("detail", ""))
    if found.state == "staged" and found.counts and refused.slug != "file-gone":
        return await _dry_run(request, await _ours(request), detail, refused.status)
    return _said(request, found, detail, refused.status)


def _said(request: Request, found: Draft, detail: str, status: int) -> Response:
    values = {"draft": found, "refusal": detail}
    return answer(request, "import_stopped.html", values, status)


def _draft_id(request: Request) -> UUID:
    draft_id: UUID = request.path_params["draft_id"]
    return draft_id


def _key(request: Request) -> str:
    return door_of(request).cookies.read(request, KEY_COOKIE, draft_path(_draft_id(request)))


def _profile_id(text: str) -> str:
    """The id of a profile; empty for what is none and therefore goes to no service."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


async def _ours(request: Request) -> Draft:
    """Raises Refused."""
    draft_id = _draft_id(request)
    profile = _profile_id(request.query_params.get("profile", ""))
    return await door_of(request).services.eligibility.draft(
        actor_of(request), draft_id, _key(request), profile
    )


async def _found(request: Request) -> Draft | Response:
    """The draft, or the way to what became of it."""
    try:
        return await _ours(request)
    except Refused as refused:
        if refused.status != 404:
            raise
    draft_id = _draft_id(request)
    try:
        await door_of(request).services.eligibility.import_report(actor_of(request), draft_id)
    except Refused as refused:
        if refused.status != 404:
            raise
        return RedirectResponse("/imports", 303)
    reply = RedirectResponse(f"/imports/{draft_id}?done=1", 303)
    door_of(request).cookies.remove(reply, KEY_COOKIE, draft_path(draft_id))
    return reply


async def _offices(request: Request) -> list[tuple[str, str]]:
    catalog = await door_of(request).catalog.get()
    return offices_of(catalog, session_of(request).staff)


_PATH = "/imports/drafts/{draft_id:uuid}"
_STEPS: dict[str, Any] = {
    "layout": read_as, "stage": stage, "compare": compare, "apply": apply, "drop": drop,
}  # fmt: skip
ROUTES = [
    Route(_PATH, draft, methods=["GET"]),
    Route(f"{_PATH}/progress", progress, methods=["GET"]),
    Route(f"{_PATH}/errors.csv", draft_errors, methods=["GET"]),
    *(Route(f"{_PATH}/{step}", take, methods=["POST"]) for step, take in _STEPS.items()),
]
