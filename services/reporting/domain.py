"""What is counted and on which day: plain values, no database and no wire."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.contracts.times import JST

Standing = Literal["waiting", "arrived", "finished", "unfinished", "missed", "cancelled"]
"""What became of a booking so far: each booking stands in exactly one of these columns."""

NOT_DONE = frozenset({"papers", "identity", "outage"})
"""Outcomes of a visit that ended without what the citizen came for (完了できず)."""


def day_in_city(moment: datetime) -> date:
    """The calendar day in Oita at `moment`."""
    return moment.astimezone(JST).date()


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


@dataclass(frozen=True)
class BookingStep:
    """One version of a booking as the ledger keeps it: no number, no contact."""

    booking_id: UUID
    version: int
    office_id: str
    procedure_id: str
    starts_at: datetime
    channel: str
    status: str
    outcome: str | None
    at: datetime

    @property
    def day(self) -> date:
        return day_in_city(self.starts_at)

    @property
    def standing(self) -> Standing:
        return standing(self.status, self.outcome)


@dataclass(frozen=True)
class Wait:
    """From 受付 to the first 呼出. No `seconds`: the call was taken back."""

    booking_id: UUID
    version: int
    seconds: int | None


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
        return day_in_city(self.at)


@dataclass(frozen=True)
class CountedCard:
    """Where a card is. The key is a pseudonym that only eligibility can make."""

    card_key: str
    office_id: str
    state: str
    version: int
