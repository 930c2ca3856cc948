"""Which office has places when: offices × two weeks of days, rendered once for everybody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.datastructures import Headers
from starlette.responses import Response

from libs.contracts.booking import Office, Procedure
from libs.contracts.times import day_of
from services.gateway.internet.offer.availability import Availability, DayState
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.offered import period
from services.gateway.internet.offer.page_cache import PageCache, Stamp, for_everybody
from services.gateway.web.pages import Pages

from .months import SIGNS, WORDS

DAYS = 14

Row = tuple[str, date | None, tuple[DayState, ...]]
"""An office, its first free day, and the state of each day shown."""


Look = tuple[date, tuple[Row, ...]]
"""The first day shown, and the rows."""


@dataclass(frozen=True)
class OfficeRow:
    """An office as the table shows it; `month` is the one that its link opens."""

    office: Office
    earliest: date | None
    days: list[tuple[date, str, str, DayState]]
    month: date


class OverviewPages:
    """Serves the tables of all procedures from memory."""

    def __init__(
        self, pages: Pages, catalog: CatalogView, board: Board, availability: Availability
    ) -> None:
        self._pages = pages
        self._catalog = catalog
        self._board = board
        self._availability = availability
        self._shelf = PageCache(for_everybody)

    def answer(
        self, procedure: Procedure, wanted: date | None, now: datetime, headers: Headers
    ) -> Response:
        """The two weeks with `wanted`, if it can be booked; else the first with a place."""
        first, last = period(procedure, now)
        if wanted is not None and first <= wanted <= last:
            wanted = two_weeks_of(wanted, first)
        else:
            wanted = None

        def look() -> tuple[Look, float]:
            return self._look(procedure, wanted, now)

        def render(look: Look) -> str:
            return self._render(procedure, look, now)

        stamp: Stamp = (self._board.changes, self._catalog.revision, day_of(now))
        key = (procedure.procedure_id, wanted)
        return self._shelf.page(key, stamp, now, look, render).answer(headers)

    def _first_free(self, procedure: Procedure, now: datetime) -> date:
        """The two weeks in which any office has a place, or the first that can be booked."""
        first = period(procedure, now)[0]
        free = [
            self._availability.first_free(office.office_id, procedure, now)
            for office in self._catalog.offering(procedure.procedure_id)
        ]
        return two_weeks_of(min((day for day in free if day), default=first), first)

    def _look(self, procedure: Procedure, wanted: date | None, now: datetime) -> tuple[Look, float]:
        first = wanted or self._first_free(procedure, now)
        days = days_from(first, procedure, now)
        rows: list[Row] = []
        until: list[float] = []
        for office in self._catalog.offering(procedure.procedure_id):
            ids = (office.office_id, procedure.procedure_id)
            shown = [self._availability.day(*ids, day, now) for day in days]
            earliest = self._availability.earliest(office.office_id, procedure, now)
            rows.append((office.office_id, earliest.day, tuple(day.state for day in shown)))
            until += [earliest.until, *(day.until for day in shown)]
        return (first, tuple(rows)), min(until, default=float("inf"))

    def _render(self, procedure: Procedure, look: Look, now: datetime) -> str:
        first, last = period(procedure, now)
        days, rows = days_from(look[0], procedure, now), look[1]
        earlier, later = days[0] - timedelta(days=DAYS), days[0] + timedelta(days=DAYS)
        values = {
            "procedure": procedure,
            "days": days,
            "rows": [self._row(row, days) for row in rows],
            "earlier": earlier if earlier >= first else None,
            "later": later if later <= last else None,
            "any_free": any(_has_place(row) for row in rows),
            "last": last,
        }
        return self._pages.render("availability_offices.html", values)

    def _row(self, row: Row, days: list[date]) -> OfficeRow:
        office_id, earliest, states = row
        office = self._catalog.office(office_id)
        assert office is not None
        shown = list(zip(days, states, strict=True))
        free = next((day for day, state in shown if state in ("free", "few")), days[0])
        cells = [(day, SIGNS[state], WORDS[state], state) for day, state in shown]
        return OfficeRow(office, earliest, cells, free.replace(day=1))


def two_weeks_of(day: date, first: date) -> date:
    """Where the two weeks with `day` begin, counted from the first day that can be booked."""
    return first + timedelta(days=(day - first).days // DAYS * DAYS)


def days_from(first: date, procedure: Procedure, now: datetime) -> list[date]:
    """Two weeks of days, or fewer where the period ends before."""
    last = period(procedure, now)[1]
    return [first + timedelta(days=n) for n in range(min(DAYS, (last - first).days + 1))]


def _has_place(row: Row) -> bool:
    return any(state in ("free", "few") for state in row[2])
