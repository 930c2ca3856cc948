"""What was chosen in the week's grid, by mouse, by keys or in its plain form."""

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request

from services.gateway.lgwan.schedules.fields import read_day, read_time
from services.gateway.web.typed import Mistyped

from .work import asked


@dataclass(frozen=True)
class ChosenSpan:
    """Some days, and from when to when; the times are for fields: 09:00."""

    days: tuple[date, date]
    opens: str
    closes: str


def span_of(request: Request) -> ChosenSpan | None:
    """None where nothing was chosen: the choices are lists, so nobody mistypes them."""
    try:
        first, last = (read_day(asked(request, name), "") for name in ("first", "last"))
        opens, closes = (read_time(asked(request, name), "") for name in ("begin", "end"))
    except Mistyped:
        return None
    return ChosenSpan((min(first, last), max(first, last)), f"{opens:%H:%M}", f"{closes:%H:%M}")
