"""Who is calling: the 60-second assertion that a door attaches to every internal request."""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from .errors import NotAuthenticated
from .logs import request_id
from .signing import BadSignature, Signer, Verifier

LIFETIME_SECONDS = 60.0
LEEWAY_SECONDS = 10.0
"""How far a door's clock may be ahead: more than NTP leaves."""

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


@dataclass(frozen=True)
class Target:
    """The one request that an assertion is good for, without its body.

    `address` is path and query exactly as they are sent, `key` the idempotency key.
    """

    service: str
    method: str
    address: str
    key: str = ""

    def claim(self) -> str:
        return f"{self.service} {self.method} {self.address} {self.key}"


@dataclass(frozen=True)
class Assertion:
    """What a service read: the caller, and the digest of the body that the caller sent.

    The digest is None where the door is of a release that bound nothing yet.
    """

    caller: Caller
    digest: str | None


def digest_of(body: bytes) -> str:
    return encode_digest(hashlib.sha256(body).digest())


def encode_digest(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


class Asserter:
    """A door's side: turns a caller into the value of the Authorization header."""

    def __init__(
        self, private_key: bytes, door: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._signer = Signer(private_key, f"assertion:{door}")
        self._door = door
        self._clock = clock

    def header(
        self,
        actor: str,
        rights: frozenset[str],
        offices: frozenset[str],
        target: Target,
        body: bytes | str = b"",
    ) -> str:
        """`body`, or the digest of one that is sent piece by piece."""
        now = self._clock()
        claims = {
            "door": self._door,
            "actor": actor,
            "rights": sorted(rights),
            "offices": sorted(offices),
            "rid": request_id.get(),
            "iat": now,
            "for": target.claim(),
            "body": body if isinstance(body, str) else digest_of(body),
        }
        return f"{SCHEME} {self._signer.sign(claims, now=now, lifetime=LIFETIME_SECONDS)}"


class Callers:
    """A service's side: believes each door only under its own key, and for one request only.

    Rights and offices count only from the LGWAN door, whatever another door claims.
    """

    STAFF_DOOR = "lgwan"

    def __init__(
        self,
        public_keys: dict[str, bytes],
        service: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.service = service
        self._clock = clock
        self._doors = {
            door: Verifier(key, f"assertion:{door}") for door, key in public_keys.items()
        }

    def read(self, header: str, target: Target) -> Assertion:
        """Raises NotAuthenticated, also when the assertion was made for another request."""
        scheme, _, token = header.partition(" ")
        if scheme != SCHEME:
            raise NotAuthenticated("An assertion of a door is required.")
        now = self._clock()
        for door, verifier in self._doors.items():
            try:
                claims = verifier.read(token, now=now)
            except BadSignature:
                continue
            _check(claims, target, now)
            staff = door == self.STAFF_DOOR
            caller = Caller(
                door=door,
                actor=claims["actor"],
                rights=frozenset(claims["rights"] if staff else ()),
                offices=frozenset(claims["offices"] if staff else ()),
            )
            return Assertion(caller, claims.get("body"))
        raise NotAuthenticated("The assertion is not valid or no longer valid.")


def _check(claims: dict[str, object], target: Target, now: float) -> None:
    """A door of the release before signs neither `for` nor `iat`. Nobody can take them out of an
    assertion, since they are part of what is signed. The next release requires them."""
    if claims.get("for", target.claim()) != target.claim():
        raise NotAuthenticated("The assertion was made for another request.")
    made = claims.get("iat", now)
    if not isinstance(made, float | int) or made > now + LEEWAY_SECONDS:
        raise NotAuthenticated("The door's clock is ahead of this service's.")
