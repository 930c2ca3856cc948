"""The beginning of a booking: the choice of the procedure."""

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import Visit, go, page, post, procedure_of
from services.gateway.internet.door.drafts import new_draft
from services.gateway.web.forms import Form


@page
async def procedures(visit: Visit) -> Response:
    door = visit.door
    again = "again" in visit.request.query_params
    return visit.page(
        "procedures.html",
        action="/book",
        back_to="/",
        joins=None,
        procedures=door.catalog.procedures(),
        online=door.catalog.online(),
        again=again,
    )


@post
async def begin(visit: Visit, form: Form) -> Response:
    """A new draft for the chosen procedure."""
    procedure = procedure_of(visit.door, form.get("procedure"))
    if procedure not in visit.door.catalog.online():
        return go("/book")
    draft = visit.keep(new_draft("book", procedure.procedure_id))
    return go(draft.path + ("card" if procedure.needs_card else "office"))


ROUTES = [
    Route("/book", procedures, methods=["GET"]),
    Route("/book", begin, methods=["POST"]),
]
