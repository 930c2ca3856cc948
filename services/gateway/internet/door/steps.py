"""In which order a booking asks its questions, and which of them is still open."""

from collections.abc import Callable
from datetime import date

from starlette.responses import Response

from libs.contracts.times import day_of
from libs.rules.visits import is_under_age
from services.gateway.internet.offer.offered import period
from services.gateway.web.rules import VisitRules

from .answers import PersonAnswers
from .door import DoorContext, go, procedure_of
from .drafts import BookingDraft


def rules_of(door: DoorContext, who: PersonAnswers) -> VisitRules:
    """What this person's procedures ask. Raises 404 when the city has one of them no more."""
    return rules_for(door, who.procedure_ids)


def rules_for(door: DoorContext, procedure_ids: tuple[str, ...]) -> VisitRules:
    return VisitRules(tuple(procedure_of(door, one) for one in procedure_ids))


def party_rules(door: DoorContext, draft: BookingDraft) -> VisitRules:
    """What the procedures of everybody ask: how to reach them is asked once."""
    return rules_for(door, tuple(one for who in draft.everyone for one in who.procedure_ids))


def page_of(number: int, page: str) -> str:
    """The address of a page about the person of that number, from the draft's own address."""
    return page if number == 1 else f"people/{number}/{page}"


def onward(door: DoorContext, draft: BookingDraft) -> Response:
    """To the next open question, to the summary when there is none, or to the end."""
    page = "done" if draft.ended else open_question(door, draft) or "check"
    return go(draft.path + page)


def open_question(door: DoorContext, draft: BookingDraft) -> str | None:
    """The page whose question comes next, from the draft's own address."""
    before = open_before_time(door, draft)
    if before is not None:
        return before
    if draft.start is None:
        return f"day/{draft.wanted_day}" if draft.wanted_day else draft.calendar()
    day = day_of(draft.start)
    return _first_of(draft, lambda number, who: _open_after_time(door, draft, number, who, day))


def open_before_time(door: DoorContext, draft: BookingDraft) -> str | None:
    """The same for what has to be known before a time can be chosen."""
    if not draft.procedure_id:
        return "procedure"
    page = _first_of(draft, lambda _, who: _open_about_card(rules_of(door, who), who))
    if page is not None:
        return page
    if not draft.office_id:
        return "office"
    return (
        _first_of(draft, lambda _, who: _card_elsewhere(rules_of(door, who), who, draft.office_id))
        or _first_of(draft, lambda _, who: _open_about_visitor(door, rules_of(door, who), who))
        or ("people" if _open_arrangement(draft) else None)
    )


def _open_arrangement(draft: BookingDraft) -> bool:
    """Whether it is not known how all are received, or not possible that way."""
    wrong = draft.only_in_turn and draft.arrangement != "in_turn"
    return bool(draft.people) and (not draft.arrangement or wrong)


def lacks_about_you(rules: VisitRules, who: PersonAnswers) -> bool:
    """Whether something that must be known about this person is not."""
    named = who.kana and who.born
    return (rules.asks_name and not named) or (rules.asks_cards and not who.cards)


def lacks_reach(rules: VisitRules, draft: BookingDraft) -> bool:
    """Whether the city requires what is not there, or the first person was not asked yet."""
    asks = rules.asks_needs or (rules.email, rules.phone) != ("off", "off")
    return (
        (asks and not draft.about_you)
        or (rules.email == "required" and not draft.email)
        or (rules.phone == "required" and not draft.phone)
    )


def card_offices(door: DoorContext, draft: BookingDraft) -> list[str]:
    """The offices where cards are that have to be collected there, in the order of the people."""
    tied = [who for who in draft.everyone if rules_of(door, who).at_card_office]
    return [who.card_office for who in tied if who.card_office]


def at_card_office(door: DoorContext, draft: BookingDraft) -> BookingDraft:
    """At the office of the first card, if there is one. Cards at other offices are asked about."""
    offices = card_offices(door, draft)
    return draft.at_office(offices[0]) if offices else draft


def last_day(door: DoorContext, rules: VisitRules) -> date:
    """The last day that can be booked now: who is under age then is so on every day."""
    return min(period(procedure, door.clock())[1] for procedure in rules.procedures)


def _first_of(draft: BookingDraft, page: Callable[[int, PersonAnswers], str | None]) -> str | None:
    """The first page that somebody's answers leave open."""
    for number, who in enumerate(draft.everyone, 1):
        found = page(number, who)
        if found is not None:
            return page_of(number, found)
    return None


def _open_about_card(rules: VisitRules, who: PersonAnswers) -> str | None:
    return "card" if rules.needs_card and not (who.code and who.card_office) else None


def _card_elsewhere(rules: VisitRules, who: PersonAnswers, office_id: str) -> str | None:
    return "elsewhere" if rules.at_card_office and who.card_office != office_id else None


def _open_about_visitor(door: DoorContext, rules: VisitRules, who: PersonAnswers) -> str | None:
    if who.visitor not in rules.visitors or rules.phone_reason(who.visitor):
        return "visitor"
    if rules.asks_inquiry(who.visitor) and not who.has_inquiry:
        return "inquiry"
    return "guardian" if _comes_too_young(who, last_day(door, rules)) else None


def _open_after_time(
    door: DoorContext, draft: BookingDraft, number: int, who: PersonAnswers, day: date
) -> str | None:
    if _comes_too_young(who, day):
        return "guardian"
    if lacks_about_you(rules_of(door, who), who):
        return "you"
    return "you" if number == 1 and lacks_reach(party_rules(door, draft), draft) else None


def _comes_too_young(who: PersonAnswers, day: date) -> bool:
    born = who.born_date
    return born is not None and who.visitor != "guardian" and is_under_age(born, day)
