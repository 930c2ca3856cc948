"""About the person: as little as the procedure needs, and an e-mail address if they like."""

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door import Visit, draft_page, draft_post
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import Errors, read_about_you
from services.gateway.internet.reach import read_reach
from services.gateway.internet.steps import onward, rules_of
from services.gateway.internet.who import birth_answers
from services.gateway.web.forms import Form


@draft_page
async def you(visit: Visit, draft: Draft) -> Response:
    if not draft.starts_at:
        return onward(visit.door, draft)
    return _you_page(visit, draft, {})


@draft_post
async def send_you(visit: Visit, draft: Draft, form: Form) -> Response:
    rules, today = rules_of(visit.door, draft), day_of(visit.door.clock())
    asks_birth = rules.asks_name and not rules.needs_card
    read = read_about_you(form, asks_name=rules.asks_name, asks_birth=asks_birth, today=today)
    reach = read_reach(form, email=rules.email, phone=rules.phone)
    errors = read.errors | reach.errors
    draft = draft.change(
        kana=read.kana,
        cards=read.cards if rules.asks_cards else 0,
        needs=reach.needs if rules.asks_needs else (),
        email=reach.email,
        phone=reach.phone,
        about_you=not errors,
    )
    if asks_birth:
        draft = draft.change(**birth_answers(read.birth, read.born))
    draft = visit.keep(draft)
    return _you_page(visit, draft, errors, 422) if errors else onward(visit.door, draft)


def _you_page(visit: Visit, draft: Draft, errors: Errors, status: int = 200) -> Response:
    rules = rules_of(visit.door, draft)
    return visit.page("you.html", status, draft=draft, rules=rules, errors=errors)


ROUTES = [
    Route("/book/{draft}/you", you, methods=["GET"]),
    Route("/book/{draft}/you", send_you, methods=["POST"]),
]
