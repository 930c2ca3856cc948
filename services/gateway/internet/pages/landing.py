"""The entrance: whether times can be booked at all, and where the earliest ones are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import Office, Procedure
from libs.contracts.times import day_of
from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.page_cache import PageCache, Stamp, for_everybody
from services.gateway.web.pages import Pages

State = Literal["open", "full", "closed"]
"""Places are left; every place of every procedure is taken; nothing is booked online now."""


@dataclass(frozen=True)
class Look:
    """What the entrance shows: the procedure in front and the first free day of each office."""

    state: State
    procedure_id: str
    earliest: tuple[tuple[str, date | None], ...]


class LandingPage:
    """Serves the entrance from memory. The procedure that the city lists first is the one most
    asked for: its earliest days stand here, those of the others one link further."""

    def __init__(
        self, pages: Pages, catalog: CatalogView, board: Board, availability: Availability
    ) -> None:
        self._pages = pages
        self._catalog = catalog
        self._board = board
        self._availability = availability
        self._shelf = PageCache(for_everybody)

    def answer(self, now: datetime, headers: Headers) -> Response:
        def look() -> tuple[Look, float]:
            return self._look(now)

        stamp: Stamp = (self._board.changes, self._catalog.revision, day_of(now))
        return self._shelf.page("landing", stamp, now, look, self._render).answer(headers)

    def _look(self, now: datetime) -> tuple[Look, float]:
        found: list[tuple[Procedure, Office, date | None]] = []
        until = float("inf")
        for procedure in self._catalog.online():
            for office in self._catalog.offering(procedure.procedure_id):
                earliest = self._availability.earliest(office.office_id, procedure, now)
                found.append((procedure, office, earliest.day))
                until = min(until, earliest.until)
        if not found:
            return Look("closed", "", ()), until
        front = found[0][0].procedure_id
        rows = tuple((o.office_id, day) for p, o, day in found if p.procedure_id == front)
        state: State = "open" if any(day for _, _, day in found) else "full"
        return Look(state, front, rows), until

    def _render(self, look: Look) -> str:
        values = {
            "state": look.state,
            "procedure": self._catalog.procedure(look.procedure_id),
            "offices": [(self._catalog.office(office_id), day) for office_id, day in look.earliest],
        }
        return self._pages.render("home.html", values)


def landing_of(request: Request[Any]) -> LandingPage:
    landing: LandingPage = request.scope["state"]["landing"]
    return landing
