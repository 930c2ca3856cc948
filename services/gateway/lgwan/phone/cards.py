"""Whose cards the booking ids of the form are, and at which office they lie."""

from libs.contracts.eligibility import Check, CheckReply
from services.gateway.lgwan.counter import sentences as say
from services.gateway.lgwan.counter.entry import prefix_of
from services.gateway.lgwan.counter.person import Who
from services.gateway.web.link import Refused, Unreachable

from .sitting import Sitting


async def check_cards(sitting: Sitting) -> None:
    """Ask as soon as number and date of birth are there; what comes of it is told."""
    bound = False
    for person, (who, rules) in enumerate(zip(sitting.entry.people, sitting.rules, strict=True)):
        if not (rules.needs_card and who.is_complete_card):
            continue
        reply = await _card_of(sitting, person, who)
        if reply is None:
            continue
        sitting.tickets[person] = reply.ticket
        found = say.card_found(_office(sitting, reply))
        sitting.notes.append(_about(sitting, person, found))
        if rules.at_card_office:
            _go_to_card(sitting, person, reply, bound)
            bound = True


async def _card_of(sitting: Sitting, person: int, who: Who) -> CheckReply | None:
    """None where it cannot be told, which is then said."""
    assert who.born
    asked = Check(card_number=who.card, born=who.born)
    try:
        return await sitting.services.eligibility.check(sitting.actor, asked)
    except Unreachable:
        sitting.errors[prefix_of(person) + "card"] = say.CARD_AWAY
    except Refused as refused:
        sitting.refuse(refused, person)
    return None


def _go_to_card(sitting: Sitting, person: int, reply: CheckReply, bound: bool) -> None:
    """The office follows the first card that has one, which is then `bound`, as long as no time is
    held at another."""
    if reply.office_id == sitting.entry.office_id:
        return
    office = _office(sitting, reply)
    if bound:
        sitting.errors[prefix_of(person) + "card"] = say.lies_apart(office)
    elif reply.office_id not in sitting.offices:
        sitting.errors["office"] = _about(sitting, person, say.not_yours(office))
    elif sitting.entry.held:
        sitting.errors["office"] = _about(sitting, person, say.choose_again(office))
    else:
        sitting.entry = sitting.entry.change(office_id=reply.office_id)


def _office(sitting: Sitting, reply: CheckReply) -> str:
    return sitting.guide.office(reply.office_id)


def _about(sitting: Sitting, person: int, sentence: str) -> str:
    return f"{say.whose(person)}：{sentence}" if sitting.entry.is_party else sentence
