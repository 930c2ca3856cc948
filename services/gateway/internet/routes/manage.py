"""One's own booking: see it, cancel it, move it to another time."""

from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Booking, BookingProof, ChangeRequest
from services.gateway.internet.door import (
    Visit,
    draft_page,
    draft_post,
    go,
    office_of,
    procedure_of,
)
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import read_form_key
from services.gateway.internet.steps import rules_for
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

from .finish import extend


@draft_page
async def show(visit: Visit, draft: Draft) -> Response:
    return await _with_booking(visit, draft, "booking.html")


@draft_page
async def ask_cancel(visit: Visit, draft: Draft) -> Response:
    return await _with_booking(visit, draft, "cancel.html")


@draft_post
async def cancel(visit: Visit, draft: Draft, form: Form) -> Response:
    try:
        await visit.door.booking.cancel(visit.actor, read_form_key(form), _proof(draft))
    except Refused as refused:
        if refused.slug not in ("not-found", "too-late", "not-active"):
            raise
        return go("show")
    visit.keep(replace(draft.without_hold(), starts_at="", done="cancelled"))
    return go("show")


@draft_page
async def check_change(visit: Visit, draft: Draft) -> Response:
    if not draft.starts_at:
        return go("show")
    held = draft.expiry is not None and draft.expiry > visit.door.clock()
    return await _with_booking(visit, draft, "change.html" if held else "expired.html")


@draft_post
async def change(visit: Visit, draft: Draft, form: Form) -> Response:
    """Move the booking to the held time. Until this succeeds the old time stays."""
    key = read_form_key(form)
    try:
        await visit.door.booking.change(visit.actor, key, _change(draft))
    except Refused as refused:
        if refused.slug == "hold-expired":
            visit.keep(draft.without_hold())
            return go("check")
        if refused.slug not in ("not-found", "too-late", "not-active"):
            raise
        return go("show")
    visit.keep(replace(draft.without_hold(), starts_at="", done="changed"))
    return go("show")


async def _with_booking(visit: Visit, draft: Draft, template: str) -> Response:
    """A page about the booking as it is now."""
    try:
        booking: Booking = await visit.door.booking.find(visit.actor, _proof(draft))
    except Refused as refused:
        if refused.status != 404:
            raise
        return go("/find?again=1")
    return visit.page(
        template,
        draft=draft,
        booking=booking,
        rules=rules_for(visit.door, (booking.procedure_id, *booking.also)),
        procedure=procedure_of(visit.door, booking.procedure_id),
        office=office_of(visit.door, booking.office_id),
    )


def _proof(draft: Draft) -> BookingProof:
    assert draft.proof is not None, "drafts of this area carry the proof"
    return draft.proof


def _change(draft: Draft) -> ChangeRequest:
    """The move to the time that the page showed."""
    assert draft.start is not None, "a change is confirmed on a page that shows the new time"
    proof = _proof(draft).model_dump()
    return ChangeRequest(**proof, office_id=draft.office_id, starts_at=draft.start)


ROUTES = [
    Route("/booking/{draft}/show", show, methods=["GET"]),
    Route("/booking/{draft}/cancel", ask_cancel, methods=["GET"]),
    Route("/booking/{draft}/cancel", cancel, methods=["POST"]),
    Route("/booking/{draft}/check", check_change, methods=["GET"]),
    Route("/booking/{draft}/extend", extend, methods=["POST"]),
    Route("/booking/{draft}/change", change, methods=["POST"]),
]
