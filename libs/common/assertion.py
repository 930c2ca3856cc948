"""Who is calling: the 60-second assertion that a door attaches to every internal request."""

import time
from dataclasses import dataclass

from .errors import NotAuthenticated
from .logs import request_id
from .signing import BadSignature, Signer, Verifier

LIFETIME_SECONDS = 60.0
SCHEME = "Assertion"
EVERY_OFFICE = "*"


@dataclass(frozen=True)
class Caller:
    """The door a request came through and on whose behalf.

    `actor` is a session id at the internet door and a staff account at the LGWAN door; `offices`
    holds office ids, or `EVERY_OFFICE`.
    """

    door: str
    actor: str
    rights: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()

    def serves(self, office_id: str) -> bool:
        return EVERY_OFFICE in self.offices or office_id in self.offices


class Asserter:
    """A door's side: turns a caller into the value of the Authorization header."""

    def __init__(self, private_key: bytes, door: str) -> None:
        self._signer = Signer(private_key, f"assertion:{door}")
        self._door = door

    def header(self, actor: str, rights: frozenset[str], offices: frozenset[str]) -> str:
        claims = {
            "door": self._door,
            "actor": actor,
            "rights": sorted(rights),
            "offices": sorted(offices),
            "rid": request_id.get(),
        }
        token = self._signer.sign(claims, now=time.time(), lifetime=LIFETIME_SECONDS)
        return f"{SCHEME} {token}"


class Callers:
    """A service's side: believes each door only under its own key.

    Rights and offices count only from the LGWAN door, whatever another door claims.
    """

    STAFF_DOOR = "lgwan"

    def __init__(self, public_keys: dict[str, bytes]) -> None:
        self._doors = {
            door: Verifier(key, f"assertion:{door}") for door, key in public_keys.items()
        }

    def read(self, header: str) -> Caller:
        """Raises NotAuthenticated."""
        scheme, _, token = header.partition(" ")
        if scheme != SCHEME:
            raise NotAuthenticated("An assertion of a door is required.")
        for door, verifier in self._doors.items():
            try:
                claims = verifier.read(token, now=time.time())
            except BadSignature:
                continue
            staff = door == self.STAFF_DOOR
            return Caller(
                door=door,
                actor=claims["actor"],
                rights=frozenset(claims["rights"] if staff else ()),
                offices=frozenset(claims["offices"] if staff else ()),
            )
        raise NotAuthenticated("The assertion is not valid or no longer valid.")
