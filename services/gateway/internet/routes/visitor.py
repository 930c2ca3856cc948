"""Who comes on the day, what that takes, and when the phone is the better way."""

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door import Visit, draft_page, draft_post, go, office_of
from services.gateway.internet.drafts import Draft
from services.gateway.internet.rules import EVERY_VISITOR, VisitRules
from services.gateway.internet.steps import (
    last_day,
    onward,
    open_before_time,
    rules_of,
)
from services.gateway.web.forms import Form


@draft_page
async def visitor(visit: Visit, draft: Draft) -> Response:
    if open_before_time(visit.door, draft) in ("card", "office"):
        return onward(visit.door, draft)
    rules = rules_of(visit.door, draft)
    office = office_of(visit.door, draft.office_id)
    return visit.page("visitor.html", draft=draft, rules=rules, office=office)


@draft_post
async def choose_visitor(visit: Visit, draft: Draft, form: Form) -> Response:
    rules = rules_of(visit.door, draft)
    chosen = next((v for v in rules.visitors if v == form.get("visitor")), None)
    if chosen is None:
        return go("visitor")
    if rules.phone_reason(chosen):
        return go(f"phone/{chosen}")
    return onward(visit.door, visit.keep(draft.change(visitor=chosen)))


@draft_page
async def inquiry(visit: Visit, draft: Draft) -> Response:
    """Asks a proxy for the 照会書兼回答書."""
    if not rules_of(visit.door, draft).asks_inquiry(draft.visitor):
        return onward(visit.door, draft)
    return visit.page("inquiry.html", draft=draft)


@draft_post
async def answer_inquiry(visit: Visit, draft: Draft, form: Form) -> Response:
    has_it = form.get("inquiry") == "yes"
    draft = visit.keep(draft.change(has_inquiry=has_it))
    return onward(visit.door, draft) if has_it else go("phone/inquiry")


@draft_page
async def guardian(visit: Visit, draft: Draft) -> Response:
    """Says that a guardian comes along, because the person is under age on that day."""
    if draft.visitor == "guardian" or not draft.born:
        return onward(visit.door, draft)
    rules = rules_of(visit.door, draft)
    day = day_of(draft.start) if draft.start else last_day(visit.door, rules)
    return visit.page("guardian.html", draft=draft, day=day, rules=rules)


@draft_post
async def bring_guardian(visit: Visit, draft: Draft, _: Form) -> Response:
    rules = rules_of(visit.door, draft)
    if "guardian" not in rules.visitors or rules.phone_reason("guardian"):
        return go("phone/guardian")
    return onward(visit.door, visit.keep(draft.change(visitor="guardian")))


@draft_page
async def by_phone(visit: Visit, draft: Draft) -> Response:
    """Why this visit is not booked here, and who helps instead."""
    rules, why = rules_of(visit.door, draft), visit.request.path_params["why"]
    if why not in _reasons(rules):
        raise HTTPException(404)
    return visit.page("by_phone.html", draft=draft, why=why, reason=_reasons(rules)[why])


def _reasons(rules: VisitRules) -> dict[str, str]:
    """What leads to the phone; an empty text where the page has a sentence of its own."""
    told: dict[str, str] = {
        v: rules.phone_reason(v) for v in EVERY_VISITOR if rules.phone_reason(v)
    }
    if rules.asks_inquiry("proxy"):
        told["inquiry"] = ""
    if "guardian" not in rules.visitors:
        told["guardian"] = ""
    return told


ROUTES = [
    Route("/book/{draft}/visitor", visitor, methods=["GET"]),
    Route("/book/{draft}/visitor", choose_visitor, methods=["POST"]),
    Route("/book/{draft}/inquiry", inquiry, methods=["GET"]),
    Route("/book/{draft}/inquiry", answer_inquiry, methods=["POST"]),
    Route("/book/{draft}/guardian", guardian, methods=["GET"]),
    Route("/book/{draft}/guardian", bring_guardian, methods=["POST"]),
    Route("/book/{draft}/phone/{why}", by_phone),
]
