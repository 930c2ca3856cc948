"""The month as a page: rendered once for everybody, again only when a day looks different."""

from calendar import Calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.responses import Response

from libs.contracts.booking import Procedure
from libs.contracts.times import day_of
from services.gateway.web.pages import Pages

from .availability import Availability, DayState, period
from .board import Board
from .catalog import CatalogView

MOST_KEPT = 2000
WORDS: dict[DayState, str] = {
    "free": "空きあり",
    "few": "残りわずか",
    "full": "空きなし",
    "closed": "受付期間外",
}
SIGNS: dict[DayState, str] = {"free": "○", "few": "△", "full": "×", "closed": "－"}
_WEEKS = Calendar(firstweekday=6)


Stamp = tuple[int, int, date]
"""Revisions of the board and of the catalog, and today: what a page was made from."""


@dataclass(frozen=True)
class MonthSpec:
    """What a month page shows. `back` is where its back link leads; `choose` makes links of the
    days. All links are relative, so the page belongs to no one."""

    procedure_id: str
    office_id: str
    first: date
    back: str
    choose: bool


@dataclass(frozen=True)
class _Kept:
    stamp: Stamp
    until: float
    states: tuple[DayState, ...]
    body: bytes
    etag: str
    headers: list[tuple[bytes, bytes]]


def _keep(stamp: Stamp, until: float, states: tuple[DayState, ...], body: bytes) -> _Kept:
    etag = f'"{sha256(body).hexdigest()[:20]}"'
    headers = [
        (b"etag", etag.encode()),
        (b"cache-control", b"private, no-cache"),
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    return _Kept(stamp, until, states, body, etag, headers)


class Ready(Response):
    """An answer whose headers were made before."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.body = body
        self.raw_headers = headers
        self.background = None


class MonthPages:
    """Serves months from memory. No service is asked and no query is made."""

    def __init__(
        self, pages: Pages, catalog: CatalogView, board: Board, availability: Availability
    ) -> None:
        self._pages = pages
        self._catalog = catalog
        self._board = board
        self._availability = availability
        self._kept: dict[MonthSpec, _Kept] = {}
        self._first: dict[tuple[str, str], tuple[Stamp, date]] = {}

    def first_month(self, procedure: Procedure, office_id: str, now: datetime) -> date:
        """The first month with places, or this month where there are none."""
        wanted = (procedure.procedure_id, office_id)
        stamp = self._stamp(office_id, now)
        known = self._first.get(wanted)
        if known is None or known[0] != stamp:
            day = self._availability.first_free(office_id, procedure, now)
            known = (stamp, (day or stamp[2]).replace(day=1))
            self._first[wanted] = known
        return known[1]

    def answer(self, spec: MonthSpec, now: datetime, headers: Headers) -> Response:
        """The page, or 304 where the browser has it. The procedure and the office exist."""
        kept = self._current(spec, now)
        if headers.get("if-none-match") == kept.etag:
            return Ready(304, b"", kept.headers[:2])
        return Ready(200, kept.body, kept.headers)

    def _current(self, spec: MonthSpec, now: datetime) -> _Kept:
        kept = self._kept.get(spec)
        stamp = self._stamp(spec.office_id, now)
        if kept and kept.stamp == stamp and now.timestamp() < kept.until:
            return kept
        days = [
            self._availability.day(spec.office_id, spec.procedure_id, day, now)
            for day in days_of(spec.first)
        ]
        states = tuple(day.state for day in days)
        until = min(day.until for day in days)
        if kept and kept.stamp[1:] == stamp[1:] and kept.states == states:
            fresh = replace(kept, stamp=stamp, until=until)
        else:
            fresh = _keep(stamp, until, states, self._render(spec, now, states))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[spec] = fresh
        return fresh

    def _stamp(self, office_id: str, now: datetime) -> Stamp:
        return (self._board.revision(office_id), self._catalog.revision, day_of(now))

    def _render(self, spec: MonthSpec, now: datetime, states: tuple[DayState, ...]) -> bytes:
        procedure = self._catalog.procedure(spec.procedure_id)
        assert procedure is not None
        first, last = period(procedure, now)
        earlier, later = previous_month(spec.first), next_month(spec.first)
        values = {
            "spec": spec,
            "office": self._catalog.office(spec.office_id),
            "procedure": procedure,
            "weeks": _weeks(spec.first, states),
            "earlier": earlier if earlier >= first.replace(day=1) else None,
            "later": later if later <= last else None,
            "any_free": any(state in ("free", "few") for state in states),
            "last": last,
        }
        return self._pages.render("month.html", values).encode()


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


def days_of(first: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((next_month(first) - first).days)]


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
