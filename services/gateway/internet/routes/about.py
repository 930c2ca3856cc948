"""About the person: as little as the procedure needs, and an e-mail address if they like."""

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door import Visit, draft_page, draft_post, procedure_of
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import Errors, read_about_you
from services.gateway.internet.steps import onward
from services.gateway.internet.who import birth_answers
from services.gateway.web.forms import Form


@draft_page
async def you(visit: Visit, draft: Draft) -> Response:
    if not draft.starts_at:
        return onward(visit.door, draft)
    return _you_page(visit, draft, {})


@draft_post
async def send_you(visit: Visit, draft: Draft, form: Form) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    asks_name = not procedure.needs_card
    read = read_about_you(form, asks_name=asks_name, today=day_of(visit.door.clock()))
    draft = draft.change(email=read.email, about_you=not read.errors)
    if asks_name:
        draft = draft.change(kana=read.kana, **birth_answers(read.birth, read.born))
    draft = visit.keep(draft)
    if read.errors:
        return _you_page(visit, draft, read.errors, 422)
    return onward(visit.door, draft)


def _you_page(visit: Visit, draft: Draft, errors: Errors, status: int = 200) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    return visit.page("you.html", status, draft=draft, procedure=procedure, errors=errors)


ROUTES = [
    Route("/book/{draft}/you", you, methods=["GET"]),
    Route("/book/{draft}/you", send_you, methods=["POST"]),
]
