"""About the person: as little as the procedures need, and how to reach whoever books."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door.door import Visit, draft_page, draft_post
from services.gateway.internet.door.drafts import Draft
from services.gateway.internet.door.forms import read_about_you
from services.gateway.internet.door.reach import read_reach
from services.gateway.internet.door.seats import Seat, answered, person_routes, seat_of
from services.gateway.internet.door.steps import onward, party_rules
from services.gateway.internet.door.who import birth_answers
from services.gateway.web.forms import Form
from services.gateway.web.reading import Errors


@draft_page
async def you(visit: Visit, draft: Draft) -> Response:
    seat = seat_of(visit, draft)
    if not draft.starts_at:
        return onward(visit.door, draft)
    return _you_page(visit, draft, seat, {})


@draft_post
async def send_you(visit: Visit, draft: Draft, form: Form) -> Response:
    seat, today = seat_of(visit, draft), day_of(visit.door.clock())
    rules = seat.rules
    asked = {"asks_name": rules.asks_name, "asks_birth": rules.asks_birth}
    read = read_about_you(form, **asked, today=today)
    answers: dict[str, Any] = {
        "cards": read.cards if rules.asks_cards else 0,
    }
    if rules.asks_name:
        answers["kana"] = read.kana
    if rules.asks_birth:
        answers |= birth_answers(read.birth, read.born)
    more, errors = _reach(visit, draft, seat, form)
    errors = read.errors | errors
    draft = answered(visit, draft, seat, **answers, **more, about_you=not errors)
    return (
        _you_page(visit, draft, seat_of(visit, draft), errors, 422)
        if errors
        else onward(visit.door, draft)
    )


def _reach(visit: Visit, draft: Draft, seat: Seat, form: Form) -> tuple[dict[str, Any], Errors]:
    """Needs are each person's own; how to reach all of them is asked once, with the first."""
    first, together = seat.number == 1, party_rules(visit.door, draft)
    email, phone = (together.email, together.phone) if first else ("off", "off")
    reach = read_reach(form, email=email, phone=phone)
    answers: dict[str, Any] = {"needs": reach.needs if seat.rules.asks_needs else ()}
    if first:
        answers |= {"email": reach.email, "phone": reach.phone}
    return answers, reach.errors


def _you_page(
    visit: Visit, draft: Draft, seat: Seat, errors: Errors, status: int = 200
) -> Response:
    first, together = seat.number == 1, party_rules(visit.door, draft)
    return visit.page(
        "you.html",
        status,
        draft=draft,
        seat=seat,
        email=together.email if first else "off",
        phone=together.phone if first else "off",
        errors=errors,
    )


ROUTES = [
    Route(path, endpoint, methods=[method])
    for endpoint, method in ((you, "GET"), (send_you, "POST"))
    for path in person_routes("you")
]
