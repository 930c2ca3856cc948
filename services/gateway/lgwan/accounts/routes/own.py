"""What everybody does with their own account: another password, and where it is open."""

from typing import cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.lgwan.accounts.own import WrongOldPassword, change_own_password
from services.gateway.lgwan.accounts.own_store import OwnStore
from services.gateway.lgwan.door.auth import (
    CHOOSE_PASSWORD_AT,
    audit_of,
    form_of,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.web.forms import Form

_NOT_TWICE = "2回とも同じパスワードを入力してください。"
_SAME = "いまのパスワードと違うものを決めてください。"
_WRONG_OLD = "いまのパスワードが正しくありません。入力し直してください。"


@staff(initial=True)
async def password(request: Request) -> Response:
    return _page(request)


@staff(audit="password.change", initial=True)
async def change_password(request: Request) -> Response:
    """The other sessions of the account end: whoever knew the old password is out."""
    form, audit, door = cast("Form", form_of(request)), audit_of(request), door_of(request)
    session = session_of(request)
    read_key(form)
    audit.object_kind, audit.object_id = "staff", session.staff.staff_id
    old, new = form.typed("old"), form.typed("new")
    if errors := _errors(request, old, new, form.typed("again")):
        audit.result = "not-saved"
        return _page(request, errors, 422)
    try:
        await change_own_password(door.open_store, door.passwords, session, old, new)
    except WrongOldPassword as wrong:
        audit.result = wrong.slug
        return _page(request, {"old": _WRONG_OLD}, 422)
    door.hub.end_others(session.staff.staff_id, session.session_id)
    return RedirectResponse(f"{CHOOSE_PASSWORD_AT}?told=1", 303)


@staff()
async def sessions(request: Request) -> Response:
    """Where the account is signed in to."""
    session = session_of(request)
    async with door_of(request).open_store(OwnStore) as store:
        found = await store.sessions(session.staff.staff_id)
    values = {
        "sessions": [(one, one.session_id == session.session_id) for one in found],
        "most": door_of(request).sessions_at_once,
        "told": request.query_params.get("told") == "1",
    }
    return answer(request, "own_sessions.html", values)


@staff(audit="session.end")
async def end_session(request: Request) -> Response:
    audit, door = audit_of(request), door_of(request)
    read_key(form_of(request))
    audit.object_kind, ended = "session", form_of(request).get("session")
    async with door.open_store(OwnStore) as store:
        done = await store.close_own(session_of(request).staff.staff_id, ended)
    audit.result = "done" if done else "gone"
    if done:
        door.hub.end(ended)
    return RedirectResponse("/own-sessions?told=1", 303)


def _errors(request: Request, old: str, new: str, again: str) -> dict[str, str]:
    member = session_of(request).staff
    rules = door_of(request).password_rules
    if not old:
        return {"old": "いまのパスワードを入力してください。"}
    if wrong := rules.wrong(new, (member.staff_id, member.name)):
        return {"new": wrong}
    if new == old:
        return {"new": _SAME}
    return {} if new == again else {"again": _NOT_TWICE}


def _page(request: Request, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    values = {
        "errors": errors or {},
        "initial": session_of(request).initial,
        "rules": door_of(request).password_rules,
        "told": request.query_params.get("told") == "1",
    }
    return answer(request, "password.html", values, status)


ROUTES = [
    Route(CHOOSE_PASSWORD_AT, password, methods=["GET"]),
    Route(CHOOSE_PASSWORD_AT, change_password, methods=["POST"]),
    Route("/own-sessions", sessions, methods=["GET"]),
    Route("/own-sessions/end", end_session, methods=["POST"]),
]
