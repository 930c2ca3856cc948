"""One's own booking: see it, cancel it, move it to another time or office."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Booking, BookingProof, ChangeRequest, Office
from libs.contracts.times import JST, day_of
from services.gateway.internet.door.door import Visit, draft_page, draft_post, go, map_of, office_of
from services.gateway.internet.door.drafts import Done, Draft
from services.gateway.internet.door.forms import read_form_key, read_start
from services.gateway.internet.door.holding import (
    around,
    ends_soon,
    extend,
    is_held,
    not_held,
    take_hold,
)
from services.gateway.internet.door.offices import offices_for
from services.gateway.internet.door.steps import rules_for
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.rules import VisitRules


@dataclass(frozen=True)
class Offered:
    """A time that is held for whoever lost theirs."""

    office: Office
    at: datetime
    until: datetime

    @property
    def start(self) -> str:
        """As a form sends it."""
        return self.at.strftime("%Y-%m-%dT%H:%M")


MAILED: dict[str, Done] = {"mailed-enough": "mailed-enough", "unopened-mails": "unopened-mails"}
"""Refusals about mails, and what the page says of them."""
REFUSED = ("not-found", "too-late", "not-active")
"""The booking is shown as it is now, with what can still be done."""


@draft_page
async def show(visit: Visit, draft: Draft) -> Response:
    return await _with_booking(visit, draft, "booking.html")


@draft_page
async def ask_cancel(visit: Visit, draft: Draft) -> Response:
    return await _with_booking(visit, draft, "cancel.html")


@draft_post
async def cancel(visit: Visit, draft: Draft, form: Form) -> Response:
    try:
        await visit.door.booking.cancel(visit.actor, read_form_key(form), proof_of(draft))
    except Refused as refused:
        if refused.slug not in REFUSED:
            raise
        return go("show")
    visit.keep(draft.without_time().change(done="cancelled"))
    return go("show")


@draft_page
async def check_change(visit: Visit, draft: Draft) -> Response:
    if not draft.starts_at:
        return go("show")
    template = "change.html" if is_held(visit, draft) else "expired.html"
    return await _with_booking(visit, draft, template)


@draft_post
async def change(visit: Visit, draft: Draft, form: Form) -> Response:
    """Move the booking to the held time. Until this succeeds the old time stays. A page that was
    left open, or gone back to, may come when there is no time to move to."""
    key = read_form_key(form)
    if not draft.starts_at:
        return go("show")
    try:
        await _move(visit, draft, key)
    except Refused as refused:
        if refused.slug == "hold-expired":
            visit.keep(draft.without_hold())
            return go("check")
        return not_held(visit, draft, _start(draft), refused)
    visit.keep(draft.without_time().change(done="changed"))
    return go("show")


@draft_post
async def accept(visit: Visit, draft: Draft, form: Form) -> Response:
    """Move the booking to the time that the city proposed, and that the page showed."""
    key, proof = read_form_key(form), proof_of(draft).model_dump()
    ask = ChangeRequest(**proof, office_id=form.get("office"), starts_at=read_start(form))
    try:
        await visit.door.booking.accept(visit.actor, key, ask)
    except Refused as refused:
        if refused.slug not in (*REFUSED, "hold-expired", "card-elsewhere", "not-eligible"):
            raise
        visit.keep(draft.without_time().change(done="proposal-gone"))
        return go("show")
    visit.keep(draft.without_time().change(done="changed"))
    return go("show")


@draft_post
async def resend(visit: Visit, draft: Draft, form: Form) -> Response:
    """The mail once more. Where there is none to send, the page shows why."""
    done: Done = "resent"
    try:
        await visit.door.booking.resend(visit.actor, read_form_key(form), proof_of(draft))
    except Refused as refused:
        if refused.slug not in (*REFUSED, *MAILED):
            raise
        done = MAILED.get(refused.slug, "")
    visit.keep(draft.change(done=done))
    return go("show")


@draft_page
async def office(visit: Visit, draft: Draft) -> Response:
    """Another office for the new time, where the visit is not tied to one."""
    booking = await find_again(visit, draft)
    if booking is None:
        return lost()
    rules = rules_of_booking(visit, booking)
    if rules.at_card_office or not booking.can_change:
        return go("show")
    return visit.page("office.html", draft=draft, rules=rules, **offices_for(visit, draft))


@draft_post
async def choose_office(visit: Visit, draft: Draft, form: Form) -> Response:
    """Only where the times are looked for; the booking stays as it is."""
    chosen = office_of(visit.door, form.get("office"))
    return go(visit.keep(draft.at_office(chosen.office_id)).calendar())


async def find_again(visit: Visit, draft: Draft) -> Booking | None:
    """The booking as it is now; None when the proof opens it no more, or not without a puzzle."""
    try:
        return await visit.door.booking.find(visit.actor, proof_of(draft))
    except Refused as refused:
        if refused.status not in (404, 429):
            raise
        return None


def lost() -> Response:
    return go("/find?again=1")


def rules_of_booking(visit: Visit, booking: Booking) -> VisitRules:
    return rules_for(visit.door, (booking.procedure_id, *booking.also))


def proof_of(draft: Draft) -> BookingProof:
    assert draft.proof is not None, "drafts of this area carry the proof"
    return draft.proof


async def _with_booking(visit: Visit, draft: Draft, template: str) -> Response:
    """A page about the booking as it is now; what is cancelled or over can only be seen."""
    booking = await find_again(visit, draft)
    if booking is None:
        return lost()
    if template != "booking.html" and not booking.can_cancel:
        return go("show")
    return visit.page(
        template,
        draft=draft,
        booking=booking,
        soon=ends_soon(visit, draft),
        around=around(visit, draft, _start(draft)) if template == "expired.html" else None,
        when=_when(booking, visit.door.clock()),
        rules=rules_of_booking(visit, booking),
        proposed=_proposed(visit, booking),
        office=office_of(visit.door, booking.office_id, booking.starts_at),
        map=map_of(visit.door, booking.office_id, booking.starts_at),
        new_office=office_of(visit.door, draft.office_id, draft.start),
    )


def _when(booking: Booking, now: datetime) -> str:
    """Where the visit lies: 'ahead', 'late' from its time on until its day ends, then 'past'."""
    if booking.starts_at > now:
        return "ahead"
    return "late" if day_of(booking.starts_at) == day_of(now) else "past"


def _proposed(visit: Visit, booking: Booking) -> Offered | None:
    """The time that the city proposes, if it still does."""
    found = booking.displaced.proposed if booking.displaced else None
    if found is None or found.held_until is None:
        return None
    office = office_of(visit.door, found.office_id, found.starts_at)
    return Offered(office, found.starts_at.astimezone(JST), found.held_until)


async def _move(visit: Visit, draft: Draft, key: str) -> None:
    """A hold that has ended is taken again on the way. Raises Refused."""
    try:
        await visit.door.booking.change(visit.actor, key, _change(draft))
        return
    except Refused as refused:
        if refused.slug != "hold-expired":
            raise
    draft = await take_hold(visit, visit.keep(draft.without_hold()), _start(draft), key)
    await visit.door.booking.change(visit.actor, key, _change(draft))


def _change(draft: Draft) -> ChangeRequest:
    """The move to the time that the page showed."""
    proof = proof_of(draft).model_dump()
    return ChangeRequest(**proof, office_id=draft.office_id, starts_at=_start(draft))


def _start(draft: Draft) -> datetime:
    assert draft.start is not None, "a change is confirmed on a page that shows the new time"
    return draft.start


ROUTES = [
    Route("/booking/{draft}/show", show, methods=["GET"]),
    Route("/booking/{draft}/cancel", ask_cancel, methods=["GET"]),
    Route("/booking/{draft}/cancel", cancel, methods=["POST"]),
    Route("/booking/{draft}/check", check_change, methods=["GET"]),
    Route("/booking/{draft}/extend", extend, methods=["POST"]),
    Route("/booking/{draft}/change", change, methods=["POST"]),
    Route("/booking/{draft}/accept", accept, methods=["POST"]),
    Route("/booking/{draft}/resend", resend, methods=["POST"]),
    Route("/booking/{draft}/office", office, methods=["GET"]),
    Route("/booking/{draft}/office", choose_office, methods=["POST"]),
]
