"""Waiting for the turn of an origin that was often wrong: in the door, and with nothing in hand.

Whoever tries a number may have to leave some time since the last try from the same origin. The
service that counts says so and refuses what comes too soon. A short wait is waited for here,
without a connection to any service; a longer one is told to the person at once.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.gateway.web.link import Refused

TOO_SOON = "too-soon"
HELD_SECONDS = 5.0
"""So long a request waits here; behind it a service has its own time to answer."""
PLACES_OF_ORIGIN = 4
PLACES = 256
"""How many requests wait at once: from one origin, and in all."""
MOST_KNOWN = 5000
FILLED_PAGES = 8
"""So many of an origin who come too soon get their page back with what they typed. Until its next
turn the others get a short page, which costs the door half as much."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Pace:
    """When the next try of an origin may leave, how far apart they are, and how many came too soon
    since the last one."""

    at: float
    gap: float
    refused: int = 0


class Turns:
    """What the services said of origins, and who waits. The service decides: what this door does
    not know, such as the tries at another door, it is told when it asks too soon."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._paces: dict[str, Pace] = {}
        self._waiting: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many requests wait now."""
        return self._waiting.total()

    async def take(
        self, request: Request, origin: str, ask: Callable[[], Awaitable[Found]]
    ) -> Found:
        """What `ask` answers when it is the origin's turn. Raises Refused: `too-soon` with the
        `seconds` after which to come again, where that is too long to wait here; and HTTPException
        for the short page."""
        until = self._now() + HELD_SECONDS
        while True:
            await self._turn(request, origin, until)
            try:
                return await ask()
            except Refused as refused:
                if refused.slug != TOO_SOON:
                    raise
                self._learn(origin, refused)

    async def _turn(self, request: Request, origin: str, until: float) -> None:
        pace, now = self._paces.get(origin), self._now()
        if pace is None:
            return
        wait = pace.at - now
        if wait > 0 and (pace.at > until or self._is_full(origin)):
            self._paces[origin] = replace(pace, refused=pace.refused + 1)
            raise _told(wait, pace)
        self._paces[origin] = Pace(max(pace.at, now) + pace.gap, pace.gap)
        if wait > 0:
            with self._place(origin):
                if await _hung_up(request, wait):
                    raise Refused(429, TOO_SOON, {"seconds": pace.gap, "gap": pace.gap})

    def _is_full(self, origin: str) -> bool:
        return self._waiting[origin] >= PLACES_OF_ORIGIN or self.waiting >= PLACES

    @contextmanager
    def _place(self, origin: str) -> Iterator[None]:
        self._waiting[origin] += 1
        try:
            yield
        finally:
            self._waiting[origin] -= 1
            if not self._waiting[origin]:
                del self._waiting[origin]

    def _learn(self, origin: str, refused: Refused) -> None:
        """Those who wait already keep their turns before the next."""
        told = self._now() + float(refused.facts.get("seconds", 0))
        gap = float(refused.facts.get("gap", 0))
        known = self._paces.get(origin) if self._waiting[origin] else None
        if len(self._paces) >= MOST_KNOWN:
            self._forget()
        self._paces[origin] = Pace(max(told, known.at) if known else told, gap)

    def _forget(self) -> None:
        """Those whose turn has come, or all in a crowd: the services will say it again."""
        now = self._now()
        later = {origin: pace for origin, pace in self._paces.items() if pace.at > now}
        self._paces = later if len(later) < MOST_KNOWN // 2 else {}


def _told(wait: float, pace: Pace) -> Exception:
    if pace.refused < FILLED_PAGES:
        return Refused(429, TOO_SOON, {"seconds": wait, "gap": pace.gap})
    return HTTPException(429, headers={"Retry-After": str(ceil(wait))})


async def _hung_up(request: Request, seconds: float) -> bool:
    """Whether the client went away within that time. The form has been read before."""
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        done, _ = await asyncio.wait({gone}, timeout=seconds)
        return bool(done)
    finally:
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
