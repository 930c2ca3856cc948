"""Signing in and out."""

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.lgwan.accounts.actions import Entrance, SignInTooSoon, WrongPassword, sign_in
from services.gateway.lgwan.accounts.agents import agent_words
from services.gateway.lgwan.door.auth import (
    SESSION_COOKIE,
    anyone,
    audit_of,
    form_of,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.slowing import BROWSER_FAMILIAR_FOR
from services.gateway.lgwan.door.staff import digest, new_token, safe_path
from services.gateway.lgwan.door.store import Store
from services.gateway.web.csrf import FIELD, Csrf, ForeignForm
from services.gateway.web.forms import Form, read_form

VISIT_COOKIE = "visit"
BROWSER_COOKIE = "browser"
"""Tells a browser in which somebody signed in from others; it opens nothing."""
_BROWSER_SECONDS = int(BROWSER_FAMILIAR_FOR.total_seconds())
_VISIT = re.compile(r"[A-Za-z0-9_-]{43}")
_PURPOSE = "sign-in"

WHY = {
    "ended": "時間がたったため、サインアウトしました。もう一度サインインしてください。",
    "again": "サインアウトしていたため、いまの操作は行われていません。"
    "サインインした後、もう一度操作してください。",
    "kept": "サインアウトしていたため、いまの操作は行われていません。"
    "入力したものは残してあります。同じ職員IDでサインインすると、続きから始められます。",
    "left": "サインアウトしました。",
}
_WRONG = "職員IDまたはパスワードが正しくありません。入力し直してください。"


@anyone
async def show_form(request: Request) -> Response:
    query = request.query_params
    return _form(request, query.get("next", "/"), WHY.get(query.get("why", ""), ""))


@anyone
async def enter(request: Request) -> Response:
    door, form = door_of(request), await read_form(request)
    _check_origin(request, form)
    wanted, staff_id, password = safe_path(form.get("next")), form.get("id"), form.typed("password")
    if not staff_id.strip() or not password:
        return _form(request, wanted, error="職員IDとパスワードを入力してください。", status=422)
    try:
        entrance = _entrance(request)
        token = await sign_in(door.open_store, door.passwords, staff_id, password, entrance)
    except WrongPassword:
        return _form(request, wanted, error=_WRONG, status=422)
    except SignInTooSoon as soon:
        reply = _form(request, wanted, error=_soon_text(soon), status=429)
        reply.headers["retry-after"] = str(soon.seconds)
        return reply
    if entrance.former:
        door.hub.end(digest(entrance.former))
    reply = RedirectResponse(wanted, 303)
    door.cookies.write(reply, SESSION_COOKIE, token)
    door.cookies.write(reply, BROWSER_COOKIE, entrance.browser, seconds=_BROWSER_SECONDS)
    door.cookies.remove(reply, VISIT_COOKIE)
    return reply


@staff(initial=True)
async def stay(request: Request) -> Response:
    """Keeps the session open: this request was made by a person."""
    return Response(status_code=204)


@staff(audit="sign-out", initial=True)
async def leave(request: Request) -> Response:
    """Whoever takes over the screen (担当者を切り替える) comes back to the page that it shows."""
    door = door_of(request)
    audit_of(request).object_kind = "session"
    async with door.open_store(Store) as store:
        await store.close_session(session_of(request).session_id)
    door.hub.end(session_of(request).session_id)
    switched = form_of(request).get("switch")
    query = {"why": "left", **({"next": safe_path(switched)} if switched else {})}
    reply = RedirectResponse(f"/login?{urlencode(query)}", 303)
    door.cookies.remove(reply, SESSION_COOKIE)
    return reply


def _form(
    request: Request, wanted: str, notice: str = "", error: str = "", status: int = 200
) -> Response:
    """The form, with a token that only the browser it is shown in can send back."""
    secret = _visit(request) or new_token()
    values = {
        "wanted": safe_path(wanted),
        "notice": notice,
        "error": error,
        "csrf": Csrf(secret.encode()).token(_PURPOSE),
    }
    reply = answer(request, "sign_in.html", values, status)
    door_of(request).cookies.write(reply, VISIT_COOKIE, secret)
    return reply


def _check_origin(request: Request, form: Form) -> None:
    """Raises ForeignForm, also where the browser did not keep the cookie of the form."""
    secret = _visit(request)
    if not secret:
        raise ForeignForm("no cookie of the form")
    Csrf(secret.encode()).check(request, _PURPOSE, form.get(FIELD))


def _visit(request: Request) -> str:
    secret = door_of(request).cookies.read(request, VISIT_COOKIE)
    return secret if _VISIT.fullmatch(secret) else ""


def _entrance(request: Request) -> Entrance:
    """A browser that was never signed in to is known by the cookie of its form."""
    cookies = door_of(request).cookies
    browser = cookies.read(request, BROWSER_COOKIE)
    known = browser if _VISIT.fullmatch(browser) else _visit(request)
    former = cookies.read(request, SESSION_COOKIE)
    return Entrance(
        known,
        former,
        agent_words(request.headers.get("user-agent", "")),
        door_of(request).sessions_at_once,
    )


def _soon_text(soon: SignInTooSoon) -> str:
    return (
        f"続けて間違えたため、この端末では、あと{soon.seconds}秒お待ちください。"
        "ほかの端末と、いま開いている画面は、そのまま使えます。"
        "パスワードを忘れたときは、権限の管理者へ相談してください。"
    )


ROUTES = [
    Route("/login", show_form, methods=["GET"]),
    Route("/login", enter, methods=["POST"]),
    Route("/session", stay, methods=["GET"]),
    Route("/logout", leave, methods=["POST"]),
]
