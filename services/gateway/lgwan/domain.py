"""The rules of accounts: who may do what, when a session ends, when an account is locked."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from unicodedata import normalize
from urllib.parse import unquote_plus

from services.gateway.web.typed import harmless

RIGHTS = (
    "bookings.read",
    "bookings.export",
    "bookings.tick",
    "bookings.cancel",
    "persons.import",
    "counts.read",
)
EVERY_OFFICE = "*"

MAX_TRIES = 10
LOCKED_FOR = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=12)
PASSWORD_LENGTH = (12, 200)

_STAFF_ID = re.compile(r"[a-z0-9._-]{1,64}")
_SAFE_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1999}")


@dataclass(frozen=True)
class Staff:
    """A member of staff. `offices` holds office ids, or EVERY_OFFICE."""

    staff_id: str
    name: str
    rights: frozenset[str]
    offices: frozenset[str]

    def may(self, right: str | None) -> bool:
        return right is None or right in self.rights

    def serves(self, office_id: str) -> bool:
        return EVERY_OFFICE in self.offices or office_id in self.offices


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `csrf_secret` is what the tokens in its forms are made with."""

    session_id: str
    csrf_secret: str
    staff: Staff


@dataclass(frozen=True)
class Tries:
    """How often a sign-in was tried since the last good one, this time included."""

    count: int
    last_at: datetime

    @property
    def locked_until(self) -> datetime | None:
        """When the account opens again; None while it is open."""
        return self.last_at + LOCKED_FOR if self.count > MAX_TRIES else None


def normalise_id(typed: str) -> str:
    """Staff ids are compared without regard to width, case and blanks around them."""
    return normalize("NFKC", typed).strip().lower()


def is_staff_id(text: str) -> bool:
    """An id as it is kept: it appears in the operation log and in what owners write as actor."""
    return _STAFF_ID.fullmatch(text) is not None


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def safe_path(wanted: str) -> str:
    """`wanted` if it is a path of this site, else the first page: no redirect leaves the door."""
    return wanted if _SAFE_PATH.fullmatch(wanted) and harmless(unquote_plus(wanted)) else "/"


@dataclass(frozen=True)
class Operation:
    """A line of the operation log: what `actor` did to which object, and what came of it.

    `result` is "done" or the slug of the refusal; `office_id` is empty where none is concerned.
    """

    actor: str
    what: str
    object_kind: str
    object_id: str
    office_id: str
    result: str
