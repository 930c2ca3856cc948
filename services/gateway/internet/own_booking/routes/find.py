"""Finding a booking by its number and the date of birth."""

from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Booking, BookingProof
from libs.contracts.times import day_of
from services.gateway.internet.door.door import Visit, go, page, post
from services.gateway.internet.door.drafts import Draft, new_draft
from services.gateway.internet.door.forms import read_proof
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


@page
async def find(visit: Visit) -> Response:
    again = "again" in visit.request.query_params
    return _find_page(visit, "", TypedDate(), {}, again=again)


@post
async def send_proof(visit: Visit, form: Form) -> Response:
    read = read_proof(form, day_of(visit.door.clock()))
    if read.errors or read.born is None:
        return _find_page(visit, read.number, read.birth, read.errors, 422)
    proof = BookingProof(
        number=read.number, born=read.born, work=read_work(form), origin=visit.origin
    )
    try:
        booking = await visit.in_turn(
            "booking", lambda: visit.door.booking.find(visit.actor, proof)
        )
    except Refused as refused:
        if refused.status not in (404, 429):
            raise
        errors = refused_errors(refused, "number", NO_MATCH, LOCKED)
        toll = toll_of(refused, read_work(form))
        return _find_page(visit, read.number, read.birth, errors, refused.status, toll)
    draft = visit.keep(found(booking, born=read.born, work=read_work(form) or ""))
    return go(f"{draft.path}show")


def found(booking: Booking, *, born: date | None = None, token: str = "", work: str = "") -> Draft:
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
        work=work,
    )


def _find_page(
    visit: Visit,
    number: str,
    birth: TypedDate,
    errors: Errors,
    status: int = 200,
    toll: Toll | None = None,
    *,
    again: bool = False,
) -> Response:
    values = {"number": number, "birth": birth, "errors": errors, "again": again}
    return visit.page("find.html", status, toll=toll, **values)


ROUTES = [
    Route("/find", find, methods=["GET"]),
    Route("/find", send_proof, methods=["POST"]),
]
