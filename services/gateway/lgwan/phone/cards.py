"""Whose cards the booking ids of the form are, and at which office they lie."""

from libs.contracts.eligibility import Check, CheckReply
from services.gateway.lgwan.counter import sentences as say
from services.gateway.lgwan.counter.entry import prefix_of
from services.gateway.lgwan.counter.person import TypedPerson
from services.gateway.web.link import Refused, Unreachable

from .phone_form import PhoneForm


async def check_cards(phone_form: PhoneForm) -> None:
    """Ask as soon as number and date of birth are there; what comes of it is told."""
    bound = False
    for person, (who, rules) in enumerate(
        zip(phone_form.entry.people, phone_form.rules, strict=True)
    ):
        if not (rules.needs_card and who.is_complete_card):
            continue
        reply = await _card_of(phone_form, person, who)
        if reply is None:
            continue
        phone_form.tickets[person] = reply.ticket
        found = say.card_found(_office(phone_form, reply))
        phone_form.notes.append(_about(phone_form, person, found))
        if rules.at_card_office:
            _go_to_card(phone_form, person, reply, bound)
            bound = True


async def _card_of(phone_form: PhoneForm, person: int, who: TypedPerson) -> CheckReply | None:
    """None where it cannot be told, which is then said."""
    assert who.born
    asked = Check(card_number=who.card, born=who.born)
    try:
        return await phone_form.services.eligibility.check(phone_form.actor, asked)
    except Unreachable:
        phone_form.errors[prefix_of(person) + "card"] = say.CARD_AWAY
    except Refused as refused:
        phone_form.refuse(refused, person)
    return None


def _go_to_card(phone_form: PhoneForm, person: int, reply: CheckReply, bound: bool) -> None:
    """The office follows the first card that has one, which is then `bound`, as long as no time is
    held at another."""
    if reply.office_id == phone_form.entry.office_id:
        return
    office = _office(phone_form, reply)
    if bound:
        phone_form.errors[prefix_of(person) + "card"] = say.lies_apart(office)
    elif reply.office_id not in phone_form.offices:
        phone_form.errors["office"] = _about(phone_form, person, say.not_yours(office))
    elif phone_form.entry.held:
        phone_form.errors["office"] = _about(phone_form, person, say.choose_again(office))
    else:
        phone_form.entry = phone_form.entry.change(office_id=reply.office_id)


def _office(phone_form: PhoneForm, reply: CheckReply) -> str:
    return phone_form.catalog.office(reply.office_id)


def _about(phone_form: PhoneForm, person: int, sentence: str) -> str:
    return f"{say.whose(person)}：{sentence}" if phone_form.entry.is_party else sentence
