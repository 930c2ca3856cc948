"""Finding a booking by its number, or that of the card, and the date of birth."""

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import BookingProof, CitizenBooking
from libs.contracts.eligibility import Check
from libs.contracts.times import day_of
from libs.rules.numbers import booking_number
from services.gateway.internet.door.door import CitizenRequest, go, page, post
from services.gateway.internet.door.drafts import BookingDraft, new_draft
from services.gateway.internet.door.forms import (
    CARD_SENTENCES,
    Identification,
    is_card_number,
    read_identification,
    read_proof,
)
from services.gateway.internet.door.puzzles import Toll, read_work, refused_errors, toll_of
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.link import Refused
from services.gateway.web.reading import Errors
from services.gateway.web.typed import TypedDate

NO_MATCH = _(
    "入力内容を確認できませんでした。予約番号と、ご本人の生年月日をお確かめください。"
    "お電話でも確認できます。"
)
LOCKED = _("この番号では入力の誤りが続いています。お電話でも確認できます。")
"""Said of a number that was tried too often."""


NO_CARD = _(
    "入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日をお確かめください。"
    "お電話でも確認できます。"
)
_NOTHING = Identification("", "", TypedDate(), None, {})


@page
async def find(citizen: CitizenRequest) -> Response:
    again = citizen.request.query_params.get("again", "")
    return _find_page(citizen, "", TypedDate(), {}, again=again)


@page
async def by_card(citizen: CitizenRequest) -> Response:
    return _card_page(citizen, _NOTHING, {})


@post
async def send_proof(citizen: CitizenRequest, form: Form) -> Response:
    """A card number in the place of the booking number leads on with the card."""
    if is_card_number(form.typed("number"), citizen.door.settings.card_number_pattern):
        return await _by_card(citizen, form.renamed("number", "card"))
    return await _by_number(citizen, form)


@post
async def send_card(citizen: CitizenRequest, form: Form) -> Response:
    """The other way round."""
    if booking_number(form.typed("card")):
        return await _by_number(citizen, form.renamed("card", "number"))
    return await _by_card(citizen, form)


async def _by_number(citizen: CitizenRequest, form: Form) -> Response:
    read = read_proof(form, day_of(citizen.door.clock()))
    if read.errors or read.born is None:
        return _find_page(citizen, read.number, read.birth, read.errors, 422)
    proof = BookingProof(
        number=read.number, born=read.born, work=read_work(form), origin=citizen.origin
    )
    try:
        booking = await citizen.in_turn(
            "booking", lambda: citizen.door.booking.find(citizen.actor, proof)
        )
    except Refused as refused:
        if refused.status not in (404, 429):
            raise
        errors = refused_errors(refused, "number", NO_MATCH, LOCKED)
        toll = toll_of(refused, read_work(form))
        return _find_page(citizen, read.number, read.birth, errors, refused.status, toll)
    draft = citizen.keep(found(booking, born=read.born))
    return go(f"{draft.path}show")


async def _by_card(citizen: CitizenRequest, form: Form) -> Response:
    settings, today = citizen.door.settings, day_of(citizen.door.clock())
    read = read_identification(form, settings.card_number_pattern, today)
    if read.errors or read.born is None:
        return _card_page(citizen, read, read.errors, 422)
    try:
        booking = await _find(citizen, read.code, read.born, read_work(form))
    except Refused as refused:
        if refused.status != 429 and refused.slug not in CARD_SENTENCES:
            raise
        sentence = NO_CARD if refused.status == 404 else CARD_SENTENCES.get(refused.slug, "")
        errors = refused_errors(refused, "card", sentence, LOCKED)
        return _card_page(citizen, read, errors, refused.status, toll_of(refused, read_work(form)))
    draft = citizen.keep(found(booking, born=read.born))
    return go(f"{draft.path}show")


async def _find(citizen: CitizenRequest, code: str, born: date, work: str | None) -> CitizenBooking:
    """Raises Refused: 404 for no such card and for no booking alike."""
    check = Check(card_number=code, born=born, work=work, origin=citizen.origin)
    reply = await citizen.in_turn(
        "eligibility", lambda: citizen.door.eligibility.check(citizen.actor, check)
    )
    return await citizen.door.booking.find(citizen.actor, BookingProof(ticket=reply.ticket))


def _card_page(
    citizen: CitizenRequest,
    read: Identification,
    errors: Errors,
    status: int = 200,
    toll: Toll | None = None,
) -> Response:
    return citizen.page("find_card.html", status, read=read, errors=errors, toll=toll)


def found(booking: CitizenBooking, *, born: date | None = None, token: str = "") -> BookingDraft:
    """A draft that shows a booking; its proof is the date of birth or the token of a mail."""
    return new_draft(
        "booking",
        booking.procedure_id,
        also=booking.also,
        office_id=booking.office_id,
        visitor=booking.visitor,
        number=booking.number,
        born=born.isoformat() if born else "",
        token=token,
        opened=booking.opened,
    )


def _find_page(
    citizen: CitizenRequest,
    number: str,
    birth: TypedDate,
    errors: Errors,
    status: int = 200,
    toll: Toll | None = None,
    *,
    again: str = "",
) -> Response:
    values = {"number": number, "birth": birth, "errors": errors, "again": again}
    return citizen.page("find.html", status, toll=toll, **values)


ROUTES = [
    Route("/find", find, methods=["GET"]),
    Route("/find", send_proof, methods=["POST"]),
    Route("/find/card", by_card, methods=["GET"]),
    Route("/find/card", send_card, methods=["POST"]),
]
