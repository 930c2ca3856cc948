"""Trying again while others are at the same rows: the one place that does."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.booking.domain import Busy
from services.booking.store import GIVING_WAY, AllConnectionsTaken

T = TypeVar("T")
PATIENCE_SECONDS = 1.5
"""With as long a wait for a connection before the last try, an answer leaves well within the five
seconds of a door."""
FIRST_PAUSE, LONGEST_PAUSE = 0.004, 0.032


class Contended(Exception):
    """Somebody else is at the same cells. Rolls back, so that the old hold is kept."""


PASSING = (Contended, *GIVING_WAY)
"""The transaction was rolled back because of others; by itself nothing is wrong with it."""


async def patiently(attempt: Callable[[], Awaitable[T]], seconds: float = PATIENCE_SECONDS) -> T:
    """Try again after a random moment, each time a longer one, for so many seconds. Raises Busy:
    then nothing was decided."""
    give_up, pause = time.monotonic() + seconds, FIRST_PAUSE
    while time.monotonic() < give_up:
        try:
            return await attempt()
        except PASSING:
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 (jitter, no secret)
            pause = min(pause * 2, LONGEST_PAUSE)
        except AllConnectionsTaken:
            break
    raise Busy("Many people are choosing this time just now. Please try again.")
