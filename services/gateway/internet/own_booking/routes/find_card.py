"""Finding the booking of a card by the number of the card, for who has lost the booking number."""

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Booking, BookingProof
from libs.contracts.eligibility import Check
from libs.contracts.times import day_of
from services.gateway.internet.door.door import Visit, go, page, post
from services.gateway.internet.door.forms import Identification, read_identification
from services.gateway.internet.door.puzzles import Toll, read_work, refused_errors, toll_of
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.link import Refused
from services.gateway.web.reading import Errors
from services.gateway.web.typed import TypedDate

from .find import LOCKED, found

NO_CARD = _(
    "入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日をお確かめください。"
    "お電話でも確認できます。"
)
_NOTHING = Identification("", "", TypedDate(), None, {})


@page
async def by_card(visit: Visit) -> Response:
    return _card_page(visit, _NOTHING, {})


@post
async def send_card(visit: Visit, form: Form) -> Response:
    settings, today = visit.door.settings, day_of(visit.door.clock())
    read = read_identification(form, settings.card_number_pattern, today)
    if read.errors or read.born is None:
        return _card_page(visit, read, read.errors, 422)
    try:
        booking = await _find(visit, read.code, read.born, read_work(form))
    except Refused as refused:
        if refused.status not in (404, 429):
            raise
        errors = refused_errors(refused, "card", NO_CARD, LOCKED)
        return _card_page(visit, read, errors, refused.status, toll_of(refused, read_work(form)))
    draft = visit.keep(found(booking, born=read.born))
    return go(f"{draft.path}show")


async def _find(visit: Visit, code: str, born: date, work: str | None) -> Booking:
    """Raises Refused: 404 for no such card and for no booking alike."""
    check = Check(card_number=code, born=born, work=work, origin=visit.origin)
    reply = await visit.in_turn(
        "eligibility", lambda: visit.door.eligibility.check(visit.actor, check)
    )
    return await visit.door.booking.find(visit.actor, BookingProof(ticket=reply.ticket))


def _card_page(
    visit: Visit,
    read: Identification,
    errors: Errors,
    status: int = 200,
    toll: Toll | None = None,
) -> Response:
    return visit.page("find_card.html", status, read=read, errors=errors, toll=toll)


ROUTES = [
    Route("/find/card", by_card, methods=["GET"]),
    Route("/find/card", send_card, methods=["POST"]),
]
