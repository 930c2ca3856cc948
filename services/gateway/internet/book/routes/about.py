"""About the person: as little as the procedures need, and how to reach whoever books."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door.answers import birth_answers
from services.gateway.internet.door.contact_details import read_contact_details
from services.gateway.internet.door.door import CitizenRequest, draft_page, draft_post, office_of
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.forms import read_about_you
from services.gateway.internet.door.seats import Seat, answered, person_routes, seat_of
from services.gateway.internet.door.steps import onward, party_rules
from services.gateway.web.forms import Form
from services.gateway.web.reading import Errors


@draft_page
async def you(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    seat = seat_of(citizen, draft)
    if not draft.starts_at:
        return onward(citizen.door, draft)
    return _you_page(citizen, draft, seat, {})


@draft_post
async def send_you(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    seat, today = seat_of(citizen, draft), day_of(citizen.door.clock())
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
    more, errors = _reach(citizen, draft, seat, form)
    errors = read.errors | errors
    draft = answered(citizen, draft, seat, **answers, **more, about_you=not errors)
    return (
        _you_page(citizen, draft, seat_of(citizen, draft), errors, 422)
        if errors
        else onward(citizen.door, draft)
    )


def _reach(
    citizen: CitizenRequest, draft: BookingDraft, seat: Seat, form: Form
) -> tuple[dict[str, Any], Errors]:
    """Needs are each person's own; how to reach all of them is asked once, with the first."""
    first, together = seat.number == 1, party_rules(citizen.door, draft)
    email, phone = (together.email, together.phone) if first else ("off", "off")
    reach = read_contact_details(form, email=email, phone=phone)
    answers: dict[str, Any] = {"needs": (), "interpreter": ""}
    if seat.rules.asks_needs:
        answers = {"needs": reach.needs, "interpreter": reach.interpreter or ""}
    if first:
        answers |= {"email": reach.email, "phone": reach.phone}
    return answers, reach.errors


def _you_page(
    citizen: CitizenRequest, draft: BookingDraft, seat: Seat, errors: Errors, status: int = 200
) -> Response:
    first, together = seat.number == 1, party_rules(citizen.door, draft)
    return citizen.page(
        "you.html",
        status,
        draft=draft,
        seat=seat,
        office=office_of(citizen.door, draft.office_id, draft.start),
        email=together.email if first else "off",
        phone=together.phone if first else "off",
        errors=errors,
    )


ROUTES = [
    Route(path, endpoint, methods=[method])
    for endpoint, method in ((you, "GET"), (send_you, "POST"))
    for path in person_routes("you")
]
