"""全国システム障害: what stops where, whom that meets, and the end of it."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import Outage, OutagePreview, OutageRequest, Procedure
from services.gateway.lgwan.door.auth import (
    actor_of,
    audit_of,
    form_of,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import CatalogIndex, door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import Staff
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

RIGHT, TICKS = "schedules.edit", "bookings.tick"
PATH = "/outages"
Values = Mapping[str, Any]
_MISSING = {
    "office": "場所を、1つ以上選んでください。",
    "procedure": "止める手続きを、1つ以上選んでください。",
}


@staff(RIGHT)
async def outages(request: Request) -> Response:
    catalog = await _catalog(request)
    member = session_of(request).staff
    values = {
        "office": tuple(office for office, _ in offices_of(catalog, member)),
        "procedure": tuple(p.procedure_id for p in catalog.procedures.values() if _needs_link(p)),
        "tomorrow": "",
    }
    return await _page(request, catalog, values)


@staff(RIGHT)
async def preview(request: Request) -> Response:
    """Whom it would meet, before anything is done."""
    catalog = await _catalog(request)
    values = _typed(_form(request), catalog, session_of(request).staff)
    if errors := {name: text for name, text in _MISSING.items() if not values[name]}:
        return await _page(request, catalog, values, errors, status=422)
    client = door_of(request).services.schedules
    found = await client.preview_outage(actor_of(request), _asked(values))
    return await _page(request, catalog, values, found=found)


@staff(RIGHT, audit="outage.start")
async def start(request: Request) -> Response:
    form, audit = _form(request), audit_of(request)
    catalog = await _catalog(request)
    values = _typed(form, catalog, session_of(request).staff)
    audit.object_kind = "outage"
    if errors := {name: text for name, text in _MISSING.items() if not values[name]}:
        audit.result = "mistyped"
        return await _page(request, catalog, values, errors, status=422)
    client = door_of(request).services.schedules
    started = await client.start_outage(actor_of(request), read_key(form), _asked(values))
    _named(audit, started)
    door_of(request).catalog.forget()
    return RedirectResponse(f"{PATH}?started={started.outage_id}", 303)


@staff(RIGHT, audit="outage.end")
async def end(request: Request) -> Response:
    audit, outage_id = audit_of(request), request.path_params["outage_id"]
    _check(request)
    audit.object_kind, audit.object_id = "outage", str(outage_id)
    client = door_of(request).services.schedules
    try:
        ended = await client.end_outage(
            actor_of(request), read_key(form_of(request)), UUID(str(outage_id))
        )
    except Refused as refused:
        if refused.slug != "not-found":
            raise
        raise HTTPException(404) from None
    _named(audit, ended)
    door_of(request).catalog.forget()
    return RedirectResponse(f"{PATH}?ended={outage_id}", 303)


def _form(request: Request) -> Form:
    return cast("Form", form_of(request))


def _named(audit: Any, outage: Outage) -> None:
    audit.object_id = str(outage.outage_id)
    audit.office_id = outage.office_ids[0] if len(outage.office_ids) == 1 else ""


async def _catalog(request: Request) -> CatalogIndex:
    _check(request)
    return await door_of(request).catalog.fresh()


def _check(request: Request) -> None:
    """Who waits gets an outcome: that is for those who tick."""
    if not session_of(request).staff.may(TICKS):
        raise HTTPException(403)


def _needs_link(procedure: Procedure) -> bool:
    """An application is taken in on paper, and goes on."""
    return any(outcome in ("collected", "done") for outcome in procedure.outcomes)


def _typed(form: Form, catalog: CatalogIndex, member: Staff) -> dict[str, Any]:
    """What was ticked of what there is."""
    offices, procedures = set(form.all("office")), set(form.all("procedure"))
    return {
        "office": tuple(one for one, _ in offices_of(catalog, member) if one in offices),
        "procedure": tuple(one for one in catalog.procedures if one in procedures),
        "tomorrow": "1" if form.get("tomorrow") == "1" else "",
    }


def _asked(values: Values) -> OutageRequest:
    return OutageRequest(
        office_ids=values["office"],
        procedure_ids=values["procedure"],
        tomorrow=bool(values["tomorrow"]),
    )


async def _page(
    request: Request,
    catalog: CatalogIndex,
    values: Values,
    errors: Mapping[str, str] | None = None,
    found: OutagePreview | None = None,
    status: int = 200,
) -> Response:
    member = session_of(request).staff
    client = door_of(request).services.schedules
    known = (await client.outages(actor_of(request))).outages
    asked = request.query_params
    shown = {
        "values": values,
        "errors": errors or {},
        "offices": offices_of(catalog, member),
        "procedures": [(p.procedure_id, p.name) for p in catalog.procedures.values()],
        "preview": _preview(found, catalog, values) if found else None,
        "running": [_line(one, catalog) for one in known if one.ended_at is None],
        "ended": [_line(one, catalog) for one in known if one.ended_at],
        "started": _named_line(known, asked.get("started", ""), catalog),
        "stopped": _named_line(known, asked.get("ended", ""), catalog),
    }
    return answer(request, "outages.html", shown, status)


def _named_line(
    known: Sequence[Outage], outage_id: str, catalog: CatalogIndex
) -> dict[str, Any] | None:
    return next((_line(one, catalog) for one in known if str(one.outage_id) == outage_id), None)


def _line(outage: Outage, catalog: CatalogIndex) -> dict[str, Any]:
    return {
        "outage": outage,
        "offices": "・".join(map(catalog.office, outage.office_ids)),
        "procedures": "、".join(map(catalog.procedure, outage.procedure_ids)),
    }


def _preview(found: OutagePreview, catalog: CatalogIndex, values: Values) -> dict[str, Any]:
    """The sums of what it would do; who comes tomorrow counts only where that was chosen."""
    tomorrow = bool(values["tomorrow"])
    return {
        "running": found.running,
        "rows": [(catalog.office(count.office_id), count) for count in found.offices],
        "waiting": sum(count.waiting for count in found.offices),
        "partly": sum(count.partly for count in found.offices),
        "to_come": sum(
            count.today + (count.tomorrow if tomorrow else 0) for count in found.offices
        ),
        "offices": "・".join(map(catalog.office, values["office"])),
        "procedures": "、".join(map(catalog.procedure, values["procedure"])),
        "goes_on": "、".join(
            p.name for p in catalog.procedures.values()
            if p.procedure_id not in values["procedure"] and not p.hidden
        ),
    }  # fmt: skip


ROUTES = [
    Route(PATH, outages, methods=["GET"]),
    Route(PATH, start, methods=["POST"]),
    Route(f"{PATH}/preview", preview, methods=["POST"]),
    Route(f"{PATH}/{{outage_id:uuid}}/end", end, methods=["POST"]),
]
