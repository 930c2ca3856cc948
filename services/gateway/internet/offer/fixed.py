"""Pages that show nothing that moves: the choice of procedures and the policies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .board import Board
from .cached_pages import ViewedOffer


@dataclass(frozen=True)
class FixedView:
    """A template that needs the catalog at most."""

    template: str

    def revision(self, board: Board) -> int:
        return 0

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[tuple[()], float]:
        return (), float("inf")

    def values(self, offer: ViewedOffer, look: tuple[()], now: datetime) -> dict[str, Any]:
        return {"procedures": offer.catalog.offered()}
