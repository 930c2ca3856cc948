"""The week's grid as a page: made once for all who seek the same, with gaps for the session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from starlette.datastructures import Headers
from starlette.responses import Response

from libs.contracts.times import day_of
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.page_cache import PageCache, Stamp
from services.gateway.internet.offer.parties import Party
from services.gateway.web.gaps import GAPS, GappedBody
from services.gateway.web.pages import Pages
from services.gateway.web.speaking import VARY

from .weeks import Week, Weeks


@dataclass(frozen=True)
class WeekSpec:
    """What a week page shows. `month` and `back` are where its links lead."""

    office_id: str
    wish: Party
    monday: date
    month: str
    back: str


class WeekPages:
    """Serves weeks from memory."""

    def __init__(self, pages: Pages, catalog: CatalogView, board: Board, weeks: Weeks) -> None:
        self._pages = pages
        self._catalog = catalog
        self._board = board
        self._weeks = weeks
        self._shelf = PageCache(lambda html: GappedBody(html, VARY))

    def answer(
        self, spec: WeekSpec, secrets: Mapping[str, str], now: datetime, headers: Headers
    ) -> Response:
        """The page with the session's secrets. The procedure and the office exist."""

        def look() -> tuple[Week, float]:
            return self._weeks.week(spec.office_id, spec.wish, spec.monday, now)

        def render(week: Week) -> str:
            values = {
                "spec": spec,
                "week": week,
                **self._catalog.wished(spec.wish),
                "office": self._catalog.office(spec.office_id),
            }
            return self._pages.render("week.html", values | GAPS)

        revision = self._board.revision(spec.office_id)
        stamp: Stamp = (revision, self._catalog.revision, day_of(now))
        return self._shelf.page(spec, stamp, now, look, render).answer(secrets, headers)
