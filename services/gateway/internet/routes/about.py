"""About the person: as little as the procedure needs, and an e-mail address if they like."""

from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import day_of
from services.gateway.internet.door import Visit, draft_page, draft_post, go, procedure_of
from services.gateway.internet.drafts import Draft
from services.gateway.internet.forms import Errors, read_about_you
from services.gateway.web.forms import Form


@draft_page
async def you(visit: Visit, draft: Draft) -> Response:
    if not draft.starts_at:
        return go("check")
    return _you_page(visit, draft, {})


@draft_post
async def send_you(visit: Visit, draft: Draft, form: Form) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    asks_name = not procedure.needs_card
    read = read_about_you(form, asks_name=asks_name, today=day_of(visit.door.clock()))
    draft = replace(draft, email=read.email)
    if asks_name:
        draft = replace(draft.with_birth(read.birth), kana=read.kana)
        draft = replace(draft, born=read.born.isoformat() if read.born else "")
    if read.errors:
        return _you_page(visit, visit.keep(replace(draft, about_you=False)), read.errors, 422)
    visit.keep(replace(draft, about_you=True))
    return go("check")


def _you_page(visit: Visit, draft: Draft, errors: Errors, status: int = 200) -> Response:
    procedure = procedure_of(visit.door, draft.procedure_id)
    return visit.page("you.html", status, draft=draft, procedure=procedure, errors=errors)


ROUTES = [
    Route("/book/{draft}/you", you, methods=["GET"]),
    Route("/book/{draft}/you", send_you, methods=["POST"]),
]
