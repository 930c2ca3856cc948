"""Who comes along: up to four people in one go, side by side or one after the other."""

from datetime import date
from typing import get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Arrangement, Procedure, Relation
from libs.rules.visits import party_limit
from services.gateway.internet.door.answers import PersonAnswers
from services.gateway.internet.door.door import (
    CitizenRequest,
    draft_page,
    draft_post,
    go,
    office_of,
)
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.seats import seat_of, seats_of
from services.gateway.internet.door.steps import (
    at_card_office,
    onward,
    open_before_time,
    party_rules,
)
from services.gateway.internet.offer.parties import Party
from services.gateway.web.forms import Form

RELATIONS: tuple[Relation, ...] = get_args(Relation)
ARRANGEMENTS: tuple[Arrangement, ...] = ("together", "in_turn")


@draft_page
async def people(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Everybody so far, who else may be added, and how all of them are received."""
    page = open_before_time(citizen.door, draft)
    if page not in (None, "people", "visitor"):
        return onward(citizen.door, draft)
    return citizen.page(
        "people.html",
        draft=draft,
        seats=seats_of(citizen, draft),
        office=office_of(citizen.door, draft.office_id),
        addable=_addable(citizen, draft),
        first_days={one: _first_day(citizen, draft, one) for one in ARRANGEMENTS},
    )


@draft_post
async def add(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    wanted = form.get("procedure")
    if wanted not in {p.procedure_id for p in _addable(citizen, draft)}:
        return go("people")
    return onward(citizen.door, citizen.keep(draft.joined_by(PersonAnswers(procedure_id=wanted))))


@draft_post
async def arrange(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    chosen = next((one for one in ARRANGEMENTS if one == form.get("arrangement")), None)
    if chosen is None or (draft.only_in_turn and chosen != "in_turn"):
        return go("people")
    draft = citizen.keep(_with_words(draft, form))
    if chosen != draft.arrangement:
        draft = citizen.keep(draft.without_time().change(arrangement=chosen))
    return onward(citizen.door, draft)


def _with_words(draft: BookingDraft, form: Form) -> BookingDraft:
    """Each person with the word that was chosen, or without one."""
    for number in range(1, len(draft.everyone) + 1):
        chosen = form.get(f"relation-{number}")
        word = next((word for word in RELATIONS if word == chosen), "")
        draft = draft.answer(number, relation=word)
    return draft


@draft_page
async def elsewhere(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Says that a card lies at another office than the others, and what one can do."""
    seat = seat_of(citizen, draft)
    if seat.who.card_office in ("", draft.office_id) or not seat.rules.at_card_office:
        return onward(citizen.door, draft)
    return citizen.page(
        "elsewhere.html",
        seat=seat,
        here=office_of(citizen.door, draft.office_id),
        there=office_of(citizen.door, seat.who.card_office),
    )


@draft_post
async def remove(citizen: CitizenRequest, draft: BookingDraft, _: Form) -> Response:
    seat = seat_of(citizen, draft)
    if seat.number == 1:
        raise HTTPException(404)
    left = at_card_office(citizen.door, draft.left_by(seat.number))
    return onward(citizen.door, citizen.keep(left))


def _addable(citizen: CitizenRequest, draft: BookingDraft) -> list[Procedure]:
    """What one more person may come for: at this office, and while the party is not too large."""
    catalog, size = citizen.door.catalog, len(draft.everyone)
    limit = party_limit(party_rules(citizen.door, draft).procedures)
    return [
        p
        for p in catalog.online()
        if size < min(limit, p.party_limit)
        and draft.office_id in {o.office_id for o in catalog.offering(p.procedure_id)}
    ]


def _first_day(
    citizen: CitizenRequest, draft: BookingDraft, arrangement: Arrangement
) -> date | None:
    party = Party(draft.wish.people, arrangement)
    return citizen.door.availability.first_free(draft.office_id, party, citizen.door.clock())


ROUTES = [
    Route("/book/{draft}/people", people, methods=["GET"]),
    Route("/book/{draft}/people", add, methods=["POST"]),
    Route("/book/{draft}/arrangement", arrange, methods=["POST"]),
    Route("/book/{draft}/people/{person:int}/elsewhere", elsewhere, methods=["GET"]),
    Route("/book/{draft}/people/{person:int}/remove", remove, methods=["POST"]),
]
