"""Before choosing a time: whose card it is, which office, who comes."""

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door.answers import birth_answers
from services.gateway.internet.door.door import CitizenRequest, draft_page, draft_post, office_of
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.forms import CARD_SENTENCES, read_identification
from services.gateway.internet.door.offices import offices_for
from services.gateway.internet.door.puzzles import Toll, read_work, refused_errors, toll_of
from services.gateway.internet.door.seats import answered, person_routes, seat_of
from services.gateway.internet.door.steps import card_offices, onward, open_before_time, party_rules
from services.gateway.internet.door.tickets import with_ticket
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.link import Refused
from services.gateway.web.reading import Errors

LOCKED = _("この番号では入力の誤りが続いています。お電話でご予約ください。")
TWICE = _("この番号は、一緒に来るほかの方のところで入力されています。番号をお確かめください。")


@draft_page
async def card(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    return _card_page(citizen, draft, {})


@draft_post
async def send_card(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Check the person; the answers stay in the draft whatever comes of it."""
    settings, today = citizen.door.settings, day_of(citizen.door.clock())
    seat = seat_of(citizen, draft)
    read = read_identification(form, settings.card_number_pattern, today)
    draft = answered(
        citizen,
        draft.unidentified(seat.number),
        seat,
        card=read.card,
        **birth_answers(read.birth, read.born),
    )
    if read.errors or read.born is None:
        return _card_page(citizen, draft, read.errors, 422)
    if read.code in {who.code for who in draft.everyone}:
        return _card_page(citizen, draft, {"card": TWICE}, 422)
    draft = answered(citizen, draft, seat, code=read.code)
    try:
        draft = citizen.keep(await with_ticket(citizen, draft, seat.number, read_work(form)))
    except Refused as refused:
        if refused.status != 429 and refused.slug not in CARD_SENTENCES:
            raise
        errors = refused_errors(refused, "card", CARD_SENTENCES.get(refused.slug, ""), LOCKED)
        return _card_page(citizen, draft, errors, refused.status, toll_of(refused, read_work(form)))
    return onward(citizen.door, draft)


@draft_page
async def office(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    open_page = open_before_time(citizen.door, draft) or ""
    if open_page.endswith("card") or card_offices(citizen.door, draft):
        return onward(citizen.door, draft)
    rules = party_rules(citizen.door, draft)
    return citizen.page("office.html", draft=draft, rules=rules, **offices_for(citizen, draft))


@draft_post
async def choose_office(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    office = office_of(citizen.door, form.get("office"))
    if card_offices(citizen.door, draft):
        return onward(citizen.door, draft)
    return onward(citizen.door, citizen.keep(draft.at_office(office.office_id)))


def _card_page(
    citizen: CitizenRequest,
    draft: BookingDraft,
    errors: Errors,
    status: int = 200,
    toll: Toll | None = None,
) -> Response:
    seat = seat_of(citizen, draft)
    if not seat.rules.needs_card:
        return onward(citizen.door, draft)
    again = "again" in citizen.request.query_params
    values = {"draft": draft, "seat": seat, "errors": errors, "again": again}
    return citizen.page("card.html", status, toll=toll, **values)


ROUTES = [
    *(Route(path, card, methods=["GET"]) for path in person_routes("card")),
    *(Route(path, send_card, methods=["POST"]) for path in person_routes("card")),
    Route("/book/{draft}/office", office, methods=["GET"]),
    Route("/book/{draft}/office", choose_office, methods=["POST"]),
]
