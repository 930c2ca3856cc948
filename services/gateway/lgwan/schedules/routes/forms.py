"""The forms of changes: opened by a link or with what was collected, and answered with a plan."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from libs.contracts.booking import OfficePlan, ScheduleChange, ScheduleStep
from services.gateway.lgwan.door.auth import actor_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.schedules import faults
from services.gateway.lgwan.schedules.pending import MOST, keep_steps, read_long_form, with_steps
from services.gateway.lgwan.schedules.says import CLOSURES, places_text
from services.gateway.lgwan.schedules.series_form import (
    BREAKS,
    PRESETS,
    UNITS,
    of_form,
    of_preset,
    of_series,
    of_span,
    read_series,
)
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .plan import plan_page
from .spans import span_of
from .work import RIGHT, Work, asked, show, work_of

TOO_MANY = f"一度に反映できる変更は{MOST}件までです。ここまでを反映してから、続けてください。"
_COUNT = "text/plain"


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def series(request: Request) -> Response:
    """A series that exists, a new one as a preset says, or one for what was chosen in the grid."""
    work = await work_of(request)
    office_id = work.office_of(asked(request, "office"))
    known = work.coming.get(office_id, {})
    if (series_id := asked(request, "id")) in known:
        values = of_series(office_id, known[series_id])
    elif span := span_of(request):
        values = of_span(office_id, span.days, span.opens, span.closes)
    else:
        values = of_preset(asked(request, "preset"), office_id, now().date())
    return _series_page(request, work, values)


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def plan_series(request: Request) -> Response:
    work = await work_of(request)
    form, values = _form(request), of_form(_form(request))
    read = read_series(form, work.catalog, work.member, _known_to(work, values))
    if read.errors:
        return _series_page(request, work, values, read.errors)
    return await collect(
        request, work, read.steps, values, lambda wrong: _series_page(request, work, values, wrong)
    )


@staff(RIGHT, read=read_long_form)
async def count_series(request: Request) -> Response:
    """1日24枠・合計480枠: as a page, or as a text for a page that is being filled in."""
    work = await work_of(request)
    form, values = _form(request), of_form(_form(request))
    read = read_series(form, work.catalog, work.member, _known_to(work, values))
    errors, text = read.errors, ""
    if read.steps:
        try:
            text = await _count(request, work, read.steps)
        except Refused as refused:
            found = faults.faults_of(refused)
            errors = faults.at_fields(found, len(work.steps), values)
    if request.headers.get("accept") == _COUNT:
        return PlainTextResponse(text or next(iter(errors.values())))
    return _series_page(request, work, values, errors, text)


async def collect(
    request: Request,
    work: Work,
    more: Sequence[ScheduleStep],
    values: Mapping[str, Any],
    wrong: Any,
) -> Response:
    """The plan of what was collected with some more; `wrong` shows the form again."""
    steps = with_steps(work.steps, more)
    if len(steps) > MOST:
        return cast("Response", wrong({"form": TOO_MANY}))
    together = Work(work.session, work.catalog, steps)
    client = door_of(request).services.schedules
    try:
        plan = await client.plan(actor_of(request), ScheduleChange(steps=steps))
    except Refused as refused:
        first = len(steps) - len(more)
        found = faults.at_fields(faults.faults_of(refused), first, values)
        return cast("Response", wrong(found))
    return plan_page(request, together, plan)


def _series_page(
    request: Request,
    work: Work,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    count: str = "",
) -> Response:
    is_known = values["id"] in _known_to(work, values)
    shown = {
        "values": values,
        "errors": errors or {},
        "count": count,
        "is_known": bool(values["id"]) and is_known,
        "presets": [(code, preset.text) for code, preset in PRESETS.items()],
        "units": UNITS,
        "breaks": BREAKS,
        "closures": list(CLOSURES.items()),
        "procedures": [(p.procedure_id, p.name) for p in work.catalog.procedures.values()],
    }
    return show(request, work, "schedule_series.html", shown, 422 if errors else 200)


async def _count(request: Request, work: Work, more: Sequence[ScheduleStep]) -> str:
    """Of the first office that was chosen; the others are alike."""
    change = ScheduleChange(steps=with_steps(work.steps, more))
    plan = await door_of(request).services.schedules.plan(actor_of(request), change)
    office: OfficePlan = plan.offices[0]
    several = f"（{len(more)}か所とも同じ）" if len(more) > 1 else ""
    return places_text(office.places_a_day, office.places) + several


def _known_to(work: Work, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return work.coming.get(next(iter(values["office"]), ""), {})


def _form(request: Request) -> Form:
    return cast("Form", form_of(request))
