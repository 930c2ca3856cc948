"""The pages of free times that one door shows."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from .days import DayPages
from .months import MonthPages
from .overview import OverviewPages
from .weekpages import WeekPages
from .weeks import Weeks


@dataclass(frozen=True)
class Calendar:
    """By day, week and month, and all offices side by side; kept until what they show changes."""

    overview: OverviewPages
    months: MonthPages
    days: DayPages
    weeks: Weeks
    week_pages: WeekPages


def calendar_of(request: Request[Any]) -> Calendar:
    calendar: Calendar = request.scope["state"]["calendar"]
    return calendar
