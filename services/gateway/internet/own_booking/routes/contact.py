"""How to reach the citizen of a booking, and what help is needed: seen as 'there' or 'not there',
and changed."""

from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import CitizenBooking, ContactRequest, Language, Spoken, Use
from services.gateway.internet.door.contact_details import TypedContact, read_contact_details
from services.gateway.internet.door.door import CitizenRequest, draft_page, draft_post, go
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.forms import read_form_key
from services.gateway.web.emails import suggest_email
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.rules import VisitRules

from .manage import MAILED, REFUSED, find_again, lost, proof_of, rules_of_booking

BEFORE: dict[Language, Spoken] = {"en": "en", "zh-CN": "zh", "ko": "ko", "vi": "vi"}


@draft_page
async def contact(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    booking = await find_again(citizen, draft)
    if booking is None:
        return lost()
    if not booking.can_cancel:
        return go("show")
    known = TypedContact("", "", booking.needs, _spoken(booking), {})
    return _contact_page(citizen, draft, booking, known)


@draft_post
async def change_contact(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """A field left empty keeps what is there; a tick removes it. An address that looks mistyped is
    asked about once."""
    key, booking = read_form_key(form), await find_again(citizen, draft)
    if booking is None:
        return lost()
    rules = rules_of_booking(citizen, booking)
    reach = read_contact_details(form, email=_if_asked(rules.email), phone=_if_asked(rules.phone))
    meant = suggest_email(reach.email)
    if meant and form.get("mend"):
        reach, meant = replace(reach, email=meant), None
    if reach.errors or (meant and form.get("sure") != reach.email):
        return _contact_page(citizen, draft, booking, reach, 422)
    try:
        await citizen.door.booking.contact(citizen.actor, key, _request(draft, rules, reach, form))
    except Refused as refused:
        if refused.slug not in (*REFUSED, *MAILED):
            raise
        citizen.keep(draft.change(done=MAILED.get(refused.slug, "")))
        return go("show")
    citizen.keep(draft.change(done="contact"))
    return go("show")


def _spoken(booking: CitizenBooking) -> Spoken | None:
    """Before it was asked which language, an interpreter spoke that of the booking."""
    if "interpreter" not in booking.needs or booking.interpreter:
        return booking.interpreter
    return BEFORE.get(booking.language, "other")


def _if_asked(use: Use) -> Use:
    """What is required may be left empty here: it stays as it is."""
    return "off" if use == "off" else "optional"


def _request(
    draft: BookingDraft, rules: VisitRules, reach: TypedContact, form: Form
) -> ContactRequest:
    given = {"email": reach.email, "phone": reach.phone}
    kept = [name for name, text in given.items() if not text and not form.get(f"no-{name}")]
    return ContactRequest.model_validate(
        {
            **proof_of(draft).model_dump(),
            "email": reach.email or None,
            "phone": reach.phone or None,
            "needs": reach.needs if rules.asks_needs else (),
            "interpreter": reach.interpreter if rules.asks_needs else None,
            "keep": kept,
        }
    )


def _contact_page(
    citizen: CitizenRequest,
    draft: BookingDraft,
    booking: CitizenBooking,
    reach: TypedContact,
    status: int = 200,
) -> Response:
    return citizen.page(
        "contact.html",
        status,
        draft=draft,
        booking=booking,
        rules=rules_of_booking(citizen, booking),
        reach=reach,
        meant=suggest_email(reach.email) if not reach.errors else None,
        errors=reach.errors,
    )


ROUTES = [
    Route("/booking/{draft}/contact", contact, methods=["GET"]),
    Route("/booking/{draft}/contact", change_contact, methods=["POST"]),
]
