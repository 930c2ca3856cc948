"""What several procedures of one visit come to: how long it takes, what is asked, for how many."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from libs.contracts.booking import Procedure, Use

ADULT_AGE = 15
"""From this age on, by the day of the visit, one comes alone; below, with a guardian."""

_USES: tuple[Use, ...] = ("off", "optional", "required")


def minutes_at(procedure: Procedure, office_id: str, day: date) -> int:
    """How long a visit on that day takes at that office: the newest length of the office's own that
    has begun, else of those for every office, else the procedure's."""
    begun = [one for one in procedure.lengths if one.from_day <= day]
    own = [one for one in begun if one.office_id == office_id]
    found = own or [one for one in begun if not one.office_id]
    newest = max(found, key=lambda one: one.from_day, default=None)
    return newest.minutes if newest else procedure.minutes


def usual_minutes(procedure: Procedure, today: date) -> tuple[int, int]:
    """The least and the most that a visit takes at any office, today or by what is to come."""
    offices = {"", *(one.office_id for one in procedure.lengths)}
    days = {today, *(one.from_day for one in procedure.lengths if one.from_day > today)}
    every = [minutes_at(procedure, office_id, day) for office_id in offices for day in days]
    return min(every), max(every)


def visit_minutes(procedures: Sequence[Procedure], office_id: str, day: date) -> int:
    """How long one person is there for these procedures: those that say 'sum' follow one another,
    those that say 'max' are done beside them."""
    each = [(one.joins, minutes_at(one, office_id, day)) for one in procedures]
    added = sum(minutes for joins, minutes in each if joins == "sum")
    return max(added, *(minutes for _, minutes in each))


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
    return age_on(day, born) < ADULT_AGE


def age_on(day: date, born: date) -> int:
    """Whole years, a birthday counted from its own day on."""
    before_birthday = (day.month, day.day) < (born.month, born.day)
    return day.year - born.year - before_birthday


def coming_of_age(before: date, until: date) -> list[date]:
    """The dates of birth of those who are under age on `before` and no longer on `until`."""
    first, last = before - timedelta(days=366 * ADULT_AGE), until - timedelta(days=365 * ADULT_AGE)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [born for born in every if is_under_age(born, before) and not is_under_age(born, until)]
