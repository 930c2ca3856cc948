"""Only our own pages may send forms: a token bound to the session, and where the form came from."""

import base64
import hmac
from hashlib import sha256

from starlette.requests import Request

FIELD = "csrf"


class ForeignForm(Exception):
    """The form was not made by a page of this session, or came from another site."""


class Csrf:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, session_id: str) -> str:
        digest = hmac.new(self._key, b"csrf|" + session_id.encode(), sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def check(self, request: Request, session_id: str, sent: str) -> None:
        """Raises ForeignForm. The Host header has been checked before (hosts.py)."""
        if not _same_origin(request):
            raise ForeignForm("sent from another site")
        if not hmac.compare_digest(self.token(session_id).encode(), sent.encode()):
            raise ForeignForm("the token does not belong to the session")


def _same_origin(request: Request) -> bool:
    """Browsers send at least one of the two headers; without any the token decides."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return origin.partition("://")[2] == request.headers.get("host", "")
