"""Trying again while others are at the same cells."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from libs.common.again import GIVING_WAY, SECONDS, run_again
from services.booking.domain import Busy
from services.booking.store import AllConnectionsTaken

T = TypeVar("T")


class Contended(Exception):
    """Somebody else is at the same cells. Rolls back, so that the old hold is kept."""


PASSING = (Contended, *GIVING_WAY)
"""The transaction was rolled back because of others; by itself nothing is wrong with it."""


async def patiently(attempt: Callable[[], Awaitable[T]], seconds: float = SECONDS) -> T:
    """Try again after a random moment, each time a longer one, for so many seconds. Raises Busy:
    then nothing was decided."""
    try:
        return await run_again(attempt, seconds, PASSING)
    except (AllConnectionsTaken, *PASSING):
        raise busy() from None


def busy() -> Busy:
    return Busy("Many people are choosing this time just now. Please try again.")
