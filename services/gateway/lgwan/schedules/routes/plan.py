"""The dry run before every change, and applying it as it was seen."""

from collections.abc import Sequence
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.contracts.booking import PutSeries, ScheduleApply, ScheduleChange, SchedulePlan
from services.gateway.lgwan.counter.series import name_of
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.schedules import faults
from services.gateway.lgwan.schedules.pending import MOST, keep_steps, read_long_form
from services.gateway.lgwan.schedules.plans import (
    competing_texts,
    differences,
    office_row,
    read_seen,
    seen_text,
    view,
)
from services.gateway.lgwan.schedules.says import closure_texts
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .work import RIGHT, Work, asked, show, work_of

SEEN = "seen"


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def again(request: Request) -> Response:
    """The plan of what was collected, without the step that is dropped."""
    work = await work_of(request)
    dropped = [said for said in work.sentences if said.steps == asked(request, "drop")]
    steps = tuple(
        step for n, step in enumerate(work.steps) if not any(n in said for said in dropped)
    )
    if not steps:
        return RedirectResponse("/schedules", 303)
    return await planned(request, Work(work.session, work.catalog, steps))


async def planned(request: Request, work: Work) -> Response:
    """What the collected changes would do as of now, or why they cannot be."""
    change = ScheduleChange(steps=work.steps)
    try:
        plan = await door_of(request).services.schedules.plan(actor_of(request), change)
    except Refused as refused:
        return _refused(request, work, faults.in_words(faults.faults_of(refused)))
    return plan_page(request, work, plan)


@staff(RIGHT)
async def nothing_posted(_: Request) -> Response:
    """Plans are answers to forms; whoever comes back to the address alone starts at the week."""
    return RedirectResponse("/schedules", 303)


@staff(RIGHT, audit="schedule.apply", read=read_long_form, keep=keep_steps)
async def apply(request: Request) -> Response:
    """Everything that was seen, or nothing."""
    work, form, audit = await work_of(request), form_of(request), audit_of(request)
    audit.object_kind = "schedule"
    mark, shown = read_seen(work.session, cast("Form", form).typed(SEEN))
    change = ScheduleChange(steps=work.steps)
    wanted = ScheduleApply(change=change, seen=mark, mail=form.get("mail") == "1")
    client = door_of(request).services.schedules
    try:
        applied = await client.apply(actor_of(request), read_key(form), wanted)
    except Refused as refused:
        audit.result = refused.slug
        return _changed(request, work, refused, shown)
    audit.object_id = str(applied.change_id)
    audit.office_id = applied.office_ids[0] if len(applied.office_ids) == 1 else ""
    return RedirectResponse(f"/schedules/changes?done={applied.change_id}", 303)


def _changed(request: Request, work: Work, refused: Refused, shown: dict[str, Any]) -> Response:
    """The new plan, and what is different in it. Raises what is no such refusal."""
    if refused.slug == faults.SLUG:
        return _refused(request, work, faults.in_words(faults.faults_of(refused)))
    if refused.slug != "plan-changed":
        raise refused
    plan = SchedulePlan.model_validate(refused.facts["plan"])
    told = differences(shown, plan, work.catalog)
    return plan_page(request, work, plan, told, 409)


def plan_page(
    request: Request, work: Work, plan: SchedulePlan, told: Sequence[str] = (), status: int = 200
) -> Response:
    """What the collected changes would do. `told` says how that differs from what was seen."""
    values = {
        "view": view(plan),
        "told": told,
        "refused": [],
        "rows": [office_row(office, work.catalog) for office in plan.offices],
        "closures": closures_met(work),
        "competing": competing_texts(plan, work.catalog, work.coming),
        "catalog": work.catalog,
        "seen": seen_text(work.session, plan),
        "full": len(work.steps) >= MOST,
    }
    return show(request, work, "schedule_plan.html", values, status)


def closures_met(work: Work) -> list[tuple[str, list[str]]]:
    """Which closures the series that are put meet, by name: opening then is a decision."""
    found: dict[tuple[str, ...], str] = {}
    for step in work.steps:
        office = work.catalog.offices.get(getattr(step, "office_id", ""))
        if isinstance(step, PutSeries) and office:
            coming = [one for one in office.closures if one.day >= now().date()]
            if lines := tuple(closure_texts(step.series, coming)):
                found.setdefault(lines, f"枠「{name_of(step.series)}」")
    return [(name, list(lines)) for lines, name in found.items()]


def _refused(request: Request, work: Work, sentences: list[str]) -> Response:
    """Steps that cannot be: each may be taken out of the collection."""
    values = {"view": None, "told": [], "refused": sentences, "full": len(work.steps) >= MOST}
    return show(request, work, "schedule_plan.html", values, 422)
