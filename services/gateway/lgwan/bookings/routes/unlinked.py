"""Bookings without a booking id: their list, and giving one its card."""

from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import CounterLink, StaffBooking, StaffBookingDetail
from libs.contracts.eligibility import Check
from services.gateway.lgwan.counter.person import TypedPerson, read_who
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.counter.sentences import AWAY, REFUSALS
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.reading import Errors
from services.gateway.web.times import now

_LIST = "/phone/unlinked"


@dataclass
class _Try:
    """What was typed to find the card, and what is wrong with it. `other` is another booking of the
    card's person."""

    who: TypedPerson = field(default_factory=TypedPerson)
    errors: Errors = field(default_factory=dict)
    other: StaffBooking | None = None
    may_mend: bool = False
    status: int = 200

    def refuse(self, refused: Refused) -> None:
        """Raises what the page does not expect."""
        if refused.slug not in REFUSALS:
            raise refused
        name, sentence = REFUSALS[refused.slug]
        self.errors[name if name == "born" else "card"] = sentence
        self.status, self.may_mend = refused.status, refused.slug == "other-birth"
        told = refused.facts.get("booking")
        self.other = StaffBooking.model_validate(told) if told else None


@staff("bookings.read")
async def unlinked(request: Request) -> Response:
    door = door_of(request)
    catalog = await door.catalog.get()
    found = await door.services.phone.unlinked(actor_of(request))
    values = {
        "rows": [row_of(booking, catalog, may_tick=False) for booking in found.bookings],
        "linked": request.query_params.get("linked", ""),
        "may_link": session_of(request).staff.may("bookings.make"),
    }
    return answer(request, "unlinked.html", values)


@staff("bookings.make")
async def ask_link(request: Request) -> Response:
    tried = _Try()
    if form := await kept_form(request):
        tried = _Try((await _tried(request, form)).who)
    return await _page(request, await _booking(request), tried)


@staff("bookings.make", audit="booking.link", keep=keep_form())
async def link(request: Request) -> Response:
    """The card's person becomes the person of the booking."""
    found, audit = await _booking(request), audit_of(request)
    audit.object_kind, audit.object_id = "booking", str(found.booking.booking_id)
    audit.office_id = found.booking.office_id
    tried = await _tried(request, cast("Form", form_of(request)))
    if not tried.errors:
        await _link(request, found, tried)
    if tried.errors:
        audit.result = f"at-{next(iter(tried.errors))}"
        return await _page(request, found, tried)
    return RedirectResponse(f"{_LIST}?linked=1", 303)


async def _tried(request: Request, form: Form) -> _Try:
    catalog = await door_of(request).catalog.get()
    who, errors = read_who(form, catalog, now().date())
    wanted = {
        "card": (not who.card, "予約IDを入力してください。"),
        "born": (who.born is None, "生年月日を入力してください。"),
    }
    lacking = {name: text for name, (lacks, text) in wanted.items() if lacks}
    errors = {name: text for name, text in (lacking | errors).items() if name in wanted}
    return _Try(who, errors, status=422 if errors else 200)


async def _link(request: Request, found: StaffBookingDetail, tried: _Try) -> None:
    services, actor = door_of(request).services, actor_of(request)
    form = cast("Form", form_of(request))
    assert tried.who.born
    try:
        asked = Check(card_number=tried.who.card, born=tried.who.born)
        ticket = (await services.eligibility.check(actor, asked)).ticket
        pending = CounterLink(
            version=read_version(form.get("version")),
            ticket=ticket,
            mend_birth=bool(form.get("mend")),
        )
        await services.phone.link(actor, read_key(form), found.booking.booking_id, pending)
    except Refused as refused:
        tried.refuse(refused)
    except Unreachable:
        tried.errors["card"], tried.status = AWAY, 503


async def _booking(request: Request) -> StaffBookingDetail:
    booking_id: UUID = request.path_params["booking_id"]
    return await door_of(request).services.booking.booking(actor_of(request), booking_id)


async def _page(request: Request, found: StaffBookingDetail, tried: _Try) -> Response:
    catalog = await door_of(request).catalog.get()
    values = {
        "row": row_of(found.booking, catalog, may_tick=False),
        "found": found,
        "entry": tried.who,
        "errors": tried.errors,
        "may_mend": tried.may_mend,
        "other": row_of(tried.other, catalog, may_tick=False) if tried.other else None,
    }
    return answer(request, "link.html", values, tried.status)


ROUTES = (
    Route(_LIST, unlinked, methods=["GET"]),
    Route(f"{_LIST}/{{booking_id:uuid}}", ask_link, methods=["GET"]),
    Route(f"{_LIST}/{{booking_id:uuid}}", link, methods=["POST"]),
)
