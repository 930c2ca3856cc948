"""In which order a booking asks its questions, and which of them is still open."""

from datetime import date

from starlette.responses import Response

from libs.contracts.times import day_of

from .availability import period
from .door import Door, go, procedure_of
from .drafts import Draft
from .rules import VisitRules, needs_guardian
from .who import Who


def rules_of(door: Door, who: Who) -> VisitRules:
    """What this person's procedures ask. Raises 404 when the city has one of them no more."""
    return rules_for(door, who.procedure_ids)


def rules_for(door: Door, procedure_ids: tuple[str, ...]) -> VisitRules:
    return VisitRules(tuple(procedure_of(door, one) for one in procedure_ids))


def onward(door: Door, draft: Draft) -> Response:
    """To the next open question, or to the summary when there is none."""
    return go(draft.path + (open_question(door, draft) or "check"))


def open_question(door: Door, draft: Draft) -> str | None:
    """The page whose question comes next, from the draft's own address."""
    before = open_before_time(door, draft)
    if before is not None:
        return before
    if draft.start is None:
        return draft.calendar()
    if _comes_too_young(draft, day_of(draft.start)):
        return "guardian"
    rules = rules_of(door, draft)
    return "you" if lacks_about_you(rules, draft) or lacks_reach(rules, draft) else None


def open_before_time(door: Door, draft: Draft) -> str | None:
    """The same for what has to be known before a time can be chosen."""
    rules = rules_of(door, draft)
    if rules.needs_card and not (draft.code and draft.card_office):
        return "card"
    if not draft.office_id:
        return "office"
    return _open_about_visitor(door, rules, draft)


def lacks_about_you(rules: VisitRules, who: Who) -> bool:
    """Whether the page about this person has to be shown (again)."""
    named = who.kana and who.born
    return (
        not who.about_you or (rules.asks_name and not named) or (rules.asks_cards and not who.cards)
    )


def lacks_reach(rules: VisitRules, draft: Draft) -> bool:
    """Whether the city requires what is not there."""
    return (rules.email == "required" and not draft.email) or (
        rules.phone == "required" and not draft.phone
    )


def _open_about_visitor(door: Door, rules: VisitRules, who: Who) -> str | None:
    if who.visitor not in rules.visitors or rules.phone_reason(who.visitor):
        return "visitor"
    if rules.asks_inquiry(who.visitor) and not who.has_inquiry:
        return "inquiry"
    return "guardian" if _comes_too_young(who, last_day(door, rules)) else None


def last_day(door: Door, rules: VisitRules) -> date:
    """The last day that can be booked now: who is under age then is so on every day."""
    return min(period(procedure, door.clock())[1] for procedure in rules.procedures)


def _comes_too_young(who: Who, day: date) -> bool:
    born = who.born_date
    return born is not None and who.visitor != "guardian" and needs_guardian(born, day)
