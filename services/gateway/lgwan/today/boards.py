"""The rows of a day as HTML, made once for all terminals that look at it."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import cast
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request

from libs.contracts.booking import CARD_NUMBERS, DayList
from services.gateway.lgwan.door.context import CatalogCache, CatalogIndex
from services.gateway.web.clients import EligibilityClient, TodayClient
from services.gateway.web.link import Actor, Unreachable
from services.gateway.web.pages import Pages

from .dayrows import DayRows, day_of_office
from .endings import Endings

KEPT = 64
TEMPLATE = "parts/day.html"


@dataclass(frozen=True)
class DayBoard:
    """`html` is the same for everybody with the same rights there; `etag` names it."""

    html: str
    etag: str
    day: DayRows


class DayBoards:
    """Asks booking each time, and renders what is another than the last time."""

    def __init__(
        self,
        today: TodayClient,
        eligibility: EligibilityClient,
        catalog: CatalogCache,
        pages: Pages,
    ) -> None:
        self._today = today
        self._endings = Endings(eligibility)
        self._catalog = catalog
        self._pages = pages
        self._kept: OrderedDict[
            tuple[str, date, bool, bool], tuple[bytes, CatalogIndex, DayBoard]
        ] = OrderedDict()

    async def board(self, actor: Actor, office_id: str, day: date, may_tick: bool) -> DayBoard:
        """Raises Refused, Unreachable."""
        raw = await self._today.day(actor, office_id, day)
        catalog = await self._catalog.get()
        place = (office_id, day, may_tick, CARD_NUMBERS in actor.rights)
        kept = self._kept.get(place)
        if kept and kept[0] == raw and kept[1] is catalog:
            self._kept.move_to_end(place)
            return kept[2]
        found = _read(raw)
        endings, complete = await self._endings.of(actor, found.cards)
        board = self._rendered(found, catalog, may_tick, endings)
        if not complete:
            return board
        self._kept[place] = raw, catalog, board
        self._kept.move_to_end(place)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return board

    def _rendered(
        self,
        found: DayList,
        catalog: CatalogIndex,
        may_tick: bool,
        endings: Mapping[UUID, str],
    ) -> DayBoard:
        day = day_of_office(found, catalog, may_tick, endings)
        html = self._pages.render(TEMPLATE, {"day": day})
        return DayBoard(html, sha256(html.encode()).hexdigest()[:32], day)


def boards_of(request: Request) -> DayBoards:
    return cast("DayBoards", request.state["boards"])


def _read(raw: bytes) -> DayList:
    """An answer that is not the contract is as good as none."""
    try:
        return DayList.model_validate_json(raw)
    except ValidationError as wrong:
        raise Unreachable("an answer that cannot be read") from wrong
