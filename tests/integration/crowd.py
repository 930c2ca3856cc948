"""Many citizens who book at once, and who press the button again when the site is in trouble."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp

from bench.journey import Place
from bench.visitor import Visitor
from dev.stack import Stack

AnyStack = Stack[Any, Any]
T = TypeVar("T")

CLIENTS = 8
PATIENCE = 90.0
PAUSE = 0.3
AGAIN = "この時間をもう一度選ぶ"
_names = itertools.count(1)


class NotNow(Exception):
    """The page for 503: try again in a moment."""


@dataclass
class Patient(Visitor):
    """Sends the same form again, with the same key, until the site answers.

    `troubles` counts what was seen meanwhile: 503 pages, and connections by how they broke.
    """

    troubles: Counter[str] = field(default_factory=Counter)

    async def get(self, path: str) -> str:
        return await self._insist(lambda: Visitor.get(self, path))

    async def post(self, path: str, **values: str) -> str:
        return await self._insist(lambda: Visitor.post(self, path, **values))

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                return await step()
            except (NotNow, aiohttp.ClientError, TimeoutError) as trouble:
                self.troubles[type(trouble).__name__] += 1
                if time.monotonic() > give_up:
                    raise
            await asyncio.sleep(PAUSE)

    async def _page(self, answer: aiohttp.ClientResponse, wanted: tuple[int, ...]) -> str:
        text = await answer.text()
        if answer.status != 303:
            assert text.rstrip().endswith("</html>"), "half an answer"
        if answer.status == 503:
            assert "つながりにくく" in text
            raise NotNow
        return await super()._page(answer, wanted)


@dataclass
class Crowd:
    """What a crowd has booked: mail address → number. Times are of `time.monotonic`."""

    booked: dict[str, str] = field(default_factory=dict)
    acknowledged: list[float] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    fault: tuple[float, float] | None = None

    @property
    def longest_silence(self) -> float:
        """The longest time after the fault in which nobody got a number, in seconds."""
        begin = self.fault[0] if self.fault else self.acknowledged[0]
        times = [begin, *(t for t in self.acknowledged if t > begin)]
        return max((b - a for a, b in itertools.pairwise(times)), default=0.0)

    def describe(self) -> str:
        """One line of figures."""
        took = self.fault[1] - self.fault[0] if self.fault else 0.0
        return (
            f"{len(self.booked)} bookings, fault {took:.1f} s, "
            f"longest silence {self.longest_silence:.1f} s, troubles {dict(self.troubles)}"
        )


async def book(visitor: Visitor, place: Place) -> str:
    """From the first page to the number."""
    office, day, _ = place
    await visitor.prepare(office)
    await visitor.times(day)
    await _take(visitor, place)
    number = await visitor.confirm()
    assert number, "the door said no"
    return number.replace("-", "")


async def _take(visitor: Visitor, place: Place) -> None:
    """Choose the time, again where the page says that others choose it just now: so it does too
    when the database stops answering in the midst of a choice."""
    office, day, start = place
    give_up = time.monotonic() + PATIENCE
    while not await visitor.hold(start):
        assert AGAIN in await visitor.times_page(day), f"{start} at {office} is not free"
        assert time.monotonic() < give_up, f"{start} at {office} stays busy"
        await asyncio.sleep(PAUSE)


async def book_many(
    stack: AnyStack,
    places: Iterator[Place],
    count: int,
    *,
    fault: Callable[[], Awaitable[None]] | None = None,
    clients: int = CLIENTS,
) -> Crowd:
    """`count` citizens, `clients` at a time; `fault` happens when a third of them have booked.

    They keep coming while it lasts, however many that makes.
    """
    crowd, middle, over = Crowd(), asyncio.Event(), asyncio.Event()
    numbers = itertools.count()

    async def client() -> None:
        while next(numbers) < count or not over.is_set():
            await _one(stack, next(places), crowd)
            if len(crowd.booked) >= count // 3:
                middle.set()

    async def trouble(fault: Callable[[], Awaitable[None]]) -> None:
        await middle.wait()
        begin = time.monotonic()
        await fault()
        crowd.fault = begin, time.monotonic()
        over.set()

    if fault is None:
        over.set()
    troubles = [trouble(fault)] if fault else []
    await asyncio.gather(*troubles, *(client() for _ in range(clients)))
    return crowd


async def _one(stack: AnyStack, place: Place, crowd: Crowd) -> None:
    async with new_visitor(stack) as visitor:
        number = await book(visitor, place)
        crowd.booked[visitor.email] = number
        crowd.acknowledged.append(time.monotonic())
        crowd.troubles += visitor.troubles


def new_visitor(stack: AnyStack) -> Patient:
    name = next(_names)
    return Patient(stack.ports.url("internet"), name, f"visitor{name}@crowd.example")
