"""Pages for everybody that show nothing that moves: the choice of procedures and the policies."""

from datetime import datetime

from starlette.datastructures import Headers
from starlette.responses import Response

from libs.contracts.times import day_of
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.page_cache import PageCache, for_everybody
from services.gateway.web.pages import Pages


class FixedPages:
    """Serves templates that need the catalog at most."""

    def __init__(self, pages: Pages, catalog: CatalogView) -> None:
        self._pages = pages
        self._catalog = catalog
        self._shelf = PageCache(for_everybody)

    def answer(self, template: str, now: datetime, headers: Headers) -> Response:
        def render(_: tuple[()]) -> str:
            return self._pages.render(template, {"procedures": self._catalog.offered()})

        stamp = (0, self._catalog.revision, day_of(now))
        kept = self._shelf.page(template, stamp, now, lambda: ((), float("inf")), render)
        return kept.answer(headers)
