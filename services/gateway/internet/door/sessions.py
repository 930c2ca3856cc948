"""Who is at the door: a random session id in a signed cookie, and nothing else."""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request

from services.gateway.web.csrf import Csrf

_SHAPE = re.compile(r"(\d{1,6})\.([0-9a-f]{32})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class CitizenSession:
    """`version` is the key that signed the cookie."""

    id: str
    version: int
    cookie: str


class Sessions:
    """Makes and reads session cookies. The newest key signs, every key reads."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = {version: _derive(key, b"session") for version, key in keys.items()}
        self._csrf = {version: Csrf(_derive(key, b"csrf")) for version, key in keys.items()}
        self._newest = next(iter(keys))

    def new(self) -> CitizenSession:
        session_id = secrets.token_hex(16)
        word = f"{self._newest}.{session_id}.{self._sign(self._newest, session_id)}"
        return CitizenSession(session_id, self._newest, word)

    def read(self, cookie: str) -> CitizenSession | None:
        found = _SHAPE.fullmatch(cookie)
        if found is None or int(found[1]) not in self._keys:
            return None
        version, session_id = int(found[1]), found[2]
        if not hmac.compare_digest(self._sign(version, session_id), found[3]):
            return None
        return CitizenSession(session_id, version, cookie)

    def token(self, session: CitizenSession) -> str:
        """What the forms of this session carry."""
        return self._csrf[session.version].token(session.id)

    def check(self, request: Request, session: CitizenSession, sent: str) -> None:
        """Raises ForeignForm."""
        self._csrf[session.version].check(request, session.id, sent)

    def _sign(self, version: int, session_id: str) -> str:
        return hmac.digest(self._keys[version], session_id.encode(), "sha256").hex()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"internet|" + purpose, sha256).digest()
