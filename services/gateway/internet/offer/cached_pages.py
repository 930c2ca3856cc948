"""The one engine of the pages that show what is free: made once for everybody who reads a language,
made again only when they would look different."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from libs.contracts.times import day_of
from services.gateway.web.language import speaking
from services.gateway.web.pages import Pages
from services.gateway.web.ready import ReadyBody
from services.gateway.web.speaking import VARY

from .availability import Availability
from .board import Board
from .catalog import CatalogView

MOST_KEPT = 2000
CACHE = "private, no-cache"
"""A browser keeps the page and asks each time whether it still holds."""

GAPS = {"csrf": "\ue000", "key": "\ue001"}
"""What a page with forms is rendered with in place of each secret: characters that no text of ours
has."""

Look = TypeVar("Look", bound=Hashable)
Body = TypeVar("Body")


@dataclass(frozen=True)
class ViewedOffer:
    """What a view looks at. All of it is in memory: no service is asked and no query is made."""

    catalog: CatalogView
    board: Board
    availability: Availability


class View(Protocol[Look]):
    """What a page shows and where its links lead: a frozen dataclass, which is also the page's name
    in the cache."""

    @property
    def template(self) -> str: ...

    def revision(self, board: Board) -> int:
        """The revision of the cells that the page shows; 0 where it shows none."""
        ...

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[Look, float]:
        """What would be seen now, and until when (seconds since 1970) that holds by itself."""
        ...

    def values(self, offer: ViewedOffer, look: Look, now: datetime) -> Mapping[str, Any]:
        """What the template needs."""
        ...


class CachedPages:
    """Answers with views. A page that nothing has touched costs a comparison."""

    def __init__(self, pages: Pages, offer: ViewedOffer) -> None:
        self.offer = offer
        self._pages = pages
        self._open: dict[Hashable, _Kept[ReadyBody]] = {}
        self._personal: dict[Hashable, _Kept[str]] = {}

    def answer(self, view: View[Any], now: datetime, headers: Headers) -> Response:
        """A page for everybody, or 304 where the browser has it."""

        def make(look: Hashable) -> ReadyBody:
            return ReadyBody(self._render(view, look, now, {}).encode(), CACHE, vary=VARY)

        return self._find(self._open, view, now, make).answer(headers)

    def personal(self, view: View[Any], secrets: Mapping[str, str], now: datetime) -> Response:
        """A page with forms, with the secrets of one session, which nobody may keep."""

        def make(look: Hashable) -> str:
            return self._render(view, look, now, GAPS)

        html = self._find(self._personal, view, now, make)
        for name, mark in GAPS.items():
            html = html.replace(mark, _token(secrets[name]))
        return HTMLResponse(html)

    def _render(
        self, view: View[Any], look: Hashable, now: datetime, gaps: Mapping[str, str]
    ) -> str:
        return self._pages.render(view.template, {**view.values(self.offer, look, now), **gaps})

    def _find(
        self,
        shelf: dict[Hashable, "_Kept[Body]"],
        view: View[Any],
        now: datetime,
        make: Callable[[Hashable], Body],
    ) -> Body:
        """The body of a view in the language of the moment."""
        name = (speaking.get().code, view)
        known = (self.offer.catalog.revision, day_of(now), self._pages.phone_desk())
        stamp = (view.revision(self.offer.board), known)
        kept = shelf.get(name)
        if kept and kept.stamp == stamp and now.timestamp() < kept.until:
            return kept.body
        look, until = view.look(self.offer, now)
        if kept and kept.stamp[1] == stamp[1] and kept.look == look:
            fresh = replace(kept, stamp=stamp, until=until)
        else:
            fresh = _Kept(stamp, until, look, make(look))
        if len(shelf) >= MOST_KEPT:
            shelf.clear()
        shelf[name] = fresh
        return fresh.body


@dataclass(frozen=True)
class _Kept(Generic[Body]):
    """`stamp` is what the body was made from: the revision of the cells; that of the catalog, today
    and whether the telephone is answered."""

    stamp: tuple[int, tuple[int, date, object]]
    until: float
    look: Hashable
    body: Body


def _token(text: str) -> str:
    """A secret stands in an attribute unescaped."""
    assert text.replace("_", "").replace("-", "").isalnum() and text.isascii(), "not a token"
    return text
