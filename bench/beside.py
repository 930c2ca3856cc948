"""How long pages take while citizens book beside those who only look."""

import asyncio
import itertools
import time

from yarl import URL

from dev.postgres import Postgres
from dev.rabbitmq import RabbitMQ
from dev.stack import Stack

from . import journey
from .pages import Target, p99, readers, waits_of
from .visitor import Visitor

READERS = 32
BOOKINGS_A_SECOND = 30
SECONDS = 5


def targets(port: int, visitor: Visitor, place: journey.Place) -> dict[str, Target]:
    """The pages that many look at. The day belongs to `visitor`."""
    day = place[1]
    own = f"{visitor.draft}/day/{day}"
    cookies = visitor.session.cookie_jar.filter_cookies(URL(f"{visitor.door}{own}"))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    return {
        "entrance": Target(port, "/"),
        "offices × days": Target(port, "/availability/issuance"),
        "month's calendar": Target(port, f"/availability/issuance/honcho/{day[:7]}"),
        "day": Target(port, own, cookie),
    }


async def p99_beside(
    stack: Stack[Postgres, RabbitMQ], places: journey.Places, page: Target
) -> tuple[float, float]:
    """(99th percentile in seconds for READERS who ask without a pause, bookings a second done
    beside them)."""
    wanted = list(itertools.islice(places, BOOKINGS_A_SECOND * SECONDS))
    async with journey.prepared(stack, wanted) as visitors, readers(page, READERS) as reading:
        started = time.perf_counter()
        numbers = await book_evenly(visitors, wanted)
        seconds = time.perf_counter() - started
        waits = waits_of(reading)
    return p99(waits), sum(map(bool, numbers)) / seconds


async def book_evenly(visitors: list[Visitor], wanted: list[journey.Place]) -> list[str]:
    """One booking begins every thirtieth of a second."""

    async def come(number: int, visitor: Visitor, place: journey.Place) -> str:
        await asyncio.sleep(number / BOOKINGS_A_SECOND)
        return await journey.hold_and_confirm(visitor, place)

    pairs = enumerate(zip(visitors, wanted, strict=True))
    return await asyncio.gather(*(come(n, *pair) for n, pair in pairs))
