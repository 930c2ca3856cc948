"""Before choosing a time: whose card it is, which office, who comes."""

import time
from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Procedure
from libs.contracts.eligibility import Check, CheckReply
from libs.contracts.times import day_of
from services.gateway.internet.door import (
    Visit,
    draft_page,
    draft_post,
    go,
    office_of,
    procedure_of,
)
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import CARD_HELP, Errors, read_identification
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

NO_MATCH = (
    "入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日をお確かめください。"
    "お電話でも予約できます。"
)
SENTENCES = {
    "no-match": NO_MATCH,
    "not-found": NO_MATCH,
    "malformed": CARD_HELP,
    "individual-number": "12桁のマイナンバーは入力しないでください。",
    "locked": "入力の誤りが続いたため、この番号では本日の受付を止めています。"
    "明日もう一度お試しいただくか、お電話でご予約ください。",
    "already-collected": "このカードは、すでにお渡ししています。ご不明な点はお電話ください。",
}


@draft_page
async def card(visit: Visit, draft: Draft) -> Response:
    return _card_page(visit, draft, {})


@draft_post
async def send_card(visit: Visit, draft: Draft, form: Form) -> Response:
    """Check the person; the answers stay in the draft whatever comes of it."""
    settings, today = visit.door.settings, day_of(visit.door.clock())
    read = read_identification(form, settings.card_number_pattern, today)
    answered = replace(
        draft.with_birth(read.birth), card=read.card, code="", ticket="", office_id=""
    )
    draft = visit.keep(answered)
    if read.errors or read.born is None:
        return _card_page(visit, draft, read.errors, 422)
    draft = visit.keep(replace(draft, code=read.code, born=read.born.isoformat()))
    try:
        draft = visit.keep(await with_ticket(visit, draft))
    except Refused as refused:
        if refused.slug not in SENTENCES:
            raise
        return _card_page(visit, draft, {"card": SENTENCES[refused.slug]}, refused.status)
    return go("visitor")


async def with_ticket(visit: Visit, draft: Draft) -> Draft:
    """The draft with a fresh ticket and the office where the card is. Raises Refused."""
    assert draft.born, "the person was identified"
    check = Check.model_validate({"card_number": draft.code, "born": draft.born})
    reply: CheckReply = await visit.door.eligibility.check(visit.actor, check)
    if reply.state == "collected":
        raise Refused(409, "already-collected", {})
    moved = draft.office_id not in ("", reply.office_id)
    fresh = replace(draft, ticket=reply.ticket, ticket_at=time.time(), office_id=reply.office_id)
    return replace(fresh.without_hold(), starts_at="") if moved else fresh


@draft_page
async def office(visit: Visit, draft: Draft) -> Response:
    door = visit.door
    procedure = procedure_of(door, draft.procedure_id)
    if procedure.needs_card:
        return go("card")
    now = door.clock()
    offered = [
        (office, door.availability.first_free(office.office_id, procedure, now))
        for office in door.catalog.offices()
        if any(procedure.procedure_id in series.procedure_ids for series in office.series)
    ]
    return visit.page("office.html", draft=draft, procedure=procedure, offices=offered)


@draft_post
async def choose_office(visit: Visit, draft: Draft, form: Form) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    office = office_of(visit.door, form.get("office"))
    if procedure.needs_card:
        return go("card")
    moved = draft.office_id not in ("", office.office_id)
    chosen = replace(draft, office_id=office.office_id)
    draft = visit.keep(replace(chosen.without_hold(), starts_at="") if moved else chosen)
    return go(draft.calendar() if draft.visitor else "visitor")


@draft_page
async def visitor(visit: Visit, draft: Draft) -> Response:
    if not draft.office_id:
        return go(first_step(visit, draft))
    procedure = procedure_of(visit.door, draft.procedure_id)
    office = office_of(visit.door, draft.office_id)
    return visit.page("visitor.html", draft=draft, procedure=procedure, office=office)


@draft_post
async def choose_visitor(visit: Visit, draft: Draft, form: Form) -> Response:
    procedure: Procedure = procedure_of(visit.door, draft.procedure_id)
    if form.get("visitor") not in procedure.visitors:
        return go("visitor")
    visit.keep(replace(draft, visitor=form.get("visitor")))
    return go("check" if draft.starts_at and draft.about_you else draft.calendar())


def first_step(visit: Visit, draft: Draft) -> str:
    """The page that comes first for this procedure."""
    return "card" if procedure_of(visit.door, draft.procedure_id).needs_card else "office"


def _card_page(visit: Visit, draft: Draft, errors: Errors, status: int = 200) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    if not procedure.needs_card:
        return go("office")
    again = "again" in visit.request.query_params
    values = {"draft": draft, "procedure": procedure, "errors": errors, "again": again}
    return visit.page("card.html", status, **values)


ROUTES = [
    Route("/book/{draft}/card", card, methods=["GET"]),
    Route("/book/{draft}/card", send_card, methods=["POST"]),
    Route("/book/{draft}/office", office, methods=["GET"]),
    Route("/book/{draft}/office", choose_office, methods=["POST"]),
    Route("/book/{draft}/visitor", visitor, methods=["GET"]),
    Route("/book/{draft}/visitor", choose_visitor, methods=["POST"]),
]
