"""The day as a page: made once for all who seek the same, with gaps for what a session adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response

from libs.contracts.booking import Office
from libs.contracts.times import JST, day_of
from libs.rules.series import is_open_at
from services.gateway.internet.offer.availability import Availability, Start
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.page_cache import PageCache, Stamp
from services.gateway.internet.offer.parties import Party
from services.gateway.web.gaps import GAPS, GappedBody
from services.gateway.web.language import _
from services.gateway.web.pages import Pages
from services.gateway.web.speaking import VARY

NOON = 12


@dataclass(frozen=True)
class DaySpec:
    """What a day page shows. `calendar` is where one looks for another day, from the draft's own
    pages."""

    office_id: str
    wish: Party
    day: date
    calendar: str


class DayPages:
    """Serves days with free times from memory."""

    def __init__(
        self, pages: Pages, catalog: CatalogView, board: Board, availability: Availability
    ) -> None:
        self._pages = pages
        self._catalog = catalog
        self._board = board
        self._availability = availability
        self._shelf = PageCache(lambda html: GappedBody(html, VARY) if html else None)

    def answer(
        self, spec: DaySpec, secrets: Mapping[str, str], now: datetime, headers: Headers
    ) -> Response | None:
        """The page with the session's secrets; None for a day without free times, which says what
        else there is. The procedure and the office exist."""

        def look() -> tuple[tuple[Start, ...], float]:
            found = self._availability.day(spec.office_id, spec.wish, spec.day, now)
            return found.starts, found.until

        def render(starts: tuple[Start, ...]) -> str:
            values = self.values(spec, starts) | GAPS
            return self._pages.render("day.html", values) if starts else ""

        revision = self._board.revision(spec.office_id)
        stamp: Stamp = (revision, self._catalog.revision, day_of(now))
        shown = self._shelf.page(spec, stamp, now, look, render)
        return shown.answer(secrets, headers) if shown else None

    def values(self, spec: DaySpec, starts: tuple[Start, ...]) -> dict[str, Any]:
        """What the template needs, with nothing taken by others."""
        office = self._catalog.office(spec.office_id)
        return {
            **self._catalog.wished(spec.wish),
            "office": office,
            "closed_for": closed_for(office, spec.day) if office and not starts else "",
            "day": spec.day,
            "calendar": spec.calendar,
            "halves": halves(starts),
            "taken": None,
            "taken_office": None,
            "around": None,
        }


def closed_for(office: Office, day: date) -> str:
    """Why an office is closed on a day; empty where it is not, or where something is open on days
    on which the rest is closed."""
    open_then = any(is_open_at(series, office, day) for series in office.series)
    closures = [one for one in office.closures if one.day == day]
    return next((one.reason for one in closures if one.whole or not open_then), "")


def halves(starts: tuple[Start, ...]) -> list[tuple[str, list[Start]]]:
    before = [start for start in starts if start.at.astimezone(JST).hour < NOON]
    after = [start for start in starts if start.at.astimezone(JST).hour >= NOON]
    return [(name, half) for name, half in ((_("午前"), before), (_("午後"), after)) if half]
