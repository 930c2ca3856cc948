"""The week of an office as a grid, with its series."""

from datetime import date, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import Office, ScheduleWeek, Series
from services.gateway.lgwan.counter.series import hours_text, name_of
from services.gateway.lgwan.door.auth import actor_of, staff
from services.gateway.lgwan.door.context import CatalogIndex, door_of
from services.gateway.lgwan.schedules.fields import read_day, windows_text
from services.gateway.lgwan.schedules.grid import grid_of, monday_of, times_of
from services.gateway.lgwan.schedules.pending import keep_steps, read_long_form
from services.gateway.lgwan.schedules.places import competing, days_of, letters, places_a_day
from services.gateway.lgwan.schedules.says import (
    CLOSURES,
    breaks_text,
    places_text,
    published_text,
    windows_of,
)
from services.gateway.web.times import now
from services.gateway.web.typed import Mistyped

from .kept import kept
from .work import RIGHT, asked, show, work_of


@staff("bookings.read", read=read_long_form, keep=keep_steps)
async def grid(request: Request) -> Response:
    """404 for who serves no office."""
    work = await work_of(request)
    office_id = work.office_of(asked(request, "office"))
    if not office_id:
        raise HTTPException(404)
    today = now().date()
    week = monday_of(_day(asked(request, "week"), today))
    found = await door_of(request).services.schedules.week(actor_of(request), office_id, week)
    values = _values(work.catalog, office_id, found, today)
    may_edit = work.member.may(RIGHT)
    lost = 0 if work.steps or not may_edit else len(await kept(request))
    return show(request, work, "schedules.html", {**values, "may_edit": may_edit, "lost": lost})


def _day(text: str, otherwise: date) -> date:
    """A Monday that nobody typed: what is no day is today."""
    try:
        return read_day(text, "") if text else otherwise
    except Mistyped:
        return otherwise


def _values(
    catalog: CatalogIndex, office_id: str, found: ScheduleWeek, today: date
) -> dict[str, Any]:
    office = catalog.offices[office_id]
    series = sorted(office.series, key=lambda one: (one.valid_until < today, one.valid_from))
    named = letters([one.series_id for one in series])
    grid_shown = grid_of(found, named)
    begins, ends = times_of(grid_shown)
    return {
        "office": office,
        "week": found.week,
        "days": [found.week + timedelta(days=n) for n in range(7)],
        "one_week": timedelta(days=7),
        "today": today,
        "this_week": monday_of(today),
        "grid": grid_shown,
        "begins": begins,
        "ends": ends,
        "series": [_line(one, named, office, catalog, today) for one in series],
        "competing": [
            (named[one.series_id], named[other.series_id], windows_text(windows))
            for one, other, windows in competing(s for s in series if s.valid_until >= today)
        ],
    }


def _line(
    series: Series, named: dict[str, str], office: Office, catalog: CatalogIndex, today: date
) -> dict[str, Any]:
    a_day = places_a_day(series)
    return {
        "id": series.series_id,
        "letter": named[series.series_id],
        "name": name_of(series),
        "hours": hours_text(series),
        "unit": series.unit_minutes,
        "breaks": breaks_text(series),
        "windows": windows_of(series),
        "procedures": "・".join(map(catalog.procedure, series.procedure_ids)),
        "valid_from": series.valid_from,
        "valid_until": series.valid_until,
        "published": published_text(series) if _is_to_come(series) else "",
        "open_on": [text for name, text in CLOSURES.items() if getattr(series, name)],
        "places": places_text(a_day, a_day * days_of(series, office, today)),
        "is_over": series.valid_until < today,
    }


def _is_to_come(series: Series) -> bool:
    return series.published_from is not None and series.published_from > now()
