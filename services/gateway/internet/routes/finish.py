"""Check, confirm, done: the last pages of a new booking."""

from dataclasses import replace
from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Booking, BookingRequest, Hold
from services.gateway.internet.door import (
    Door,
    Visit,
    draft_page,
    draft_post,
    go,
    office_of,
    procedure_of,
)
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import read_form_key
from services.gateway.internet.steps import onward, open_question, rules_of
from services.gateway.web.emails import suggest_email
from services.gateway.web.forms import Form
from services.gateway.web.language import speaking
from services.gateway.web.link import Refused

from .holding import around, not_held, take_hold
from .identify import with_ticket

SOON = timedelta(minutes=3)
"""So little is left when a page says that the hold ends soon."""


@draft_page
async def check(visit: Visit, draft: Draft) -> Response:
    if draft.number:
        return go("done")
    if open_question(visit.door, draft):
        return onward(visit.door, draft)
    procedure = procedure_of(visit.door, draft.procedure_id)
    office = office_of(visit.door, draft.office_id)
    return visit.page(
        "check.html" if is_held(visit, draft) else "expired.html",
        draft=draft,
        soon=ends_soon(visit, draft),
        around=around(visit, draft, _start(draft)),
        procedure=procedure,
        office=office,
        rules=rules_of(visit.door, draft),
        meant=suggest_email(draft.email),
    )


@draft_post
async def mend_email(visit: Visit, draft: Draft, _: Form) -> Response:
    """Takes the address that the summary asked about."""
    visit.keep(draft.change(email=suggest_email(draft.email) or draft.email))
    return go("check")


@draft_post
async def extend(visit: Visit, draft: Draft, form: Form) -> Response:
    """Five minutes more. Also for a change of a booking."""
    try:
        hold = await visit.door.booking.extend(visit.actor, read_form_key(form))
    except Refused as refused:
        if refused.slug == "no-more-extensions":
            visit.keep(replace(draft, extensions_left=0))
        elif refused.slug == "hold-expired":
            visit.keep(draft.without_hold())
        else:
            raise
        return go("check")
    visit.keep(draft.with_hold(hold) if holds(hold, draft) else draft.without_hold())
    return go("check")


@draft_post
async def confirm(visit: Visit, draft: Draft, form: Form) -> Response:
    """Make the held time a booking. Sent twice, it is one booking and the same last page."""
    key = read_form_key(form)
    if draft.number:
        return go("done")
    if open_question(visit.door, draft):
        return onward(visit.door, draft)
    try:
        booking = await _book(visit, draft, key)
    except Refused as refused:
        return _not_booked(visit, visit.draft or draft, refused)
    visit.keep(draft.booked(booking))
    return go("done")


def holds(hold: Hold, draft: Draft) -> bool:
    """Whether the session's hold is the one this draft shows. Another tab may have moved it."""
    return (hold.procedure_id, hold.office_id, hold.starts_at) == (
        draft.procedure_id,
        draft.office_id,
        draft.start,
    )


@draft_page
async def done(visit: Visit, draft: Draft) -> Response:
    if not draft.number:
        return go("check")
    procedure = procedure_of(visit.door, draft.procedure_id)
    office = office_of(visit.door, draft.office_id)
    rules = rules_of(visit.door, draft)
    return visit.page("done.html", draft=draft, procedure=procedure, office=office, rules=rules)


@draft_page
async def existing(visit: Visit, _: Draft) -> Response:
    """Says neither where nor when the other booking is."""
    return visit.page("existing.html", 409)


def is_held(visit: Visit, draft: Draft) -> bool:
    return draft.expiry is not None and draft.expiry > visit.door.clock()


def ends_soon(visit: Visit, draft: Draft) -> bool:
    return draft.expiry is not None and draft.expiry - visit.door.clock() <= SOON


def _request(door: Door, draft: Draft) -> BookingRequest:
    asks_inquiry = rules_of(door, draft).asks_inquiry(draft.visitor)
    answers = {
        "procedure_id": draft.procedure_id,
        "office_id": draft.office_id,
        "starts_at": draft.start,
        "visitor": draft.visitor,
        "ticket": draft.ticket or None,
        "kana": draft.kana or None,
        "born": None if draft.ticket else draft.born or None,
        "email": draft.email or None,
        "language": speaking.get().code,
        "phone": draft.phone or None,
        "needs": draft.needs,
        "cards": draft.cards or None,
        "has_inquiry": draft.has_inquiry if asks_inquiry else None,
    }
    return BookingRequest.model_validate(answers)


async def _book(visit: Visit, draft: Draft, key: str) -> Booking:
    """A hold that has ended is taken again on the way: who pressed the button wants this time.
    Raises Refused."""
    if procedure_of(visit.door, draft.procedure_id).needs_card and not draft.ticket_is_fresh:
        draft = visit.keep(await with_ticket(visit, draft))
    try:
        return await visit.door.booking.book(visit.actor, key, _request(visit.door, draft))
    except Refused as refused:
        if refused.slug != "hold-expired":
            raise
    draft = visit.keep(draft.without_hold())
    draft = await take_hold(visit, draft, _start(draft), key)
    return await visit.door.booking.book(visit.actor, key, _request(visit.door, draft))


def _not_booked(visit: Visit, draft: Draft, refused: Refused) -> Response:
    match refused.slug:
        case "hold-expired":
            visit.keep(draft.without_hold())
            return go("check")
        case "guardian-needed":
            return go("guardian")
        case _:
            return not_held(visit, draft, _start(draft), refused)


def _start(draft: Draft) -> datetime:
    assert draft.start is not None, "a time was chosen before it is confirmed"
    return draft.start


ROUTES = [
    Route("/book/{draft}/check", check, methods=["GET"]),
    Route("/book/{draft}/email", mend_email, methods=["POST"]),
    Route("/book/{draft}/extend", extend, methods=["POST"]),
    Route("/book/{draft}/confirm", confirm, methods=["POST"]),
    Route("/book/{draft}/done", done, methods=["GET"]),
    Route("/book/{draft}/existing", existing, methods=["GET"]),
]
