"""What is counted and on which day: plain values, no database and no wire."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.contracts.times import day_of

Standing = Literal["waiting", "arrived", "finished", "unfinished", "missed", "cancelled"]
"""What became of a booking so far: each booking stands in exactly one of these columns."""

NOT_DONE = frozenset({"papers", "identity", "outage"})
"""Outcomes of a visit that ended without what the citizen came for (完了できず)."""


def standing(status: str, outcome: str | None) -> Standing:
    """The column of a booking. Raises ValueError for a status that nobody told us about."""
    match status:
        case "confirmed":
            return "waiting"
        case "finished":
            return "unfinished" if outcome in NOT_DONE else "finished"
        case "arrived" | "missed" | "cancelled":
            return status
    raise ValueError("a booking status that has no column")


def seconds_between(arrived: datetime, called: datetime) -> int:
    """Whole seconds; clocks of two machines may differ, nobody waits less than nothing."""
    return max(0, int((called - arrived).total_seconds()))


@dataclass(frozen=True)
class Mail:
    """What became of the mail of one kind about one booking version."""

    booking_id: UUID
    version: int
    kind: str
    office_id: str
    sent: bool
    at: datetime

    @property
    def day(self) -> date:
        return day_of(self.at)


@dataclass(frozen=True)
class CountedCard:
    """Where a card is. The key is a pseudonym that only eligibility can make."""

    card_key: str
    office_id: str
    state: str
    version: int
