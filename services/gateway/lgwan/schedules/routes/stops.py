"""全国システムの停止: the list that an administrator keeps, as changes of times of all offices."""

from collections.abc import Mapping
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.lgwan.door.auth import actor_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.staff import EVERY_OFFICE
from services.gateway.lgwan.schedules.day_forms import typed_values
from services.gateway.lgwan.schedules.pending import keep_steps, read_long_form
from services.gateway.lgwan.schedules.stop_forms import KINDS, REASONS, read_stops, stop_lines
from services.gateway.web.forms import Form
from services.gateway.web.times import now

from .forms import collect
from .work import RIGHT, Work, asked, show, work_of

_SETTINGS = "settings.edit"
_FIELDS = ("day", "day_until", "kind", "starts", "ends", "reason")


@staff(_SETTINGS, read=read_long_form, keep=keep_steps)
async def stops(request: Request) -> Response:
    work = await _work_of(request)
    values = {**dict.fromkeys(_FIELDS, ""), "day": asked(request, "day")}
    return await _page(request, work, {**values, "kind": asked(request, "kind")})


@staff(_SETTINGS, read=read_long_form, keep=keep_steps)
async def plan_stops(request: Request) -> Response:
    work, form = await _work_of(request), cast("Form", form_of(request))
    values, found = typed_values(form, _FIELDS, ()), read_stops(form)
    if found.errors:
        return await _page(request, work, values, found.errors)
    wrong: dict[str, str] = {}

    def refuse(errors: Mapping[str, str]) -> Response | None:
        wrong.update(errors)
        return None

    planned = await collect(request, work, found.steps, values, refuse)
    return await _page(request, work, values, wrong) if wrong else planned


async def _work_of(request: Request) -> Work:
    """404 for who does not set up times at all offices."""
    work = await work_of(request)
    if EVERY_OFFICE not in work.member.offices or not work.member.may(RIGHT):
        raise HTTPException(404)
    return work


async def _page(
    request: Request, work: Work, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    client = door_of(request).services.schedules
    known = await client.stops(actor_of(request))
    shown = {
        "values": values,
        "errors": errors or {},
        "kinds": list(KINDS.items()),
        "reasons": REASONS,
        "lines": stop_lines(known.stops, work.catalog.offices.values(), now().date()),
    }
    return show(request, work, "schedule_stops.html", shown, 422 if errors else 200)
