"""What one comes for: another procedure instead, and further ones in the same visit."""

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Procedure
from services.gateway.internet.door.door import CitizenRequest, draft_page, draft_post, go
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.seats import Seat, answered, person_routes, seat_of
from services.gateway.internet.door.steps import at_card_office, onward
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.reading import Errors

ONE_OF_TWO = _("同じ種類の手続きは、一緒に予約できません。どちらか1つを選んでください。")


@draft_page
async def procedure(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """The first question of a booking that has none yet, or a change of mind."""
    catalog = citizen.door.catalog
    return citizen.page(
        "procedures.html",
        action="procedure",
        back_to="check" if draft.procedure_id else "/",
        joins=datetime.fromisoformat(draft.join_start) if draft.join_start else None,
        procedures=catalog.procedures(),
        online=catalog.online(),
        again=False,
    )


@draft_post
async def choose_procedure(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """The answers stay, and are asked again where they do not fit the other procedure."""
    chosen = [p for p in citizen.door.catalog.online() if p.procedure_id == form.get("procedure")]
    if not chosen:
        return go("procedure")
    changed = draft.change(procedure_id=chosen[0].procedure_id, also=())
    if changed.procedure_ids != draft.procedure_ids:
        draft = citizen.keep(at_card_office(citizen.door, changed.without_time()))
    return onward(citizen.door, draft)


@draft_page
async def also(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    return _also_page(citizen, draft, {})


@draft_post
async def choose_also(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    seat, wanted = seat_of(citizen, draft), form.all("also")
    chosen = [p for p in _addable(citizen, draft, seat) if p.procedure_id in wanted]
    if len({p.group for p in chosen}) < len(chosen):
        return _also_page(citizen, draft, {"also": ONE_OF_TWO}, 422)
    ids = tuple(p.procedure_id for p in chosen)
    if ids != seat.who.also:
        draft = answered(citizen, draft.without_time(), seat, also=ids)
    return onward(citizen.door, draft)


def _also_page(
    citizen: CitizenRequest, draft: BookingDraft, errors: Errors, status: int = 200
) -> Response:
    seat = seat_of(citizen, draft)
    addable = [(p.procedure_id, p.plain) for p in _addable(citizen, draft, seat)]
    return citizen.page("also.html", status, draft=draft, seat=seat, addable=addable, errors=errors)


def _addable(citizen: CitizenRequest, draft: BookingDraft, seat: Seat) -> list[Procedure]:
    """What can be done in the same visit: of another kind, without a card of its own, and at the
    same office where that is known."""
    catalog, first = citizen.door.catalog, seat.rules.procedures[0]
    return [
        p
        for p in catalog.online()
        if p.group != first.group
        and not p.needs_card
        and draft.office_id in ("", *(o.office_id for o in catalog.offering(p.procedure_id)))
    ]


ROUTES = [
    Route("/book/{draft}/procedure", procedure, methods=["GET"]),
    Route("/book/{draft}/procedure", choose_procedure, methods=["POST"]),
    *(Route(path, also, methods=["GET"]) for path in person_routes("also")),
    *(Route(path, choose_also, methods=["POST"]) for path in person_routes("also")),
]
