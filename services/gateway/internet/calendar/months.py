"""The month as a page: rendered once for everybody, again only when a day looks different."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.datastructures import Headers
from starlette.responses import Response

from libs.contracts.booking import Procedure
from libs.contracts.times import day_of
from services.gateway.internet.offer.availability import Availability, DayState
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.offered import period
from services.gateway.internet.offer.page_cache import PageCache, Stamp, for_everybody
from services.gateway.web.language import _
from services.gateway.web.pages import Pages

WORDS: dict[DayState, str] = {
    "free": _("空きあり"),
    "few": _("残りわずか"),
    "full": _("空きなし"),
    "off": _("休み"),
    "closed": _("受付期間外"),
}
SIGNS: dict[DayState, str] = {"free": "○", "few": "△", "full": "×", "off": "－", "closed": "－"}
NEAREST = 3
A_MOMENT = 5.0
"""So many seconds a month without places may go without asking what other offices have."""

_WEEKS = Calendar(firstweekday=6)


@dataclass(frozen=True)
class MonthSpec:
    """What a month page shows. `back` is where its back link leads; `choose` makes links of the
    days. All links are relative, so the page belongs to no one."""

    procedure_id: str
    office_id: str
    first: date
    back: str
    choose: bool


_Look = tuple[tuple[DayState, ...], tuple[tuple[str, date], ...]]
"""The state of each day; other offices with their first free day, where no day has a place."""


class MonthPages:
    """Serves months from memory. No service is asked and no query is made."""

    def __init__(
        self, pages: Pages, catalog: CatalogView, board: Board, availability: Availability
    ) -> None:
        self._pages = pages
        self._catalog = catalog
        self._board = board
        self._availability = availability
        self._shelf = PageCache(for_everybody)

    def first_month(self, procedure: Procedure, office_id: str, now: datetime) -> date:
        """The first month with places, or this month where there are none."""
        day = self._availability.first_free(office_id, procedure, now)
        return (day or day_of(now)).replace(day=1)

    def answer(self, spec: MonthSpec, now: datetime, headers: Headers) -> Response:
        """The page, or 304 where the browser has it. The procedure and the office exist."""

        def look() -> tuple[_Look, float]:
            return self._look(spec, now)

        def render(look: _Look) -> str:
            return self._render(spec, now, look)

        stamp = self._stamp(spec.office_id, now)
        return self._shelf.page(spec, stamp, now, look, render).answer(headers)

    def _look(self, spec: MonthSpec, now: datetime) -> tuple[_Look, float]:
        days = [
            self._availability.day(spec.office_id, spec.procedure_id, day, now)
            for day in days_of(spec.first)
        ]
        states = tuple(day.state for day in days)
        until = min(day.until for day in days)
        if any(_has_place(state) for state in states):
            return (states, ()), until
        return (states, self._elsewhere(spec, now)), min(until, now.timestamp() + A_MOMENT)

    def _elsewhere(self, spec: MonthSpec, now: datetime) -> tuple[tuple[str, date], ...]:
        """The other offices that have places, where this one has none at all and one may go
        there."""
        procedure = self._catalog.procedure(spec.procedure_id)
        if procedure is None or procedure.at_card_office:
            return ()
        if self._availability.first_free(spec.office_id, procedure, now):
            return ()
        found = self._availability.elsewhere(spec.office_id, procedure, None, now, NEAREST)
        return tuple((office.office_id, day_of(at)) for office, at in found)

    def _stamp(self, office_id: str, now: datetime) -> Stamp:
        return (self._board.revision(office_id), self._catalog.revision, day_of(now))

    def _render(self, spec: MonthSpec, now: datetime, look: _Look) -> str:
        states, elsewhere = look
        procedure = self._catalog.procedure(spec.procedure_id)
        assert procedure is not None
        first, last = period(procedure, now)
        earlier, later = previous_month(spec.first), next_month(spec.first)
        values = {
            "spec": spec,
            "office": self._catalog.office(spec.office_id),
            "procedure": procedure,
            "week_of_days": _WEEKS.monthdatescalendar(spec.first.year, spec.first.month)[0],
            "weeks": _weeks(spec.first, states),
            "earlier": earlier if earlier >= first.replace(day=1) else None,
            "later": later if later <= last else None,
            "any_free": any(_has_place(state) for state in states),
            "last": last,
            "elsewhere": [(self._catalog.office(office_id), day) for office_id, day in elsewhere],
        }
        return self._pages.render("month.html", values)


@dataclass(frozen=True)
class DayCell:
    """A day of the table."""

    day: date
    state: DayState
    sign: str
    word: str


def _weeks(first: date, states: tuple[DayState, ...]) -> list[list[DayCell | None]]:
    """Weeks from Sunday; None where a day belongs to another month."""
    by_day = dict(zip(days_of(first), states, strict=True))
    return [
        [
            DayCell(day, by_day[day], SIGNS[by_day[day]], WORDS[by_day[day]])
            if day in by_day
            else None
            for day in week
        ]
        for week in _WEEKS.monthdatescalendar(first.year, first.month)
    ]


def _has_place(state: DayState) -> bool:
    return state in ("free", "few")


def days_of(first: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((next_month(first) - first).days)]


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
