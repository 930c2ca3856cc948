"""Only our own pages may send forms: a token bound to the session, and where the form came from."""

import base64
import hmac
import secrets
from functools import lru_cache
from hashlib import sha256

from starlette.requests import Request

FIELD = "csrf"
MOST_KEPT = 2000


class ForeignForm(Exception):
    """The form was not made by a page of this session, or came from another site."""


class StaleForm(ForeignForm):
    """The form came from a page of this site, but not of this session, as after a lost one."""


class Csrf:
    """Tokens of sessions. A session sees many forms, so its secret is made once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._secret = lru_cache(MOST_KEPT)(self._made)

    def token(self, session_id: str) -> str:
        """Another text each time, so that the size of compressed pages says nothing about it."""
        pad = secrets.token_bytes(sha256().digest_size)
        masked = pad + _xor(pad, self._secret(session_id))
        return base64.urlsafe_b64encode(masked).rstrip(b"=").decode()

    def check(self, request: Request, session_id: str, sent: str) -> None:
        """Raises ForeignForm, StaleForm. The Host header has been checked before (hosts.py)."""
        if not _same_origin(request):
            raise ForeignForm("sent from another site")
        if not hmac.compare_digest(self._secret(session_id), _unmasked(sent)):
            raise StaleForm("the token does not belong to the session")

    def _made(self, session_id: str) -> bytes:
        return hmac.digest(self._key, b"csrf|" + session_id.encode(), "sha256")


def _unmasked(sent: str) -> bytes:
    """What the token of a form hides; nothing where it is none of ours."""
    size = sha256().digest_size
    try:
        masked = base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
    except ValueError:
        return b""
    return _xor(masked[:size], masked[size:]) if len(masked) == 2 * size else b""


def _xor(one: bytes, other: bytes) -> bytes:
    mixed = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return mixed.to_bytes(len(one), "big")


def _same_origin(request: Request) -> bool:
    """Browsers send at least one of the two headers; without any the token decides. A page of ours
    that tells its address to nobody has the origin 'null'."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    return origin.partition("://")[2] == request.headers.get("host", "")
