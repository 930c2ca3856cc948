"""The beginning of a booking: the choice of the procedure."""

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import find_day
from services.gateway.internet.door.door import CitizenRequest, go, page, post, procedure_of
from services.gateway.internet.door.drafts import new_draft
from services.gateway.internet.door.steps import onward
from services.gateway.web.forms import Form


@page
async def procedures(citizen: CitizenRequest) -> Response:
    door = citizen.door
    if linked := _linked(citizen):
        return linked
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
    return onward(citizen.door, citizen.keep(new_draft("book", procedure.procedure_id)))


def _linked(citizen: CitizenRequest) -> Response | None:
    """The beginning of a booking by a link, on a postcard or a page: with its procedure, office and
    day, as far as they are offered. Nothing is kept of it but in the browser."""
    query, door = citizen.request.query_params, citizen.door
    chosen = [p for p in door.catalog.online() if p.procedure_id == query.get("procedure")]
    if not chosen:
        return None
    offices = {office.office_id for office in door.catalog.offering(chosen[0].procedure_id)}
    office, day = query.get("office", ""), find_day(query.get("day", ""))
    draft = new_draft("book", chosen[0].procedure_id)
    if office in offices:
        draft = draft.change(office_id=office, wanted_day=day.isoformat() if day else "")
    return onward(door, citizen.keep(draft))


ROUTES = [
    Route("/book", procedures, methods=["GET"]),
    Route("/book", begin, methods=["POST"]),
]
