"""The rules of accounts: who may do what, when a session ends, when an account is locked."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from unicodedata import normalize
from urllib.parse import unquote_plus

from libs.contracts.booking import CARD_NUMBERS, EVERYWHERE, booking_offices
from services.gateway.web.typed import harmless

MANAGES = "staff.manage"
"""利用者・権限."""
READS_LOG = "log.read"
"""操作ログ."""
RIGHTS = (
    "bookings.read",
    "bookings.export",
    "bookings.tick",
    "bookings.cancel",
    "bookings.change",
    EVERYWHERE,
    "settings.edit",
    "deadlines.edit",
    "schedules.edit",
    "bookings.make",
    "bookings.overbook",
    CARD_NUMBERS,
    "texts.edit",
    "persons.import",
    "persons.shielded",
    "counts.read",
    "counts.close",
    "calls.read",
    MANAGES,
    READS_LOG,
)
EVERY_OFFICE = "*"


@dataclass(frozen=True)
class Role:
    """A named set of rights, for the command that makes accounts. `title` is what the city calls
    it; an account keeps the rights, not the role."""

    title: str
    rights: frozenset[str]


def _role(title: str, *rights: str) -> Role:
    return Role(title, frozenset(rights) & frozenset(RIGHTS))


ROLES = {
    "administrator": _role("管理者", *RIGHTS),
    "manager": _role(
        "責任者",
        "bookings.read", "bookings.export", "bookings.tick", "bookings.make", "bookings.change",
        "bookings.cancel", "bookings.overbook", "deadlines.edit", "schedules.edit", "texts.edit",
        CARD_NUMBERS, "persons.import", "persons.shielded", "counts.read", "counts.close",
        "calls.read",
    ),
    "counter": _role(
        "窓口",
        "bookings.read", "bookings.tick", "bookings.make", "bookings.change", "bookings.cancel",
        CARD_NUMBERS, "counts.read", "calls.read",
    ),
    "viewer": _role("照会のみ", "bookings.read", "counts.read"),
}  # fmt: skip
"""Agreed names of rights: those that nothing asks for yet are left out until something does."""

LONGEST_SESSION = timedelta(hours=14)
ADMINISTERS: str = "settings.edit"
"""Who has this right leaves more behind at an open screen, and is signed out sooner."""

_STAFF_ID = re.compile(r"[a-z0-9._-]{1,64}")
_SAFE_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1999}")


@dataclass(frozen=True)
class Idle:
    """After how long without a request a session ends."""

    counter: timedelta
    administrator: timedelta

    def of(self, rights: Collection[str]) -> timedelta:
        return self.administrator if ADMINISTERS in rights else self.counter


@dataclass(frozen=True)
class Loan:
    """応援: help at another office, until the end of a day."""

    office_id: str
    until: date


@dataclass(frozen=True)
class Staff:
    """A member of staff. `offices` holds office ids, or EVERY_OFFICE; those of `loans` are among
    them."""

    staff_id: str
    name: str
    rights: frozenset[str]
    offices: frozenset[str]
    loans: tuple[Loan, ...] = ()

    def may(self, right: str | None) -> bool:
        return right is None or right in self.rights

    def serves(self, office_id: str) -> bool:
        """Whether they work at the office: ticks, schedules."""
        return EVERY_OFFICE in self.offices or office_id in self.offices

    def may_at(self, right: str, office_id: str) -> bool:
        return self.may(right) and self.serves(office_id)

    def sees_bookings_of(self, office_id: str) -> bool:
        """Whether bookings of the office are within reach of the rights about bookings."""
        reached = booking_offices(self)
        return EVERY_OFFICE in reached or office_id in reached


@dataclass(frozen=True)
class StaffSession:
    """A signed-in browser. `csrf_secret` is what the tokens in its forms are made with."""

    session_id: str
    csrf_secret: str
    staff: Staff
    initial: bool = False
    """Opened with a password that an administrator printed: it has to be replaced first."""


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
    detail: str = ""
    """What was changed, in codes: never a name."""
