"""Pages the same for all who read a language: rendered once, again when they look different."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from services.gateway.web.language import speaking
from services.gateway.web.ready import ReadyBody
from services.gateway.web.speaking import VARY

MOST_KEPT = 2000
CACHE = "private, no-cache"
"""A browser keeps the page and asks each time whether it still holds."""

Stamp = tuple[int, int, date]
"""Revisions of the board and of the catalog, and today: what a page was made from."""

Look = TypeVar("Look", bound=Hashable)
Body = TypeVar("Body")


def for_everybody(html: str) -> ReadyBody:
    return ReadyBody(html.encode(), CACHE, vary=VARY)


@dataclass(frozen=True)
class _Kept(Generic[Body]):
    stamp: Stamp
    until: float
    look: Any
    body: Body


class PageCache(Generic[Body]):
    """Keeps bodies by language and by what they show. A page that nothing has touched costs a
    comparison."""

    def __init__(self, bind: Callable[[str], Body]) -> None:
        """`bind` makes a body of a page's HTML."""
        self._bind = bind
        self._kept: dict[Hashable, _Kept[Body]] = {}

    def page(
        self,
        key: Hashable,
        stamp: Stamp,
        now: datetime,
        look: Callable[[], tuple[Look, float]],
        render: Callable[[Look], str],
    ) -> Body:
        """The body for `key` in the language of the moment. `look` says what would be seen now, and
        until when (seconds since 1970) that holds by itself; only if that is new, `render` makes
        the page again."""
        shown = (speaking.get().code, key)
        kept = self._kept.get(shown)
        if kept and kept.stamp == stamp and now.timestamp() < kept.until:
            return kept.body
        seen, until = look()
        if kept and kept.stamp[1:] == stamp[1:] and kept.look == seen:
            fresh = replace(kept, stamp=stamp, until=until)
        else:
            fresh = _Kept(stamp, until, seen, self._bind(render(seen)))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[shown] = fresh
        return fresh.body
