"""The counter's day among seven years of bookings: its page, and a tick seen on another screen."""

import asyncio
import itertools
import re
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from statistics import quantiles

import aiohttp

from libs.contracts.times import day_of

from .lists import hidden, post, signed_in

CLIENTS = 10
PAGES = 30
TICKS = 12
PATIENCE = 5.0
OFFICES = ("honcho", "tsurusaki", "dainan", "wasada", "ozai")
OFFICE = "akeno"
_BOOKING = re.compile(r'href="/bookings/([0-9a-f-]{36})"')
_ARRIVE = re.compile(r'value="(arrive\.[^"]+)"')


async def todays_page(door: str) -> float:
    """p95 in milliseconds of the page of the day, CLIENTS asking at once for several offices."""
    waits: list[float] = []

    async def client(number: int, session: aiohttp.ClientSession) -> None:
        offices = itertools.cycle(OFFICES[number % len(OFFICES) :] + OFFICES)
        for office in itertools.islice(offices, PAGES):
            started = time.perf_counter()
            async with session.get(f"/?office={office}") as page:
                page.raise_for_status()
                await page.read()
            waits.append(time.perf_counter() - started)

    async with AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(signed_in(door)) for _ in range(CLIENTS)]
        await asyncio.gather(*(client(n, session) for n, session in enumerate(sessions)))
    return quantiles(waits, n=20)[18] * 1000


async def seen_after(door: str) -> float:
    """Seconds at most from the answer to a press of 受付 until another terminal, which is told and
    then asks, has the row. Raises TimeoutError."""
    day = day_of(datetime.now(UTC)) + timedelta(days=1)
    forever = aiohttp.ClientTimeout(total=None, sock_read=None)
    async with signed_in(door) as clerk, signed_in(door) as other:
        listed = f"/bookings?office={OFFICE}&from={day}&status=confirmed"
        async with clerk.get(listed) as page:
            found = list(dict.fromkeys(_BOOKING.findall(await page.text())))
        async with other.get(f"/live?office={OFFICE}", timeout=forever) as stream:
            waits = [
                await _seen(clerk, other, stream.content, booking) for booking in found[:TICKS]
            ]
    return max(waits)


async def _seen(
    clerk: aiohttp.ClientSession,
    other: aiohttp.ClientSession,
    stream: aiohttp.StreamReader,
    booking: str,
) -> float:
    path = f"/bookings/{booking}"
    async with clerk.get(path) as page:
        text = await page.text()
    [arrive] = _ARRIVE.findall(text)
    day = re.findall(r"/\?day=([0-9-]{10})", text)[0]
    fields = {**await hidden(clerk, path), "tick": arrive}
    await post(clerk, "/bookings/tick", fields)
    ticked = time.perf_counter()
    arrived = f'id="b-{booking}" class="is-arrived'
    async with asyncio.timeout(PATIENCE):
        async for line in stream:
            if line.startswith(b"event: changed"):
                async with other.get(f"/today/rows?office={OFFICE}&day={day}") as rows:
                    if arrived in await rows.text():
                        break
    return time.perf_counter() - ticked
