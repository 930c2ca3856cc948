"""A list of eligible persons taken in at the staff door while citizens keep booking."""

import asyncio
import itertools
import time
from dataclasses import dataclass

import aiohttp

from dev.postgres import Postgres
from dev.rabbitmq import RabbitMQ
from dev.stack import Stack

from . import beside, journey
from .lists import hidden, signed_in

ROWS = 20_000
SECONDS = 10
_NOTATIONS = ("1950-01-02", "昭和25年1月2日", "3250102", "S25.1.2", "１９５０/１/２")
_OFFICES = ("鶴崎", "明野")


@dataclass(frozen=True)
class Taken:
    """Seconds until the report stood there, and the bookings a second done beside it."""

    seconds: float
    bookings: float


async def beside_bookings(stack: Stack[Postgres, RabbitMQ], places: journey.Places) -> Taken:
    """Thirty bookings a second begin for SECONDS; the file is sent with the first. Raises
    AssertionError where a row was not taken."""
    wanted = list(itertools.islice(places, beside.BOOKINGS_A_SECOND * SECONDS))
    async with (
        journey.prepared(stack, wanted) as visitors,
        signed_in(stack.ports.url("lgwan")) as clerk,
    ):
        started = time.perf_counter()
        taking = asyncio.create_task(_take(clerk))
        numbers = await beside.book_evenly(visitors, wanted)
        seconds = time.perf_counter() - started
        return Taken(await taking, sum(map(bool, numbers)) / seconds)


async def _take(clerk: aiohttp.ClientSession) -> float:
    """From the file to the list, by the columns that are found."""
    form = aiohttp.FormData({**await hidden(clerk, "/imports")})
    form.add_field("file", _sheet(), filename="persons.csv", content_type="text/csv")
    started = time.perf_counter()
    async with clerk.post("/imports", data=form) as page:
        page.raise_for_status()
        draft = page.url.path
    columns = {"column-0": "number", "column-1": "born", "column-2": "office"}
    await _step(clerk, draft, "stage", columns)
    report = await _step(clerk, draft, "apply", {})
    assert f"<dt>追加</dt><dd>{ROWS}</dd>" in report, "not every row was taken"
    return time.perf_counter() - started


async def _step(clerk: aiohttp.ClientSession, draft: str, step: str, fields: dict[str, str]) -> str:
    """Send a form of a draft's page; the page when the work is done."""
    sent = {**await hidden(clerk, draft), **fields}
    async with clerk.post(f"{draft}/{step}", data=sent) as page:
        page.raise_for_status()
    while True:
        async with clerk.get(draft) as page:
            page.raise_for_status()
            text = await page.text()
        if not page.url.path.endswith("/progress"):
            return text
        await asyncio.sleep(0.2)


def _sheet() -> bytes:
    """As eligibility's city sends it: in CP932, with columns that nobody asked for."""
    rows = (f"BEN-{n:06},{_NOTATIONS[n % 5]},{_OFFICES[n % 2]},メモ,大分市" for n in range(ROWS))
    return "\r\n".join(["製造管理番号,生年月日,受取場所,備考,住所地", *rows]).encode("cp932")
