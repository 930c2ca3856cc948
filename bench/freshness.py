"""How soon a time that was taken is gone from what another citizen sees."""

import asyncio
import time
from contextlib import AsyncExitStack

from .hold import WINDOWS
from .visitor import Visitor

PATIENCE = 5.0


async def seen_after(door: str, office: str, day: str, start: str) -> float:
    """Seconds from the answer to whoever took the last place of `start` until another citizen's
    page of the day has it no longer. Raises TimeoutError."""
    async with AsyncExitStack() as browsers:

        async def come() -> Visitor:
            visitor = await browsers.enter_async_context(Visitor(door, 0))
            await visitor.prepare(office)
            await visitor.times(day)
            return visitor

        onlooker, *takers = [await come() for _ in range(WINDOWS + 1)]
        for taker in takers:
            assert await taker.hold(start), f"{start} at {office} is not free"
        taken = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            while start in await onlooker.times(day):
                pass
        return time.perf_counter() - taken
