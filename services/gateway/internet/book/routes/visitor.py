"""Who comes on the day, what that takes, and when the phone is the better way."""

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import (
    CitizenRequest,
    draft_page,
    draft_post,
    go,
    office_of,
)
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.seats import answered, person_routes, seat_of
from services.gateway.internet.door.steps import onward, open_before_time
from services.gateway.web.forms import Form
from services.gateway.web.rules import EVERY_VISITOR, VisitRules


@draft_page
async def visitor(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    seat = seat_of(citizen, draft)
    page = open_before_time(citizen.door, draft) or ""
    if page.rpartition("/")[2] in ("card", "office", "elsewhere"):
        return onward(citizen.door, draft)
    office = office_of(citizen.door, draft.office_id)
    return citizen.page("visitor.html", draft=draft, seat=seat, office=office)


@draft_post
async def choose_visitor(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    seat = seat_of(citizen, draft)
    chosen = next((v for v in seat.rules.visitors if v == form.get("visitor")), None)
    if chosen is None:
        return go("visitor")
    if seat.rules.phone_reason(chosen):
        return go(f"phone/{chosen}")
    return onward(citizen.door, answered(citizen, draft, seat, visitor=chosen))


@draft_page
async def inquiry(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Asks a proxy for the 照会書兼回答書."""
    seat = seat_of(citizen, draft)
    if not seat.rules.asks_inquiry(seat.who.visitor):
        return onward(citizen.door, draft)
    return citizen.page("inquiry.html", seat=seat)


@draft_post
async def answer_inquiry(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    has_it = form.get("inquiry") == "yes"
    draft = answered(citizen, draft, seat_of(citizen, draft), has_inquiry=has_it)
    return onward(citizen.door, draft) if has_it else go("phone/inquiry")


@draft_page
async def guardian(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Says that a guardian comes along, because the person is under age on that day."""
    seat = seat_of(citizen, draft)
    if seat.who.visitor == "guardian" or not seat.who.born:
        return onward(citizen.door, draft)
    return citizen.page("guardian.html", seat=seat)


@draft_post
async def bring_guardian(citizen: CitizenRequest, draft: BookingDraft, _: Form) -> Response:
    seat = seat_of(citizen, draft)
    if "guardian" not in seat.rules.visitors or seat.rules.phone_reason("guardian"):
        return go("phone/guardian")
    return onward(citizen.door, answered(citizen, draft, seat, visitor="guardian"))


@draft_page
async def by_phone(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Why this visit is not booked here, and who helps instead."""
    seat, why = seat_of(citizen, draft), citizen.request.path_params["why"]
    if why not in _reasons(seat.rules):
        raise HTTPException(404)
    return citizen.page("by_phone.html", seat=seat, why=why, reason=_reasons(seat.rules)[why])


def _reasons(rules: VisitRules) -> dict[str, str]:
    """What leads to the phone; an empty text where the page has a sentence of its own. 'other' is
    for what only booking knew."""
    told: dict[str, str] = {
        v: rules.phone_reason(v) for v in EVERY_VISITOR if rules.phone_reason(v)
    }
    told["other"] = ""
    if rules.asks_inquiry("proxy"):
        told["inquiry"] = ""
    if "guardian" not in rules.visitors:
        told["guardian"] = ""
    return told


ROUTES = [
    Route(path, endpoint, methods=[method])
    for page, endpoint, method in (
        ("visitor", visitor, "GET"),
        ("visitor", choose_visitor, "POST"),
        ("inquiry", inquiry, "GET"),
        ("inquiry", answer_inquiry, "POST"),
        ("guardian", guardian, "GET"),
        ("guardian", bring_guardian, "POST"),
        ("phone/{why}", by_phone, "GET"),
    )
    for path in person_routes(page)
]
