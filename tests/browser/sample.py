"""Which states of pages the ordinary run shows to a browser; `make soak` shows it all of them."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

import pytest

SHARE = 12


class Named(Protocol):
    @property
    def id(self) -> str: ...


S = TypeVar("S", bound=Named)


def some_or_whole(states: Sequence[S], page: Callable[[S], Hashable]) -> pytest.MarkDecorator:
    """Parametrizes with `state` and `whole`: the states of `in_sample`, and wholly each of all."""
    some = [pytest.param(state, False, id=f"-{state.id}") for state in in_sample(states, page)]
    soak = pytest.mark.soak
    whole = [pytest.param(each, True, id=f"whole-{each.id}", marks=soak) for each in states]
    return pytest.mark.parametrize(("state", "whole"), [*some, *whole])


def in_sample(states: Sequence[S], page: Callable[[S], Hashable]) -> list[S]:
    """The first state of every page, and each twelfth of the others, as they differ in parts of a
    page that others have too: a sentence, a message about a field, a button."""
    firsts = {page(state): state.id for state in reversed(states)}.values()
    others = [state.id for state in states if state.id not in set(firsts)]
    chosen = {*firsts, *others[::SHARE]}
    return [state for state in states if state.id in chosen]


def first_and_last(name: str, values: Iterable[Any]) -> pytest.MarkDecorator:
    """Parametrizes with `name`: both ends of a walk; `make soak` has what lies between as well."""
    first, *between, last = values
    rest = [pytest.param(each, marks=pytest.mark.soak) for each in between]
    return pytest.mark.parametrize(name, [first, *rest, last])
