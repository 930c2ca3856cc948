"""Citizens who book and pages that look on, all the time while something happens to the cluster."""

import asyncio
import random
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from dev.page import Lost, Pairs
from dev.walk import Citizen, Staff, Visitor
from libs.contracts.times import JST

PATIENCE = 12.0
"""Seconds a request may take."""
PAUSE = 0.4
BORN = date(1950, 1, 2)
Person = tuple[str, date]
TROUBLES = (aiohttp.ClientError, TimeoutError, OSError)


class Balancer(AbstractResolver):
    """What stands before the nodes: it asks each node's port every half second whether it is open,
    and leads to those that are."""

    def __init__(self, addresses: list[str], ports: list[int]) -> None:
        self._addresses = addresses
        self.open: dict[int, list[str]] = {port: list(addresses) for port in ports}

    async def watch(self) -> None:
        while True:
            for port in self.open:
                found = await asyncio.gather(*(_opens(a, port) for a in self._addresses))
                self.open[port] = [a for a, ok in zip(self._addresses, found, strict=True) if ok]
            await asyncio.sleep(0.5)

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        places = self.open[port] or self._addresses
        return [
            {"hostname": host, "host": a, "port": port, "family": 2, "proto": 0, "flags": 0}
            for a in random.sample(places, len(places))
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def _opens(address: str, port: int) -> bool:
    try:
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection(address, port)
    except TROUBLES:
        return False
    writer.close()
    return True


@dataclass
class Watch:
    """What was seen: (moment, kind, success) of each request, and each number that was shown."""

    asked: list[tuple[float, str, bool]] = field(default_factory=list)
    booked: list[tuple[float, str]] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, trouble: str = "") -> None:
        self.asked.append((time.monotonic(), kind, not trouble))
        if trouble:
            self.troubles[f"{kind}: {trouble}"] += 1

    def between(self, begin: float, end: float) -> dict[str, int | float]:
        """What an event looked like from outside."""
        asked = [(kind, ok) for at, kind, ok in self.asked if begin <= at <= end]
        figures: dict[str, int | float] = {"requests": len(asked)}
        for kind in ("citizens", "calendars", "board"):
            figures[f"failed_{kind}"] = asked.count((kind, False))
        times = [begin, *(at for at, _ in self.booked if begin < at < end), end]
        figures["bookings"] = len(times) - 2
        gap = max(b - a for a, b in pairwise(times))
        return {**figures, "longest_without_a_booking_seconds": round(gap, 1)}


class Steady(Visitor):
    """Presses again when the site is in trouble; each trouble is noted."""

    kind = ""
    watch: Watch

    async def open(self, path: str) -> Self:
        return await self._again(lambda: super(Steady, self).open(path))

    async def send(
        self, action: str, fields: Pairs | None = None,
        file: tuple[str, bytes] | None = None, to: str = "",
    ) -> Self:  # fmt: skip
        return await self._again(lambda: super(Steady, self).send(action, fields, file, to))

    async def _again(self, step: Callable[[], Awaitable[Any]]) -> Self:
        """The same step from the same page until the answer is no 5xx."""
        page, path = self.page, self.path
        while True:
            self.page, self.path = page, path
            try:
                async with asyncio.timeout(PATIENCE):
                    await step()
                trouble = str(self.status) if self.status >= 500 else ""
            except TROUBLES as error:
                trouble = type(error).__name__
            self.watch.note(self.kind, trouble)
            if not trouble:
                return self
            await asyncio.sleep(PAUSE)


class SteadyCitizen(Steady, Citizen):
    """Books a card pickup."""

    kind = "citizens"


class SteadyStaff(Steady, Staff):
    """Looks at today's page."""

    kind = "board"


class Looker(Steady):
    """Looks at a calendar."""

    kind = "calendars"


@dataclass
class Load:
    """All of them, at work while the block lasts."""

    balancer: Balancer
    trust: ssl.SSLContext
    citizens: str
    desk: str
    watch: Watch = field(default_factory=Watch)

    @asynccontextmanager
    async def session(self) -> Any:
        connector = aiohttp.TCPConnector(
            ssl=self.trust, resolver=self.balancer, use_dns_cache=False
        )
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
            yield session

    def visitor(self, kind: type[Any], session: aiohttp.ClientSession, origin: str) -> Any:
        made = kind(session, origin)
        made.watch = self.watch
        return made

    @asynccontextmanager
    async def working(self, people: Iterator[Person], password: str, citizens: int = 4) -> Any:
        tasks = [asyncio.create_task(self._books(people)) for _ in range(citizens)]
        tasks.append(asyncio.create_task(self._looks()))
        tasks.append(asyncio.create_task(self._board(password)))
        try:
            yield self.watch
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def _books(self, people: Iterator[Person]) -> None:
        for person in people:
            async with self.session() as session:
                citizen = self.visitor(SteadyCitizen, session, self.citizens)
                try:
                    number = await book(citizen, person)
                    self.watch.booked.append((time.monotonic(), number))
                except (Lost, KeyError) as problem:
                    self.watch.lost[str(problem)[:100]] += 1

    async def _looks(self) -> None:
        month = f"{datetime.now(JST).date() + timedelta(days=14):%Y-%m}"
        async with self.session() as session:
            looker = self.visitor(Looker, session, self.citizens)
            while True:
                await looker.open(f"/availability/issuance/honcho/{month}")
                await asyncio.sleep(0.25)

    async def _board(self, password: str) -> None:
        async with self.session() as session:
            staff = self.visitor(SteadyStaff, session, self.desk)
            await staff.sign_in("kakari", password)
            while True:
                await staff.open("/")
                await asyncio.sleep(0.5)


async def book(citizen: Citizen, person: Person) -> str:
    """One card pickup at any time that is free; the number."""
    await citizen.identify(*person)
    days = await citizen.comes()
    for _ in range(5):
        times = await citizen.times(random.choice(days))
        if times and await citizen.take(random.choice(times)):
            await citizen.about(f"{person[0].lower()}@example.jp")
            return await citizen.confirm()
        await citizen.open("../visitor" if "/day/" in citizen.path else "visitor")
        days = await citizen.comes()
    raise Lost("no time could be taken")
