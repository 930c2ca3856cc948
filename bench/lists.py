"""The list of staff among seven years of bookings: its first page, and a file of half a year."""

import asyncio
import html
import itertools
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles

import aiohttp
import psutil

from dev.postgres import Postgres
from dev.rabbitmq import RabbitMQ
from dev.stack import DATABASE, Stack
from libs.contracts.times import day_of
from services.booking.tests.many import add_bookings
from services.gateway.lgwan.lists.searches import SORTS

A_YEAR = 200_000
YEARS = 7
MANY = A_YEAR * YEARS
CLIENTS = 10
PAGES = 30
FILE_DAYS = 212
BESIDE_SECONDS = 8.0
FILE_SECONDS = 180.0
_PASSWORD = "bench-bench-bench"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_COUNT = re.compile(r'<td class="num fit">([0-9,]+)')


@dataclass(frozen=True)
class FileMade:
    """A file: bookings in it, seconds until it was made, bytes by which the door grew."""

    rows: int
    seconds: float
    growth: int


async def open_account(stack: Stack[Postgres, RabbitMQ]) -> None:
    """An account that may do everything."""
    await stack.command(
        "lgwan", "add-staff", "--id", "bench", "--name", "bench", STAFF_PASSWORD=_PASSWORD
    )


async def fill(stack: Stack[Postgres, RabbitMQ]) -> None:
    """The bookings of YEARS."""
    key = stack.keys["database:booking_owner"]
    await add_bookings(stack.postgres.url("booking_owner", key, DATABASE), MANY, years=YEARS)


@asynccontextmanager
async def signed_in(door: str) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base_url=door, cookie_jar=jar) as session:
        fields = await hidden(session, "/login")
        await post(session, "/login", {**fields, "id": "bench", "password": _PASSWORD})
        yield session


async def hidden(session: aiohttp.ClientSession, path: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    async with session.get(path) as page:
        page.raise_for_status()
        found = _HIDDEN.findall(await page.text())
    return {name: html.unescape(value) for name, value in found}


async def post(session: aiohttp.ClientSession, path: str, fields: dict[str, str]) -> str:
    async with session.post(path, data=fields) as page:
        page.raise_for_status()
        return await page.text()


def addresses() -> list[str]:
    """Lists by every order, with nothing, little and much asked for."""
    today = day_of(datetime.now(UTC))
    filters = (
        "",
        f"&from={today}",
        f"&office=honcho&until={today}",
        "&status=confirmed&procedure=issuance",
        "&status=missed&channel=counter",
        f"&booked_from={today - timedelta(days=30)}&channel=phone",
    )
    sorts = [way + sort for sort in SORTS for way in ("", "-")]
    return [f"/bookings?sort={s}{f}" for s, f in itertools.product(sorts, filters)]


async def first_pages(door: str) -> float:
    """p95 in milliseconds of a list's first page, CLIENTS asking at once."""
    waits: list[float] = []

    async def client(number: int) -> None:
        async with signed_in(door) as session:
            paths = itertools.cycle(addresses()[number * 7 :] + addresses())
            for path in itertools.islice(paths, PAGES):
                started = time.perf_counter()
                async with session.get(path) as page:
                    page.raise_for_status()
                    await page.read()
                waits.append(time.perf_counter() - started)

    await asyncio.gather(*(client(n) for n in range(CLIENTS)))
    return quantiles(waits, n=20)[18] * 1000


@dataclass(frozen=True)
class Beside:
    """p95 of staff pages in milliseconds, quiet and beside `others` a second at the other door."""

    quiet: float
    busy: float
    others: float


async def beside_citizens(door: str, internet_port: int) -> Beside:
    """One member of staff who asks without a pause, before and while the citizens' door is asked as
    fast as it answers."""
    async with signed_in(door) as session:
        quiet = await _p95_for(session, BESIDE_SECONDS)
        crowd = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.full", str(internet_port), str(BESIDE_SECONDS + 2),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await asyncio.sleep(1)
        busy = await _p95_for(session, BESIDE_SECONDS)
        told, _ = await crowd.communicate()
    return Beside(quiet, busy, float(told))


async def _p95_for(session: aiohttp.ClientSession, seconds: float) -> float:
    waits: list[float] = []
    end = time.perf_counter() + seconds
    for path in itertools.cycle(["/", "/bookings", "/bookings?sort=-booked_at&status=confirmed"]):
        started = time.perf_counter()
        if started > end:
            return quantiles(waits, n=20)[18] * 1000
        async with session.get(path) as page:
            page.raise_for_status()
            await page.read()
        waits.append(time.perf_counter() - started)
    raise AssertionError("a cycle does not end")


async def make_file(door: str, pid: int) -> FileMade:
    """A workbook of about half a year; the door's memory is looked at all the while."""
    process, today = psutil.Process(pid), day_of(datetime.now(UTC))
    query = f"from={today - timedelta(days=FILE_DAYS)}&until={today - timedelta(days=1)}"
    async with signed_in(door) as session:
        fields = await hidden(session, f"/bookings?{query}&sort=-booked_at")
        before = peak = int(process.memory_info().rss)
        started = time.perf_counter()
        page = await post(session, "/exports", {**fields, "kind": "xlsx"})
        async with asyncio.timeout(FILE_SECONDS):
            while "作成中" in page:
                await asyncio.sleep(0.25)
                peak = max(peak, int(process.memory_info().rss))
                async with session.get("/exports") as shown:
                    page = await shown.text()
        seconds = time.perf_counter() - started
    assert "ダウンロード" in page, page
    found = _COUNT.search(page)
    assert found
    return FileMade(int(found[1].replace(",", "")), seconds, peak - before)
