"""Until when, and from which states, something may still be done about a booking.

The same rule as SQL stands in store/standing.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.contracts.booking import BOOKED, STANDING, WITH_RESULT, StaffAction, Status
from libs.contracts.times import day_of

from .problems import NotActive, NotToday

Day = Literal["past", "today", "to come"]
_OPEN: tuple[Day, ...] = ("today", "to come")


@dataclass(frozen=True)
class Rule:
    """From these states, on these days seen from now."""

    states: tuple[Status, ...]
    days: tuple[Day, ...] = _OPEN


RULES: dict[StaffAction, Rule] = {
    "tick": Rule(WITH_RESULT, ("today",)),
    "receive": Rule(BOOKED),
    "move": Rule(BOOKED),
    "swap": Rule(BOOKED),
    "cancel": Rule(BOOKED),
    "reach": Rule(STANDING),
    "replace": Rule(STANDING),
    "link": Rule(STANDING),
    "correct": Rule(WITH_RESULT, ("past", "today")),
}
"""A visit whose day has passed is over, ticked or not (結果未入力): its result may be put right,
nothing else."""


def day_from(now: datetime, starts_at: datetime) -> Day:
    """How the day of a visit lies to today."""
    ahead = (day_of(starts_at) - day_of(now)).days
    return "today" if ahead == 0 else "to come" if ahead > 0 else "past"


def stands(status: Status, starts_at: datetime, now: datetime) -> bool:
    return status in STANDING and day_from(now, starts_at) != "past"


def is_possible(action: StaffAction, status: Status, starts_at: datetime, now: datetime) -> bool:
    rule = RULES[action]
    return status in rule.states and day_from(now, starts_at) in rule.days


def possible(status: Status, starts_at: datetime, now: datetime) -> tuple[StaffAction, ...]:
    """All that may be done about a booking, as far as its state and its day go."""
    return tuple(one for one in RULES if is_possible(one, status, starts_at, now))


def check_day(action: StaffAction, starts_at: datetime, now: datetime) -> None:
    """Raises NotToday where this is for other days."""
    if day_from(now, starts_at) not in RULES[action].days:
        raise NotToday("This visit is not of today.")


def check_active(action: StaffAction, status: Status, starts_at: datetime, now: datetime) -> None:
    """Raises NotActive where this cannot be done about the booking, or no longer."""
    if not is_possible(action, status, starts_at, now):
        raise NotActive("This booking is cancelled or over.")
