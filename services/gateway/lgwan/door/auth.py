"""Who may pass: every route is opened to `anyone` or to `staff`, and each change is recorded."""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Protocol, cast, runtime_checkable
from urllib.parse import unquote_plus, urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.common.access import Access
from libs.common.errors import NotAllowed, Problem
from services.gateway.web.csrf import FIELD, Csrf, ForeignForm
from services.gateway.web.forms import read_form
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.typed import harmless

from .context import door_of
from .staff import Operation, StaffSession, digest, safe_path
from .store import Store
from .unsaved import Unsaved

SESSION_COOKIE = "staff"
KEPT_COOKIE = "kept"
"""The key of forms that this browser sent too late."""
CHOOSE_PASSWORD_AT = "/password"  # noqa: S105
"""Where who came in with a printed password chooses one of their own."""
_DOOR = frozenset({"lgwan"})

Endpoint = Callable[[Request], Awaitable[Response]]
Read = Callable[[Request], Awaitable["FormData"]]
Keep = Callable[[Request, StaffSession, "FormData"], Unsaved | None]


class FormData(Protocol):
    """The fields of a form; one that was not sent is an empty text."""

    def get(self, name: str) -> str: ...


@runtime_checkable
class Closing(Protocol):
    """A form that holds a file open until its request was answered."""

    async def close(self) -> None: ...


@dataclass
class AuditEntry:
    """What a request changes, for the operation log; the endpoint fills in what it is about."""

    what: str
    object_kind: str = ""
    object_id: str = ""
    office_id: str = ""
    result: str = "done"
    detail: str = ""


def anyone(endpoint: Endpoint) -> Endpoint:
    """A route for people who are not signed in."""
    endpoint.access = Access(_DOOR)  # type: ignore[attr-defined]
    return endpoint


