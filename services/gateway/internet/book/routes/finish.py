"""Check, confirm, done: the last pages of a new booking."""

from datetime import datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import BookingRequest, CitizenBooking
from services.gateway.internet.door.answers import PersonAnswers
from services.gateway.internet.door.door import (
    CitizenRequest,
    DoorContext,
    draft_page,
    draft_post,
    go,
    guided,
    map_of,
    office_of,
)
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.forms import read_form_key
from services.gateway.internet.door.holding import (
    around,
    extend,
    is_held,
    not_held,
    take_hold,
)
from services.gateway.internet.door.packing import pack
from services.gateway.internet.door.seats import seats_of
from services.gateway.internet.door.steps import onward, open_question, party_rules, rules_of
from services.gateway.internet.door.tickets import (
    CardRefused,
    check_again,
    ticket_of,
    with_fresh_tickets,
)
from services.gateway.web.emails import suggest_email
from services.gateway.web.forms import Form
from services.gateway.web.language import speaking
from services.gateway.web.link import Refused

NOT_JOINED = ("party-full", "not-active", "not-found")


@draft_page
async def check(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    if draft.ended:
        return go("done")
    if open_question(citizen.door, draft):
        return onward(citizen.door, draft)
    held, seats = is_held(citizen, draft), seats_of(citizen, draft)
    return citizen.page(
        "check.html" if held else "expired.html",
        draft=draft,
        around=None if held else around(citizen, draft, _start(draft)),
        office=office_of(citizen.door, draft.office_id, draft.start),
        guided=guided(citizen.door, draft.office_id, draft.start),
        seats=seats,
        packing=pack(seats),
        together=party_rules(citizen.door, draft),
        meant=suggest_email(draft.email),
    )


@draft_post
async def mend_email(citizen: CitizenRequest, draft: BookingDraft, _: Form) -> Response:
    """Takes the address that the summary asked about."""
    citizen.keep(draft.change(email=suggest_email(draft.email) or draft.email))
    return go("check")


@draft_post
async def confirm(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Make the held time a booking. Sent twice, it is one booking and the same last page. From the
    page that asks whether it is `another` person, it says that it is."""
    key = read_form_key(form)
    if open_question(citizen.door, draft):
        return onward(citizen.door, draft)
    try:
        booking = await _book(citizen, draft, key, form.get("another") == "1")
    except CardRefused as refused:
        return check_again(citizen, citizen.draft or draft, refused.number)
    except Refused as refused:
        return _not_booked(citizen, citizen.draft or draft, refused)
    citizen.keep(draft.booked(booking))
    return go("done")


@draft_page
async def done(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    if not draft.ended:
        return go("check")
    seats = seats_of(citizen, draft)
    return citizen.page(
        "done.html",
        draft=draft,
        office=office_of(citizen.door, draft.office_id, draft.start),
        map=map_of(citizen.door, draft.office_id, _start(draft)),
        guided=guided(citizen.door, draft.office_id, draft.start),
        seats=seats,
        packing=pack(seats),
        together=party_rules(citizen.door, draft),
    )


@draft_page
async def existing(citizen: CitizenRequest, _: BookingDraft) -> Response:
    """Says neither where nor when the other booking is."""
    return citizen.page("existing.html", 409)


@draft_page
async def alike(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Asks whether it is another person; says nothing of the other booking."""
    if draft.ended or open_question(citizen.door, draft):
        return onward(citizen.door, draft)
    return citizen.page("alike.html", 409, draft=draft)


def _request(door: DoorContext, draft: BookingDraft, another: bool) -> BookingRequest:
    first, *others = (_person(door, who) for who in draft.everyone)
    answers = {
        "procedure_id": draft.procedure_id,
        "office_id": draft.office_id,
        "starts_at": draft.start,
        "email": draft.email or None,
        "language": speaking.get().code,
        "phone": draft.phone or None,
        "party": others,
        "joins": draft.joins,
        "another_person": another,
    }
    return BookingRequest.model_validate(first | answers)


def _person(door: DoorContext, who: PersonAnswers) -> dict[str, Any]:
    """What the counter should know of one person, and nothing that is not asked for."""
    rules = rules_of(door, who)
    asks_inquiry = rules.asks_inquiry(who.visitor)
    return {
        "visitor": who.visitor,
        "procedure_ids": who.procedure_ids,
        "ticket": ticket_of(door, who),
        "kana": who.kana if rules.asks_name else None,
        "born": who.born if rules.asks_birth else None,
        "needs": who.needs,
        "interpreter": who.interpreter or None,
        "relation": who.relation or None,
        "cards": who.cards or None,
        "has_inquiry": who.has_inquiry if asks_inquiry else None,
    }


async def _book(
    citizen: CitizenRequest, draft: BookingDraft, key: str, another: bool
) -> CitizenBooking:
    """A hold that has ended is taken again on the way: who pressed the button wants this time.
    Raises Refused and CardRefused."""
    draft = await with_fresh_tickets(citizen, draft)
    booking, actor = citizen.door.booking, citizen.actor
    try:
        return await booking.book(actor, key, _request(citizen.door, draft, another))
    except Refused as refused:
        if refused.slug != "hold-expired":
            raise
    draft = citizen.keep(draft.without_hold())
    draft = await take_hold(citizen, draft, _start(draft), key)
    return await booking.book(actor, key, _request(citizen.door, draft, another))


def _not_booked(citizen: CitizenRequest, draft: BookingDraft, refused: Refused) -> Response:
    if refused.slug == "hold-expired":
        citizen.keep(draft.without_hold())
        return go("check")
    if draft.joins and refused.slug in NOT_JOINED:
        return go("alone")
    return not_held(citizen, draft, _start(draft), refused)


def _start(draft: BookingDraft) -> datetime:
    assert draft.start is not None, "a time was chosen before it is confirmed"
    return draft.start


ROUTES = [
    Route("/book/{draft}/check", check, methods=["GET"]),
    Route("/book/{draft}/email", mend_email, methods=["POST"]),
    Route("/book/{draft}/extend", extend, methods=["POST"]),
    Route("/book/{draft}/confirm", confirm, methods=["POST"]),
    Route("/book/{draft}/done", done, methods=["GET"]),
    Route("/book/{draft}/existing", existing, methods=["GET"]),
    Route("/book/{draft}/alike", alike, methods=["GET"]),
]
