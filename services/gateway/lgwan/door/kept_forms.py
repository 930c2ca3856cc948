"""Forms that were sent when their session had ended by itself come back as they were typed.

They may hold personal data, so they are sealed under a key that only the browser has, as a cookie:
whoever reads the table has nothing, and another account at the same browser has no row.
"""

import base64
import json
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request

from libs.common.seal import CannotOpen, KeyRing
from services.gateway.web.csrf import FIELD
from services.gateway.web.forms import Form
from services.gateway.web.typed import harmless

from .auth import KEPT_COOKIE, FormData, Keep, session_of
from .context import door_of
from .staff import StaffSession
from .store import Store
from .unsaved import FORM, Unsaved

MARK = "kept"
_OF_THE_SESSION = frozenset({FIELD, "key"})
_KEY_BYTES = 32
Back = Callable[[Request, FormData], str]


def same_page(request: Request, _: FormData) -> str:
    """Forms whose page has the address that they are sent to."""
    return request.url.path


def keep_form(back: Back = same_page) -> Keep:
    """For `staff(…, keep=…)`: the form is shown again at `back`, by `kept_form` there."""

    def keep(request: Request, session: StaffSession, form: FormData) -> Unsaved:
        page = back(request, form)
        key = _key(request) or secrets.token_bytes(_KEY_BYTES)
        content = json.dumps({"owner": session.staff.staff_id, "fields": _fields(form)})
        sealed = _ring(key).seal(content)
        there = f"{page}{'&' if '?' in page else '?'}{urlencode({MARK: '1'})}"
        return Unsaved(_subject(page), sealed, there, base64.urlsafe_b64encode(key).decode())

    return keep


async def kept_form(request: Request) -> Form | None:
    """What was typed on this page when the session ended, for the account that typed it; once."""
    if request.query_params.get(MARK) != "1":
        return None
    owner, subject = session_of(request).staff.staff_id, _subject(request.url.path)
    async with door_of(request).open_store(Store) as store:
        sealed = await store.unsaved(owner, subject)
        if sealed:
            await store.drop_unsaved(owner, subject)
    return _opened(request, owner, sealed) if sealed else None


def _opened(request: Request, owner: str, sealed: str) -> Form | None:
    try:
        kept = json.loads(_ring(_key(request)).open(sealed))
    except CannotOpen:
        return None
    return Form(kept["fields"]) if kept["owner"] == owner else None


def _subject(page: str) -> str:
    return f"{FORM}{page.partition('?')[0]}"


def _fields(form: FormData) -> dict[str, list[str]]:
    """Without what belonged to the session, and without twelve digits."""
    assert isinstance(form, Form)
    return {
        name: [harmless(text) for text in form.every(name)]
        for name in form.names
        if name not in _OF_THE_SESSION
    }


def _key(request: Request) -> bytes:
    """The browser's; nothing where it has none."""
    try:
        key = base64.urlsafe_b64decode(door_of(request).cookies.read(request, KEPT_COOKIE))
    except ValueError:
        return b""
    return key if len(key) == _KEY_BYTES else b""


def _ring(key: bytes) -> KeyRing:
    """One that opens nothing where there is no key."""
    return KeyRing("unsaved form", {1: key or secrets.token_bytes(_KEY_BYTES)})