def staff(
    right: str | None = None,
    *,
    audit: str | None = None,
    read: Read = read_form,
    keep: Keep | None = None,
    watching: bool = False,
    initial: bool = False,
    parts: tuple[str, ...] = (),
) -> Callable[[Endpoint], Endpoint]:
    """A route for members of staff with `right`. `deed` names what its POST does in the log.

    A POST must carry the token of a form of this session; `read` reads that form. What a page asks
    by itself is `watching`: it keeps nobody signed in. `initial` is open also with a password that
    an administrator printed. `parts` are rights that open more of it.
    """

    def protect(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def checked(request: Request) -> Response:
            session = await _live_session(request, in_use=not watching)
            if session is None:
                lost = await _kept(request, right, read, keep) if keep else None
                return _to_sign_in(request, lost)
            if session.initial and not initial:
                return RedirectResponse(CHOOSE_PASSWORD_AT, 303)
            request.scope["session"] = session
            if request.method != "POST":
                return await _looked_at(request, session, right, endpoint)
            async with _recorded(request, session, audit):
                _require(session, right)
                request.scope["form"] = form = await read(request)
                try:
                    _csrf(session).check(request, session.session_id, form.get(FIELD))
                    return await endpoint(request)
                finally:
                    if isinstance(form, Closing):
                        await form.close()

        checked.access = Access(_DOOR, right, parts)  # type: ignore[attr-defined]
        checked.deed = audit  # type: ignore[attr-defined]
        return checked

    return protect


def session_of(request: Request) -> StaffSession:
    return cast("StaffSession", request.scope["session"])


def actor_of(request: Request) -> Actor:
    """On whose behalf the services are asked."""
    member = session_of(request).staff
    return Actor(member.staff_id, member.rights, member.offices)


def form_of(request: Request) -> FormData:
    return cast("FormData", request.scope["form"])


def audit_of(request: Request) -> AuditEntry:
    return cast("AuditEntry", request.scope["audit"])


def csrf_token(session: StaffSession) -> str:
    return _csrf(session).token(session.session_id)


def here(request: Request) -> str:
    """The path with its query, unless that has twelve digits."""
    query = request.url.query if harmless(unquote_plus(request.url.query)) else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def came_from(request: Request) -> str:
    """The page of this site that a form was sent from, or the first page."""
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host"):
        return "/"
    return safe_path(f"{referer.path}?{referer.query}" if referer.query else referer.path)


async def _live_session(request: Request, *, in_use: bool) -> StaffSession | None:
    door = door_of(request)
    token = door.cookies.read(request, SESSION_COOKIE)
    if not token:
        return None
    async with door.open_store(Store) as store:
        age = door.password_rules.age
        session = await store.live_session(digest(token), door.idle, age, in_use=in_use)
        if session:
            await door.names.keep_fresh(store.staff_names)
        return session


async def _kept(request: Request, right: str | None, read: Read, keep: Keep) -> Unsaved | None:
    """What was kept of a form of a session that had ended by itself, if it is one."""
    door = door_of(request)
    token = door.cookies.read(request, SESSION_COOKIE)
    if request.method != "POST" or not token:
        return None
    async with door.open_store(Store) as store:
        session = await store.ended_session(digest(token))
        if session is None or not session.staff.may(right):
            return None
        try:
            form = await read(request)
            _csrf(session).check(request, session.session_id, form.get(FIELD))
            found = keep(request, session, form)
        except (ForeignForm, HTTPException, Problem):
            return None
        if found:
            member = session.staff.staff_id
            await store.keep_unsaved(member, found)
            store.record(Operation(member, "unsaved.keep", "unsaved", found.subject, "", "done"))
        return found


def _to_sign_in(request: Request, kept: Unsaved | None = None) -> Response:
    """To the form and back again. What a POST would have changed is not done by itself later."""
    posted = request.method == "POST"
    query = {"next": came_from(request) if posted else here(request)}
    if kept:
        query = {"next": kept.back, "why": "kept"}
    elif posted:
        query["why"] = "again"
    elif door_of(request).cookies.read(request, SESSION_COOKIE):
        query["why"] = "ended"
    reply = RedirectResponse(f"/login?{urlencode(query)}", 303)
    if kept and kept.key:
        door_of(request).cookies.write(reply, KEPT_COOKIE, kept.key)
    return reply


def _require(session: StaffSession, right: str | None) -> None:
    if not session.staff.may(right):
        raise NotAllowed(f"This needs the right {right}.")


def _csrf(session: StaffSession) -> Csrf:
    return Csrf(session.csrf_secret.encode())


def seen_at(request: Request, office_id: str) -> None:
    """The office of the booking that is looked at, for its line in the log."""
    request.scope["seen_at"] = office_id


async def note_list(request: Request, name: str, office_id: str, rows: int) -> None:
    """A list with personal data is one line with its count, written before it is shown."""
    actor = session_of(request).staff.staff_id
    line = Operation(actor, f"{name}.view", "list", "", office_id, "done", f"rows:{rows}")
    async with door_of(request).open_store(Store) as store:
        await store.record_view(line)


async def _looked_at(
    request: Request, session: StaffSession, right: str | None, endpoint: Endpoint
) -> Response:
    """A page about a booking is noted before it is shown, and so is one that was refused: what
    cannot be noted is not shown."""
    try:
        _require(session, right)
        reply = await endpoint(request)
    except (NotAllowed, Refused, HTTPException) as error:
        await _note_view(request, session, _slug(error))
        raise
    if "booking_id" in request.path_params:
        await _note_view(request, session, "done")
    return reply


async def _note_view(request: Request, session: StaffSession, result: str) -> None:
    booking_id = str(request.path_params.get("booking_id", ""))
    what, kind = ("booking.view", "booking") if booking_id else ("page.view", "page")
    path = getattr(request.scope.get("route"), "path", "") if result != "done" else ""
    office_id = request.scope.get("seen_at", "")
    line = Operation(session.staff.staff_id, what, kind, booking_id, office_id, result, path)
    async with door_of(request).open_store(Store) as store:
        await store.record_view(line)


@asynccontextmanager
async def _recorded(
    request: Request, session: StaffSession, what: str | None
) -> AsyncIterator[None]:
    request.scope["audit"] = audit = AuditEntry(what or "")
    try:
        yield
    except BaseException as error:
        audit.result = _slug(error)
        raise
    finally:
        if what:
            async with door_of(request).open_store(Store) as store:
                store.record(Operation(session.staff.staff_id, **vars(audit)))


def _slug(error: BaseException) -> str:
    """What came of it. Whether something was done when the process ended meanwhile, is not known
    here."""
    if isinstance(error, CancelledError):
        return "interrupted"
    if isinstance(error, Problem | Refused):
        return error.slug
    if isinstance(error, HTTPException) and error.status_code == 404:
        return "not-found"
    if isinstance(error, ForeignForm):
        return "foreign-form"
    return "unreachable" if isinstance(error, Unreachable) else "failed"
