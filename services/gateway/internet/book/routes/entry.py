"""The beginning of a booking: the choice of the procedure."""

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import CitizenRequest, go, page, post, procedure_of
from services.gateway.internet.door.drafts import new_draft
from services.gateway.web.forms import Form


@page
async def procedures(citizen: CitizenRequest) -> Response:
    door = citizen.door
    again = "again" in citizen.request.query_params
    return citizen.page(
        "procedures.html",
        action="/book",
        back_to="/",
        joins=None,
        procedures=door.catalog.procedures(),
        online=door.catalog.online(),
        again=again,
    )


@post
async def begin(citizen: CitizenRequest, form: Form) -> Response:
    """A new draft for the chosen procedure."""
    procedure = procedure_of(citizen.door, form.get("procedure"))
    if procedure not in citizen.door.catalog.online():
        return go("/book")
    draft = citizen.keep(new_draft("book", procedure.procedure_id))
    return go(draft.path + ("card" if procedure.needs_card else "office"))


ROUTES = [
    Route("/book", procedures, methods=["GET"]),
    Route("/book", begin, methods=["POST"]),
]
