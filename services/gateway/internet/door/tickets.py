"""Eligibility's word for the cards of a booking: asked for once, and again when it grows old."""

import time
from collections.abc import Awaitable

from starlette.responses import Response

from libs.contracts.eligibility import Check, CheckReply
from services.gateway.web.link import Refused

from .answers import PersonAnswers
from .door import CitizenRequest, DoorContext, go
from .drafts import BookingDraft
from .steps import at_card_office, card_offices, page_of, rules_of

CHECK_AGAIN = frozenset({"not-eligible", "no-match", "already-collected", "locked", "not-found"})
"""Refusals after which a card is typed and checked once more."""


class CardRefused(Exception):
    """The card of the person of this number has to be typed and checked once more."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def check_again(citizen: CitizenRequest, draft: BookingDraft, number: int) -> Response:
    citizen.keep(draft.unidentified(number))
    return go(f"{draft.path}{page_of(number, 'card')}?again=1")


def person_in(refused: Refused) -> int:
    """The number of the person whom a refusal is about; the first where it does not say."""
    return int(refused.facts.get("person", 0)) + 1


async def with_ticket(
    citizen: CitizenRequest, draft: BookingDraft, number: int, work: str | None = None
) -> BookingDraft:
    """The draft with a fresh ticket for that person, at the office where the card is.

    `work` pays for the try where it is not free. Who was identified before is asked about without
    the origin: what others at the same place do costs them nothing. Raises Refused."""
    who = draft.who(number)
    assert who.born, "the person was identified"
    origin = None if who.ticket else citizen.origin
    asked = {"card_number": who.code, "born": who.born, "work": work, "origin": origin}
    check = Check.model_validate(asked | {"opened": who.card_opened or None})

    def ask() -> Awaitable[CheckReply]:
        return citizen.door.eligibility.check(citizen.actor, check)

    reply = await (ask() if who.ticket else citizen.in_turn("eligibility", ask))
    if reply.state == "collected":
        raise Refused(409, "already-collected", {})
    known = draft.answer(
        number,
        ticket=reply.ticket,
        ticket_at=time.time(),
        card_office=reply.office_id,
        card_opened=reply.opened,
    )
    return at_card_office(citizen.door, known)


def ticket_of(door: DoorContext, who: PersonAnswers) -> str | None:
    """Only where a procedure needs a card, whatever was typed before."""
    return (rules_of(door, who).needs_card and who.ticket) or None


async def with_fresh_tickets(citizen: CitizenRequest, draft: BookingDraft) -> BookingDraft:
    """The draft with a ticket for everybody who needs one, at the office it had.

    Raises Refused, and CardRefused, also for a card that is at another office by now."""
    office_id = draft.office_id
    for number, who in enumerate(draft.everyone, 1):
        if who.ticket_is_fresh or not rules_of(citizen.door, who).needs_card:
            continue
        try:
            draft = await with_ticket(citizen, draft, number)
        except Refused as refused:
            if refused.slug in CHECK_AGAIN:
                raise CardRefused(number) from refused
            raise
        if any(one != office_id for one in card_offices(citizen.door, draft)):
            raise CardRefused(number)
    return citizen.keep(draft)
