"""One engine: a page is made again only when it would look different, and no secret is kept."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.datastructures import Headers

from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import CachedPages, ViewedOffer
from services.gateway.internet.tests.city import Clock, at, loaded_board, loaded_catalog, taken

FOREVER = float("inf")


class CountingPages:
    """Renders what it is given, and counts."""

    def __init__(self) -> None:
        self.made = 0
        self.answered = True

    def phone_desk(self) -> bool:
        return self.answered

    def render(self, template: str, values: dict[str, Any]) -> str:
        self.made += 1
        return f"{template} {values['seen']} {values.get('csrf', '')} {values.get('key', '')}"


@dataclass(frozen=True)
class SomeView:
    name: str
    seen: list[Hashable]
    until: float = FOREVER
    template: str = "some.html"

    def __hash__(self) -> int:
        return hash(self.name)

    def revision(self, board: Board) -> int:
        return board.changes

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[Hashable, float]:
        return self.seen[-1], self.until

    def values(self, offer: ViewedOffer, look: Hashable, now: datetime) -> dict[str, Any]:
        return {"seen": look}


@dataclass
class Engine:
    cached: CachedPages
    pages: CountingPages
    board: Board
    clock: Clock

    def body(self, view: SomeView) -> str:
        return bytes(self.cached.answer(view, self.clock(), Headers()).body).decode()


@pytest.fixture
def engine() -> Engine:
    clock, board, pages = Clock(), loaded_board(), CountingPages()
    catalog = loaded_catalog(clock)
    offer = ViewedOffer(catalog, board, Availability(catalog, board))
    return Engine(CachedPages(pages, offer), pages, board, clock)  # type: ignore[arg-type]


def test_a_page_is_made_again_only_when_it_would_look_different(engine: Engine) -> None:
    view = SomeView("a", ["full"])
    assert engine.body(view) == engine.body(view)
    assert engine.pages.made == 1
    engine.board.apply(taken(at(2, 9), window=1, until=FOREVER))
    engine.body(view)
    assert engine.pages.made == 1, "other cells were taken, but the page shows the same"
    view.seen.append("free")
    engine.board.apply(taken(at(2, 10), window=1, until=FOREVER))
    assert "free" in engine.body(view)
    assert engine.pages.made == 2


def test_what_ends_by_itself_is_looked_at_again(engine: Engine) -> None:
    view = SomeView("a", ["held"], until=engine.clock().timestamp() + 60)
    engine.body(view)
    view.seen.append("free")
    assert "held" in engine.body(view)
    engine.clock.pass_minutes(2)
    assert "free" in engine.body(view)


def test_a_new_day_makes_every_page_anew(engine: Engine) -> None:
    view = SomeView("a", ["same"])
    engine.body(view)
    engine.clock.time += timedelta(days=1)
    engine.body(view)
    assert engine.pages.made == 2


def test_the_secrets_of_one_session_are_in_no_other_answer(engine: Engine) -> None:
    view = SomeView("a", ["free"])
    first, second = (
        bytes(engine.cached.personal(view, {"csrf": csrf, "key": key}, engine.clock()).body)
        for csrf, key in (("one_token", "1"), ("two-token", "2"))
    )
    assert (first, second) == (b"some.html free one_token 1", b"some.html free two-token 2")
    assert engine.pages.made == 1


@pytest.mark.parametrize("token", ["'><script>", "", "é"])
def test_only_tokens_are_put_into_a_page_unescaped(engine: Engine, token: str) -> None:
    with pytest.raises(AssertionError):
        engine.cached.personal(SomeView("a", [1]), {"csrf": token, "key": "0"}, engine.clock())
