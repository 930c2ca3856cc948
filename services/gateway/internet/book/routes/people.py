"""Who comes along: up to four people in one go, side by side or one after the other."""

from datetime import date
from typing import get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Arrangement, Procedure, Relation
from libs.rules.visits import party_limit
from services.gateway.internet.door.door import Visit, draft_page, draft_post, go, office_of
from services.gateway.internet.door.drafts import Draft
from services.gateway.internet.door.seats import seat_of, seats_of
from services.gateway.internet.door.steps import (
    at_card_office,
    onward,
    open_before_time,
    party_rules,
)
from services.gateway.internet.door.who import Who
from services.gateway.internet.offer.parties import Party
from services.gateway.web.forms import Form

RELATIONS: tuple[Relation, ...] = get_args(Relation)
ARRANGEMENTS: tuple[Arrangement, ...] = ("together", "in_turn")


@draft_page
async def people(visit: Visit, draft: Draft) -> Response:
    """Everybody so far, who else may be added, and how all of them are received."""
    page = open_before_time(visit.door, draft)
    if page not in (None, "people", "visitor"):
        return onward(visit.door, draft)
    return visit.page(
        "people.html",
        draft=draft,
        seats=seats_of(visit, draft),
        office=office_of(visit.door, draft.office_id),
        addable=_addable(visit, draft),
        first_days={one: _first_day(visit, draft, one) for one in ARRANGEMENTS},
    )


@draft_post
async def add(visit: Visit, draft: Draft, form: Form) -> Response:
    wanted = form.get("procedure")
    if wanted not in {p.procedure_id for p in _addable(visit, draft)}:
        return go("people")
    return onward(visit.door, visit.keep(draft.joined_by(Who(procedure_id=wanted))))


@draft_post
async def arrange(visit: Visit, draft: Draft, form: Form) -> Response:
    chosen = next((one for one in ARRANGEMENTS if one == form.get("arrangement")), None)
    if chosen is None or (draft.only_in_turn and chosen != "in_turn"):
        return go("people")
    draft = visit.keep(_with_words(draft, form))
    if chosen != draft.arrangement:
        draft = visit.keep(draft.without_time().change(arrangement=chosen))
    return onward(visit.door, draft)


def _with_words(draft: Draft, form: Form) -> Draft:
    """Each person with the word that was chosen, or without one."""
    for number in range(1, len(draft.everyone) + 1):
        chosen = form.get(f"relation-{number}")
        word = next((word for word in RELATIONS if word == chosen), "")
        draft = draft.answer(number, relation=word)
    return draft


@draft_page
async def elsewhere(visit: Visit, draft: Draft) -> Response:
    """Says that a card lies at another office than the others, and what one can do."""
    seat = seat_of(visit, draft)
    if seat.who.card_office in ("", draft.office_id) or not seat.rules.at_card_office:
        return onward(visit.door, draft)
    return visit.page(
        "elsewhere.html",
        seat=seat,
        here=office_of(visit.door, draft.office_id),
        there=office_of(visit.door, seat.who.card_office),
    )


@draft_post
async def remove(visit: Visit, draft: Draft, _: Form) -> Response:
    seat = seat_of(visit, draft)
    if seat.number == 1:
        raise HTTPException(404)
    left = at_card_office(visit.door, draft.left_by(seat.number))
    return onward(visit.door, visit.keep(left))


def _addable(visit: Visit, draft: Draft) -> list[Procedure]:
    """What one more person may come for: at this office, and while the party is not too large."""
    catalog, size = visit.door.catalog, len(draft.everyone)
    limit = party_limit(party_rules(visit.door, draft).procedures)
    return [
        p
        for p in catalog.online()
        if size < min(limit, p.party_limit)
        and draft.office_id in {o.office_id for o in catalog.offering(p.procedure_id)}
    ]


def _first_day(visit: Visit, draft: Draft, arrangement: Arrangement) -> date | None:
    party = Party(draft.wish.people, arrangement)
    return visit.door.availability.first_free(draft.office_id, party, visit.door.clock())


ROUTES = [
    Route("/book/{draft}/people", people, methods=["GET"]),
    Route("/book/{draft}/people", add, methods=["POST"]),
    Route("/book/{draft}/arrangement", arrange, methods=["POST"]),
    Route("/book/{draft}/people/{person:int}/elsewhere", elsewhere, methods=["GET"]),
    Route("/book/{draft}/people/{person:int}/remove", remove, methods=["POST"]),
]
