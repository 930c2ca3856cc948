"""The entrance: whether times can be booked at all, and where the earliest ones are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from libs.contracts.booking import Office, Procedure
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import Offer

State = Literal["open", "full", "closed"]
"""Places are left; every place of every procedure is taken; nothing is booked online now."""


@dataclass(frozen=True)
class LandingLook:
    """The procedure in front and the first free day of each office."""

    state: State
    procedure_id: str
    earliest: tuple[tuple[str, date | None], ...]


@dataclass(frozen=True)
class LandingView:
    """The procedure that the city lists first is the one most asked for: its earliest days stand
    here, those of the others one link further."""

    template: ClassVar[str] = "home.html"

    def revision(self, board: Board) -> int:
        return board.changes

    def look(self, offer: Offer, now: datetime) -> tuple[LandingLook, float]:
        found: list[tuple[Procedure, Office, date | None]] = []
        until = float("inf")
        for procedure in offer.catalog.online():
            for office in offer.catalog.offering(procedure.procedure_id):
                earliest = offer.availability.earliest(office.office_id, procedure, now)
                found.append((procedure, office, earliest.day))
                until = min(until, earliest.until)
        if not found:
            return LandingLook("closed", "", ()), until
        front = found[0][0].procedure_id
        rows = tuple((o.office_id, day) for p, o, day in found if p.procedure_id == front)
        state: State = "open" if any(day for _, _, day in found) else "full"
        return LandingLook(state, front, rows), until

    def values(self, offer: Offer, look: LandingLook, now: datetime) -> dict[str, Any]:
        catalog = offer.catalog
        return {
            "state": look.state,
            "procedure": catalog.procedure(look.procedure_id),
            "offices": [(catalog.office(office_id), day) for office_id, day in look.earliest],
        }
