"""来庁日の案内: what those who come to an office on certain days should know."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract

from .offer import Language

LONGEST_GUIDANCE = 300
"""Characters in Japanese; readings and other scripts take up to three times as many."""
LONGEST_PERIOD = 400
"""Days from the first to the last."""

GuidanceFault = Literal[
    "no-office", "no-text", "too-long", "control", "no-period", "period", "long-period", "no-day",
    "past", "digits", "readings",
]  # fmt: skip
"""Why a guidance cannot be: no office; no Japanese text; a text longer than allowed, or with signs
that nobody sees; no first or last day, the last before the first, too far apart, no day between
them that is wanted, all of them past; twelve digits; readings that do not close."""


class GuidanceWish(Contract):
    """A guidance as staff write it: for these offices, from day to day, on these weekdays (0 =
    Monday) and, with `holidays`, on national holidays; no weekday and no holidays means every
    day."""

    office_ids: tuple[str, ...] = Field(max_length=100)
    from_day: date | None = None
    until_day: date | None = None
    weekdays: tuple[int, ...] = Field(default=(), max_length=7)
    holidays: bool = False
    texts: dict[Language, str] = Field(default_factory=dict)


class GuidanceChange(GuidanceWish):
    """POST /v1/staff/guidances: a new guidance (no id, version 0), or another one in place of the
    `version` that was seen. With `ended` it is shown to nobody any more."""

    guidance_id: UUID | None = None
    version: int = 0
    ended: bool = False


class GuidanceProblem(Contract):
    """`field` is a name of GuidanceWish, with a language after a dot for a text."""

    field: str
    reason: GuidanceFault


class Overlap(Contract):
    """Another guidance for the same office and days: visitors read both."""

    office_id: str
    days: tuple[date, ...]
    texts: dict[Language, str]


class GuidanceCheck(Contract):
    """POST /v1/staff/checks/guidance: what saving would come to. `standing` counts the bookings
    that it concerns; their mails have not said it."""

    problems: tuple[GuidanceProblem, ...] = ()
    days: tuple[date, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    standing: int = 0


class GuidanceVersion(GuidanceWish):
    """One state of a guidance, with who made it."""

    version: int
    ended: bool
    by: str
    at: AwareDatetime


class GuidanceRecord(GuidanceVersion):
    """GET /v1/staff/guidances/{id}: the guidance as it is, and `history` with the newest first.
    `may_change`: the caller serves all of its offices."""

    guidance_id: UUID
    days: tuple[date, ...]
    may_change: bool
    history: tuple[GuidanceVersion, ...] = ()


class GuidanceList(Contract):
    """GET /v1/staff/guidances?past=1: those of the caller's offices, the next ones first; with
    `past` also those whose days are over or that were ended. Without their history."""

    guidances: tuple[GuidanceRecord, ...]
    at: datetime
