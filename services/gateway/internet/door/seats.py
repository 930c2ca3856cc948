"""The person whom a page is about: the first, or one of those who come along."""

from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from services.gateway.web.rules import VisitRules

from .answers import PersonAnswers
from .door import CitizenRequest
from .drafts import BookingDraft
from .steps import rules_of


@dataclass(frozen=True)
class Seat:
    """`root` leads from the page to the draft's own address; `shared` says that others come too."""

    number: int
    who: PersonAnswers
    rules: VisitRules
    root: str
    shared: bool


def seat_of(citizen: CitizenRequest, draft: BookingDraft) -> Seat:
    """The person that the address names. Raises 404 when there is no such person (any more)."""
    number = int(citizen.request.path_params.get("person", "1"))
    if not 1 <= number <= len(draft.everyone) or not draft.procedure_id:
        raise HTTPException(404)
    who, root = draft.who(number), "" if number == 1 else "../../"
    return Seat(number, who, rules_of(citizen.door, who), root, bool(draft.people))


def seats_of(citizen: CitizenRequest, draft: BookingDraft) -> list[Seat]:
    """Everybody, as the pages about all of them show them."""
    shared = bool(draft.people)
    return [
        Seat(number, who, rules_of(citizen.door, who), "", shared)
        for number, who in enumerate(draft.everyone, 1)
    ]


def person_routes(page: str) -> tuple[str, str]:
    """The addresses of a page for the first person and for the others."""
    return f"/book/{{draft}}/{page}", f"/book/{{draft}}/people/{{person:int}}/{page}"


def answered(
    citizen: CitizenRequest, draft: BookingDraft, seat: Seat, **answers: Any
) -> BookingDraft:
    """The draft with these answers about the person, kept."""
    return citizen.keep(draft.answer(seat.number, **answers))
