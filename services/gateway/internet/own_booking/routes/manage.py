"""One's own booking: see it, cancel it, move it to another time or office."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import STANDING, BookingProof, ChangeRequest, CitizenBooking, Office
from libs.contracts.times import JST, day_of
from services.gateway.internet.door.answers import PersonAnswers
from services.gateway.internet.door.door import (
    CitizenRequest,
    draft_page,
    draft_post,
    go,
    guided,
    map_of,
    office_of,
)
from services.gateway.internet.door.drafts import BookingDraft, Done
from services.gateway.internet.door.forms import read_form_key, read_start
from services.gateway.internet.door.holding import (
    around,
    extend,
    is_held,
    not_held,
    take_hold,
)
from services.gateway.internet.door.offices import offices_for
from services.gateway.internet.door.seats import Seat
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
GONE = ("hold-expired", "card-elsewhere", "not-eligible", "one-window")
"""What was proposed cannot be taken any more."""


@draft_page
async def show(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    return await _with_booking(citizen, draft, "booking.html")


@draft_page
async def ask_cancel(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    return await _with_booking(citizen, draft, "cancel.html")


@draft_post
async def cancel(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    try:
        await citizen.door.booking.cancel(citizen.actor, read_form_key(form), proof_of(draft))
    except Refused as refused:
        if refused.slug not in REFUSED:
            raise
        return go("show")
    citizen.keep(draft.without_time().change(done="cancelled"))
    return go("show")


@draft_page
async def check_change(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    if not draft.starts_at:
        return go("show")
    template = "change.html" if is_held(citizen, draft) else "expired.html"
    return await _with_booking(citizen, draft, template)


@draft_post
async def change(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Move the booking to the held time. Until this succeeds the old time stays. A page that was
    left open, or gone back to, may come when there is no time to move to."""
    key = read_form_key(form)
    if not draft.starts_at:
        return go("show")
    try:
        await _move(citizen, draft, key)
    except Refused as refused:
        if refused.slug == "hold-expired":
            citizen.keep(draft.without_hold())
            return go("check")
        return not_held(citizen, draft, _start(draft), refused)
    citizen.keep(draft.without_time().change(done="changed"))
    return go("show")


@draft_post
async def accept(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Move the booking to the time that the city proposed, and that the page showed."""
    key, proof = read_form_key(form), proof_of(draft).model_dump()
    ask = ChangeRequest(**proof, office_id=form.get("office"), starts_at=read_start(form))
    try:
        await citizen.door.booking.accept(citizen.actor, key, ask)
    except Refused as refused:
        if refused.slug not in (*REFUSED, *GONE):
            raise
        citizen.keep(draft.without_time().change(done="proposal-gone"))
        return go("show")
    citizen.keep(draft.without_time().change(done="changed"))
    return go("show")


@draft_post
async def resend(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """The mail once more. Where there is none to send, the page shows why."""
    done: Done = "resent"
    try:
        await citizen.door.booking.resend(citizen.actor, read_form_key(form), proof_of(draft))
    except Refused as refused:
        if refused.slug not in (*REFUSED, *MAILED):
            raise
        done = MAILED.get(refused.slug, "")
    citizen.keep(draft.change(done=done))
    return go("show")


@draft_page
async def office(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Another office for the new time, where the visit is not tied to one."""
    booking = await find_again(citizen, draft)
    if booking is None:
        return lost()
    rules = rules_of_booking(citizen, booking)
    if rules.at_card_office or not booking.can_change:
        return go("show")
    return citizen.page("office.html", draft=draft, rules=rules, **offices_for(citizen, draft))


@draft_post
async def choose_office(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Only where the times are looked for; the booking stays as it is."""
    chosen = office_of(citizen.door, form.get("office"))
    return go(citizen.keep(draft.at_office(chosen.office_id)).calendar())


async def find_again(citizen: CitizenRequest, draft: BookingDraft) -> CitizenBooking | None:
    """The booking as it is now; None when what opened it does so no more: another person has it by
    now, or it is years old. Others' wrong tries are not among the reasons."""
    try:
        return await citizen.door.booking.find(citizen.actor, proof_of(draft))
    except Refused as refused:
        if refused.status not in (404, 429):
            raise
        return None


def lost() -> Response:
    """It is asked once more, and the next page says whether it is there."""
    return go("/find?again=proof")


def rules_of_booking(citizen: CitizenRequest, booking: CitizenBooking) -> VisitRules:
    return rules_for(citizen.door, (booking.procedure_id, *booking.also))


def proof_of(draft: BookingDraft) -> BookingProof:
    assert draft.proof is not None, "drafts of this area carry the proof"
    return draft.proof


async def _with_booking(citizen: CitizenRequest, draft: BookingDraft, template: str) -> Response:
    """A page about the booking as it is now; what is cancelled or over can only be seen, unless an
    outage met it."""
    booking = await find_again(citizen, draft)
    if booking is None:
        return lost()
    possible = booking.can_cancel or (template != "cancel.html" and booking.can_change)
    if template != "booking.html" and not possible:
        return go("show")
    if draft.rebooks != booking.rebooks:
        draft = citizen.keep(draft.change(rebooks=booking.rebooks))
    rules = rules_of_booking(citizen, booking)
    return citizen.page(
        template,
        draft=draft,
        booking=booking,
        around=around(citizen, draft, _start(draft)) if template == "expired.html" else None,
        when=_when(booking, citizen.door.clock()),
        standing=STANDING,
        rules=rules,
        seat=Seat(1, PersonAnswers(visitor=booking.visitor), rules, "", False),
        proposed=_proposed(citizen, booking),
        office=office_of(citizen.door, booking.office_id, booking.starts_at),
        map=map_of(citizen.door, booking.office_id, booking.starts_at),
        guided=guided(citizen.door, booking.office_id, booking.starts_at),
        guided_anew=guided(citizen.door, draft.office_id, draft.start),
        new_office=office_of(citizen.door, draft.office_id, draft.start),
    )


def _when(booking: CitizenBooking, now: datetime) -> str:
    """Where the visit lies: 'ahead', 'late' from its time on until its day ends, then 'past'."""
    if booking.starts_at > now:
        return "ahead"
    return "late" if day_of(booking.starts_at) == day_of(now) else "past"


def _proposed(citizen: CitizenRequest, booking: CitizenBooking) -> Offered | None:
    """The time that the city proposes, if it still does."""
    found = booking.displaced.proposed if booking.displaced else None
    if found is None or found.held_until is None:
        return None
    office = office_of(citizen.door, found.office_id, found.starts_at)
    return Offered(office, found.starts_at.astimezone(JST), found.held_until)


async def _move(citizen: CitizenRequest, draft: BookingDraft, key: str) -> None:
    """A hold that has ended is taken again on the way. Raises Refused."""
    try:
        await citizen.door.booking.change(citizen.actor, key, _change(draft))
        return
    except Refused as refused:
        if refused.slug != "hold-expired":
            raise
    draft = await take_hold(citizen, citizen.keep(draft.without_hold()), _start(draft), key)
    await citizen.door.booking.change(citizen.actor, key, _change(draft))


def _change(draft: BookingDraft) -> ChangeRequest:
    """The move to the time that the page showed."""
    proof = proof_of(draft).model_dump()
    return ChangeRequest(**proof, office_id=draft.office_id, starts_at=_start(draft))


def _start(draft: BookingDraft) -> datetime:
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
