"""What several procedures of one visit come to: how long it takes, what is asked, for how many."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from libs.contracts.booking import Procedure, Use

ADULT_AGE = 15
"""From this age on, by the day of the visit, one comes alone; below, with a guardian."""

_USES: tuple[Use, ...] = ("off", "optional", "required")


def visit_minutes(procedures: Sequence[Procedure]) -> int:
    """How long one person is there for these procedures: those that say 'sum' follow one another,
    those that say 'max' are done beside them."""
    added = sum(p.minutes for p in procedures if p.joins == "sum")
    return max(added, *(p.minutes for p in procedures))


def strongest(uses: Iterable[Use]) -> Use:
    """What one of them requires is required; nothing is asked for nothing."""
    return max(uses, key=_USES.index, default="off")


def asks_inquiry(procedures: Iterable[Procedure], visitor: str) -> bool:
    """Whether a proxy is asked for the 照会書兼回答書."""
    return visitor == "proxy" and any(p.asks_inquiry for p in procedures)


def party_limit(procedures: Iterable[Procedure]) -> int:
    """How many people one party may have who come for these."""
    return min(procedure.party_limit for procedure in procedures)


def last_change_day(procedures: Iterable[Procedure], day: date) -> date:
    """The last day on which the citizen may move a visit of `day`: the day itself means until the
    visit begins."""
    return day - timedelta(days=max(procedure.changes_days_before for procedure in procedures))


def is_under_age(born: date, day: date) -> bool:
    """Whether a person born then is a child on `day`, and comes with a guardian."""
    before_birthday = (day.month, day.day) < (born.month, born.day)
    return day.year - born.year - before_birthday < ADULT_AGE


def coming_of_age(before: date, until: date) -> list[date]:
    """The dates of birth of those who are under age on `before` and no longer on `until`."""
    first, last = before - timedelta(days=366 * ADULT_AGE), until - timedelta(days=365 * ADULT_AGE)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [born for born in every if is_under_age(born, before) and not is_under_age(born, until)]
