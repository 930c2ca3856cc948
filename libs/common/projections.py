"""What a service keeps of others' facts: how much of it there is, and a word when there is none."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from .logs import fields
from .metrics import PROJECTION_ROWS

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
SAY_AGAIN = 60
"""Looks between two lines about the same trouble: ten minutes."""


class KnowingStore(Protocol):
    """A service's transaction, as far as this needs it."""

    async def known_rows(self) -> Mapping[str, int]:
        """How many there are of each kind, such as 'offices'."""
        ...


class Lasting:
    """When to log what lasts: when it is seen twice in a row, and now and then afterwards."""

    def __init__(self, again: int = SAY_AGAIN) -> None:
        self._again = again
        self._looks = 0

    def is_due(self, trouble: bool) -> bool:
        self._looks = self._looks + 1 if trouble else 0
        return trouble and (self._looks - 2) % self._again == 0


class Projections:
    """What `open_store` knows of others. Where nothing has come in nobody is unready: every replica
    has the same, and none could serve instead."""

    def __init__(self, open_store: Callable[[], AbstractAsyncContextManager[KnowingStore]]) -> None:
        self._open_store = open_store
        self._lasting: dict[str, Lasting] = defaultdict(Lasting)

    async def look(self) -> None:
        """Belongs under `every(LOOK_SECONDS, …)`."""
        async with self._open_store() as store:
            known = await store.known_rows()
        for what, count in known.items():
            PROJECTION_ROWS.labels(what).set(count)
            if self._lasting[what].is_due(count == 0):
                log.warning("nothing has come in: run `republish`", extra=fields(of=what))
