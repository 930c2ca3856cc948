"""Before choosing a time: whose card it is, which office, who comes."""

import time
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Office
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
from services.gateway.internet.puzzles import challenge_of, read_work
from services.gateway.internet.steps import onward, open_before_time, rules_of
from services.gateway.internet.who import birth_answers
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.link import Refused

NO_MATCH = _(
    "入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日をお確かめください。"
    "お電話でも予約できます。"
)
SENTENCES = {
    "no-match": NO_MATCH,
    "not-found": NO_MATCH,
    "malformed": CARD_HELP,
    "individual-number": _("12桁のマイナンバーは入力しないでください。"),
    "locked": _("この番号では入力の誤りが続いています。お電話でご予約ください。"),
    "already-collected": _("このカードは、すでにお渡ししています。ご不明な点はお電話ください。"),
}


@draft_page
async def card(visit: Visit, draft: Draft) -> Response:
    return _card_page(visit, draft, {})


@draft_post
async def send_card(visit: Visit, draft: Draft, form: Form) -> Response:
    """Check the person; the answers stay in the draft whatever comes of it."""
    settings, today = visit.door.settings, day_of(visit.door.clock())
    read = read_identification(form, settings.card_number_pattern, today)
    draft = draft.change(card=read.card, **birth_answers(read.birth, read.born))
    draft = visit.keep(draft.unidentified())
    if read.errors or read.born is None:
        return _card_page(visit, draft, read.errors, 422)
    draft = visit.keep(draft.change(code=read.code))
    try:
        draft = visit.keep(await with_ticket(visit, draft, read_work(form)))
    except Refused as refused:
        if refused.slug not in SENTENCES:
            raise
        errors: Errors = {"card": SENTENCES[refused.slug]}
        return _card_page(visit, draft, errors, refused.status, challenge_of(refused))
    return onward(visit.door, draft)


async def with_ticket(visit: Visit, draft: Draft, work: str | None = None) -> Draft:
    """The draft with a fresh ticket and the office where the card is. Raises Refused.

    `work` is the answer to the puzzle of a locked number."""
    assert draft.born, "the person was identified"
    asked = {"card_number": draft.code, "born": draft.born, "work": work, "origin": visit.origin}
    check = Check.model_validate(asked)
    reply: CheckReply = await visit.door.eligibility.check(visit.actor, check)
    if reply.state == "collected":
        raise Refused(409, "already-collected", {})
    fresh = draft.change(ticket=reply.ticket, ticket_at=time.time(), card_office=reply.office_id)
    return fresh.at_office(reply.office_id) if rules_of(visit.door, draft).at_card_office else fresh


@draft_page
async def office(visit: Visit, draft: Draft) -> Response:
    rules = rules_of(visit.door, draft)
    if open_before_time(visit.door, draft) == "card" or rules.at_card_office:
        return go("card")
    return visit.page("office.html", draft=draft, rules=rules, offices=offices_for(visit, draft))


@draft_post
async def choose_office(visit: Visit, draft: Draft, form: Form) -> Response:
    office = office_of(visit.door, form.get("office"))
    if rules_of(visit.door, draft).at_card_office:
        return go("card")
    return onward(visit.door, visit.keep(draft.at_office(office.office_id)))


def offices_for(visit: Visit, draft: Draft) -> list[tuple[Office, date | None]]:
    """The offices that have times for all of it, each with its first free day."""
    door, wanted = visit.door, set(draft.procedure_ids)
    return [
        (office, door.availability.first_free(office.office_id, draft.wish, door.clock()))
        for office in door.catalog.offices()
        if wanted <= {one for series in office.series for one in series.procedure_ids}
    ]


def _card_page(
    visit: Visit, draft: Draft, errors: Errors, status: int = 200, challenge: str = ""
) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    if not procedure.needs_card:
        return onward(visit.door, draft)
    again = "again" in visit.request.query_params
    values = {"draft": draft, "procedure": procedure, "errors": errors, "again": again}
    return visit.page("card.html", status, challenge=challenge, **values)


ROUTES = [
    Route("/book/{draft}/card", card, methods=["GET"]),
    Route("/book/{draft}/card", send_card, methods=["POST"]),
    Route("/book/{draft}/office", office, methods=["GET"]),
    Route("/book/{draft}/office", choose_office, methods=["POST"]),
]
