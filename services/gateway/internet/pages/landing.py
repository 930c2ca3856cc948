"""The entrance: what can be booked, how long it takes, and from when on there are places."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import ViewedOffer

State = Literal["open", "full", "closed"]
"""Places are left; every place of every procedure is taken; nothing is booked online now."""


@dataclass(frozen=True)
class LandingLook:
    """The first free day of each procedure that can be booked online."""

    state: State
    earliest: tuple[tuple[str, date | None], ...]


@dataclass(frozen=True)
class LandingView:
    """Every procedure that the city has; those that cannot be booked here say how else."""

    template: ClassVar[str] = "home.html"

    def revision(self, board: Board) -> int:
        return board.changes

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[LandingLook, float]:
        earliest: dict[str, date | None] = {}
        until = float("inf")
        for procedure in offer.catalog.online():
            days = []
            for office in offer.catalog.offering(procedure.procedure_id):
                found = offer.availability.earliest(office.office_id, procedure, now)
                until = min(until, found.until)
                days += [found.day] if found.day else []
            earliest[procedure.procedure_id] = min(days, default=None)
        if not earliest:
            return LandingLook("closed", ()), until
        state: State = "open" if any(earliest.values()) else "full"
        return LandingLook(state, tuple(earliest.items())), until

    def values(self, offer: ViewedOffer, look: LandingLook, now: datetime) -> dict[str, Any]:
        earliest, offered = dict(look.earliest), offer.catalog.offered()
        return {
            "state": look.state,
            "procedures": [
                (one, one.procedure_id in earliest, earliest.get(one.procedure_id))
                for one in offer.catalog.procedures()
                if one in offered or one.online == "phone"
            ],
        }
