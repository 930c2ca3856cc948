"""Which office has places when: offices × two weeks of days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from libs.contracts.booking import Office, Procedure
from services.gateway.internet.offer.availability import DayState
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import ViewedOffer
from services.gateway.internet.offer.offered import period

from .months import SIGNS, WORDS, has_place

DAYS = 14

Row = tuple[str, date | None, tuple[DayState, ...]]
"""An office, its first free day, and the state of each day shown."""

OverviewLook = tuple[date, tuple[Row, ...]]
"""The first day shown, and the rows."""


@dataclass(frozen=True)
class OverviewLine:
    """An office as the table shows it; `month` is the one that its link opens."""

    office: Office
    earliest: date | None
    days: list[tuple[date, str, str, DayState]]
    month: date


@dataclass(frozen=True)
class OverviewView:
    """`first` is the first day shown; None begins with the two weeks that have a place. The
    procedure exists."""

    procedure_id: str
    first: date | None

    template: ClassVar[str] = "availability_offices.html"

    @classmethod
    def around(cls, procedure: Procedure, wanted: date | None, now: datetime) -> "OverviewView":
        """The two weeks with `wanted`, if it can be booked; else the first with a place."""
        first, last = period(procedure, now)
        if wanted is not None and first <= wanted <= last:
            return cls(procedure.procedure_id, two_weeks_of(wanted, first))
        return cls(procedure.procedure_id, None)

    def revision(self, board: Board) -> int:
        return board.changes

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[OverviewLook, float]:
        procedure = self._procedure(offer)
        first = self.first or first_weeks(offer, procedure, now)
        days = days_from(first, procedure, now)
        rows: list[Row] = []
        until: list[float] = []
        for office in offer.catalog.offering(self.procedure_id):
            ids = (office.office_id, self.procedure_id)
            shown = [offer.availability.day(*ids, day, now) for day in days]
            earliest = offer.availability.earliest(office.office_id, procedure, now)
            rows.append((office.office_id, earliest.day, tuple(day.state for day in shown)))
            until += [earliest.until, *(day.until for day in shown)]
        return (first, tuple(rows)), min(until, default=float("inf"))

    def values(self, offer: ViewedOffer, look: OverviewLook, now: datetime) -> dict[str, Any]:
        procedure = self._procedure(offer)
        first, last = period(procedure, now)
        days, rows = days_from(look[0], procedure, now), look[1]
        earlier, later = days[0] - timedelta(days=DAYS), days[0] + timedelta(days=DAYS)
        return {
            "procedure": procedure,
            "days": days,
            "rows": [_office_row(offer, row, days) for row in rows],
            "earlier": earlier if earlier >= first else None,
            "later": later if later <= last else None,
            "any_free": any(has_place(state) for row in rows for state in row[2]),
            "last": last,
        }

    def _procedure(self, offer: ViewedOffer) -> Procedure:
        procedure = offer.catalog.procedure(self.procedure_id)
        assert procedure is not None
        return procedure


def first_weeks(offer: ViewedOffer, procedure: Procedure, now: datetime) -> date:
    """The two weeks in which any office has a place, or the first that can be booked."""
    first = period(procedure, now)[0]
    free = [
        offer.availability.first_free(office.office_id, procedure, now)
        for office in offer.catalog.offering(procedure.procedure_id)
    ]
    return two_weeks_of(min((day for day in free if day), default=first), first)


def _office_row(offer: ViewedOffer, row: Row, days: list[date]) -> OverviewLine:
    office_id, earliest, states = row
    office = offer.catalog.office(office_id)
    assert office is not None
    shown = list(zip(days, states, strict=True))
    free = next((day for day, state in shown if has_place(state)), days[0])
    cells = [(day, SIGNS[state], WORDS[state], state) for day, state in shown]
    return OverviewLine(office, earliest, cells, free.replace(day=1))


def two_weeks_of(day: date, first: date) -> date:
    """Where the two weeks with `day` begin, counted from the first day that can be booked."""
    return first + timedelta(days=(day - first).days // DAYS * DAYS)


def days_from(first: date, procedure: Procedure, now: datetime) -> list[date]:
    """Two weeks of days, or fewer where the period ends before."""
    last = period(procedure, now)[1]
    return [first + timedelta(days=n) for n in range(min(DAYS, (last - first).days + 1))]
