"""Other ways to look for a time: the week as a grid of times, and the free days as a list."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import find_day
from services.gateway.internet.calendar.present import present_day, present_of
from services.gateway.internet.calendar.routes.times import once
from services.gateway.internet.calendar.weeks import (
    WeekView,
    covers,
    first_monday,
    free_days,
    monday_of,
)
from services.gateway.internet.door.door import CitizenRequest, draft_page, go, offered, office_of
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.holding import elsewhere
from services.gateway.internet.door.steps import onward, open_before_time


@draft_page
async def first_week(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    if draft.area == "book" and open_before_time(citizen.door, draft):
        return onward(citizen.door, draft)
    door = citizen.door
    monday = first_monday(door.availability, draft.office_id, draft.wish, door.clock())
    return go(f"week/{monday}")


@draft_page
async def week(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """A table of times; each free one is a button that takes it."""
    wanted = find_day(citizen.request.path_params["monday"])
    if wanted is None or wanted != monday_of(wanted):
        raise HTTPException(404)
    if draft.area == "book" and open_before_time(citizen.door, draft):
        return onward(citizen.door, draft)
    door, now = citizen.door, citizen.door.clock()
    if not covers(door.availability, draft.wish, wanted, now):
        return go("../week")
    view = _week_view(citizen, draft, wanted)
    if present := await present_of(citizen, draft):
        return once(citizen, replace(view, present=present))
    return door.cached.personal(view, citizen.secrets, now)


@draft_page
async def days(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Only the days with places: short for ears and for small screens."""
    if draft.area == "book" and open_before_time(citizen.door, draft):
        return onward(citizen.door, draft)
    door = citizen.door
    present = await present_of(citizen, draft)
    free = free_days(door.availability, draft.office_id, draft.wish, door.clock(), present)
    others = [] if free else elsewhere(citizen, draft)
    month = "" if draft.people or draft.also else draft.calendar()
    marked = {"present": present, "present_day": present_day(present, draft.office_id)}
    frame = {"month": month, **marked, **_frame(citizen, draft)}
    return citizen.page("days.html", days=free, elsewhere=others, **frame)


def _week_view(citizen: CitizenRequest, draft: BookingDraft, monday: date) -> WeekView:
    """Raises 404 for what the city does not offer any more."""
    office = office_of(citizen.door, draft.office_id)
    offered(citizen.door, draft.wish)
    back = "../visitor" if draft.area == "book" else "../show"
    middle = monday + timedelta(days=3)
    month = "" if draft.people or draft.also else f"../{draft.calendar(middle)}"
    return WeekView(office.office_id, draft.wish, monday, month, back)


def _frame(citizen: CitizenRequest, draft: BookingDraft) -> dict[str, Any]:
    offered(citizen.door, draft.wish)
    return {
        "draft": draft,
        **citizen.door.catalog.wished(draft.wish),
        "office": office_of(citizen.door, draft.office_id),
    }


ROUTES = [
    Route(f"/{area}/{{draft}}{path}", endpoint, methods=["GET"])
    for area in ("book", "booking")
    for path, endpoint in (("/week", first_week), ("/week/{monday}", week), ("/days", days))
]
