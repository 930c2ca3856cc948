"""The forms of special days, of ends, and of copies."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import Closure
from services.gateway.lgwan.counter.series import name_of
from services.gateway.lgwan.door.auth import Endpoint, form_of, staff
from services.gateway.lgwan.schedules.day_forms import (
    KINDS,
    REASONS,
    ReadSteps,
    day_values,
    read_copy_office,
    read_copy_week,
    read_days,
    read_end,
    typed_values,
    weeks_after,
)
from services.gateway.lgwan.schedules.fields import read_day
from services.gateway.lgwan.schedules.grid import monday_of
from services.gateway.lgwan.schedules.pending import keep_steps, read_long_form
from services.gateway.lgwan.schedules.says import series_text, week_text
from services.gateway.web.forms import Form
from services.gateway.web.times import now
from services.gateway.web.typed import Mistyped

from .forms import collect
from .spans import span_of
from .work import RIGHT, Work, asked, show, work_of

_SHOWN_CLOSURES = 30
Names = tuple[str, ...]
Read = Callable[[Form, Work], ReadSteps]
Page = Callable[[Request, Work, Mapping[str, Any], Mapping[str, str]], Response]


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def day(request: Request) -> Response:
    """Special days; opened for what was chosen in the grid, or for today."""
    work = await work_of(request)
    office_id, kind = work.office_of(asked(request, "office")), asked(request, "kind")
    span = span_of(request)
    first, last = span.days if span else (_day_or_today(asked(request, "day")),) * 2
    hours = {}
    if span and kind == "hours":
        hours = {"opens": span.opens, "closes": span.closes}
    elif span and kind == "until":
        hours = {"closes": span.opens}
    values = day_values(office_id, first, last, kind=kind, **hours)
    return _day_page(request, work, values)


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def end(request: Request) -> Response:
    work = await work_of(request)
    values = {"office": asked(request, "office"), "id": asked(request, "id"), "last_day": ""}
    return _end_page(request, work, values)


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def copy_week(request: Request) -> Response:
    work = await work_of(request)
    week = monday_of(_day_or_today(asked(request, "week")))
    office_id = work.office_of(asked(request, "office"))
    values = {"office": office_id, "week": week.isoformat(), "to": ()}
    return _week_page(request, work, values)


@staff(RIGHT, read=read_long_form, keep=keep_steps)
async def copy_office(request: Request) -> Response:
    work = await work_of(request)
    office_id = work.office_of(asked(request, "office"))
    values = {"office": office_id, "to": (), "first_day": now().date().isoformat()}
    return _office_page(request, work, values)


def _day_page(
    request: Request, work: Work, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    office = work.catalog.offices.get(next(iter(values["office"]), ""))
    closures: tuple[Closure, ...] = office.closures if office else ()
    shown = {
        "values": values,
        "errors": errors or {},
        "kinds": list(KINDS.items()),
        "reasons": REASONS,
        "closures": [c for c in closures if c.day >= now().date()][:_SHOWN_CLOSURES],
        "office_name": office.name if office else "",
    }
    return show(request, work, "schedule_day.html", shown, 422 if errors else 200)


def _end_page(
    request: Request, work: Work, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    """404 for a series that is not there."""
    series = work.coming.get(values["office"], {}).get(values["id"])
    if series is None:
        raise HTTPException(404)
    shown = {
        "values": values,
        "errors": errors or {},
        "office_name": work.catalog.office(values["office"]),
        "name": name_of(series),
        "about": series_text(series, work.catalog),
    }
    return show(request, work, "schedule_end.html", shown, 422 if errors else 200)


def _week_page(
    request: Request, work: Work, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    week = monday_of(_day_or_today(values["week"]))
    shown = {
        "values": values,
        "errors": errors or {},
        "office_name": work.catalog.office(values["office"]),
        "week": week,
        "weeks": [(d.isoformat(), week_text(d), d + timedelta(days=6)) for d in weeks_after(week)],
    }
    return show(request, work, "schedule_week.html", shown, 422 if errors else 200)


def _office_page(
    request: Request, work: Work, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    series = work.coming.get(values["office"], {}).values()
    shown = {
        "values": values,
        "errors": errors or {},
        "office_name": work.catalog.office(values["office"]),
        "series": [series_text(s, work.catalog) for s in series if s.valid_until >= now().date()],
    }
    return show(request, work, "schedule_office.html", shown, 422 if errors else 200)


def _day_or_today(text: str) -> date:
    try:
        return read_day(text, "") if text else now().date()
    except Mistyped:
        return now().date()


def _planned(texts: Names, lists: Names, read: Read, page: Page) -> Endpoint:
    """Takes what was typed into a form: to the plan of it, or back to `page` with what is wrong."""

    @staff(RIGHT, read=read_long_form, keep=keep_steps)
    async def plan(request: Request) -> Response:
        work, form = await work_of(request), cast("Form", form_of(request))
        values, found = typed_values(form, texts, lists), read(form, work)
        if found.errors:
            return page(request, work, values, found.errors)
        return await collect(
            request, work, found.steps, values, lambda wrong: page(request, work, values, wrong)
        )

    return plan


plan_day = _planned(
    ("day", "day_until", "kind", "opens", "closes", "windows", "reason"),
    ("office",),
    lambda form, work: read_days(form, work.catalog, work.member),
    _day_page,
)
plan_end = _planned(("office", "id", "last_day"), (), lambda form, _: read_end(form), _end_page)
plan_week = _planned(("office", "week"), ("to",), lambda form, _: read_copy_week(form), _week_page)
plan_office = _planned(
    ("office", "first_day"),
    ("to",),
    lambda form, work: read_copy_office(form, work.catalog, work.member),
    _office_page,
)
