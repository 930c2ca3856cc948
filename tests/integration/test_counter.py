"""Two terminals at the counter: what one does the other sees at once, also after an outage."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime

import aiohttp
import pytest

from dev.walk import Citizen, Staff, browsing
from libs.contracts.times import JST

from .city import STAFF
from .crowd import AnyStack
from .ledger import eventually, settled
from .people import new_person
from .test_journeys import book_pin_visit

pytestmark = pytest.mark.alone

SOON = 2.0
OFFICE = "sakanoichi"
NewCitizen = Callable[[], Awaitable[Citizen]]


class Terminal:
    """Another screen at the same office: it hears that something changed, and asks for rows."""

    def __init__(self, member: Staff, day: date, stream: aiohttp.StreamReader) -> None:
        self.member = member
        self._rows = f"{member.origin}/today/rows?office={OFFICE}&day={day}"
        self._stream = stream

    async def hears(self) -> bool:
        """Wait for the next word; False when the stream has ended."""
        async for line in self._stream:
            if line.startswith(b"event: changed"):
                return True
        return False

    async def rows(self) -> str:
        async with self.member.session.get(self._rows) as answer:
            answer.raise_for_status()
            return await answer.text()


@asynccontextmanager
async def terminal(stack: AnyStack, day: date) -> AsyncIterator[Terminal]:
    forever = aiohttp.ClientTimeout(total=None, sock_read=None)
    async with browsing() as session:
        member = Staff(session, stack.ports.url("lgwan"))
        await member.sign_in(STAFF, stack.keys["staff_password"])
        url = f"{member.origin}/live?office={OFFICE}"
        async with session.get(url, timeout=forever) as stream:
            assert stream.status == 200
            yield Terminal(member, day, stream.content)


@pytest.fixture
async def numbers(new_citizen: NewCitizen, quiet_day: date) -> list[str]:
    """Two bookings at the office."""
    return [
        await book_pin_visit(await new_citizen(), new_person(), OFFICE, quiet_day) for _ in range(2)
    ]


async def test_a_tick_is_seen_on_another_terminal_and_the_counter_works_on_without_a_broker(
    stack: AnyStack, staff: Staff, quiet_day: date, numbers: list[str]
) -> None:
    """Both come early and are received today."""
    first, second = numbers
    async with terminal(stack, datetime.now(JST).date()) as other:
        await settled(stack)
        await receive(staff, quiet_day, first)
        began = time.perf_counter()
        async with asyncio.timeout(SOON):
            while first not in await other.rows():
                assert await other.hears()
        print(f"seen on the other terminal after {time.perf_counter() - began:.3f} s")

        await asyncio.to_thread(stack.rabbitmq.kill)
        await receive(staff, quiet_day, second)
        assert second in await other.rows()
        await asyncio.to_thread(stack.rabbitmq.start)
        async with asyncio.timeout(30):
            assert await other.hears()
        print(f"settled {await settled(stack):.1f} s after the broker came back")


async def test_a_stream_ends_at_once_when_the_door_is_told_to_end(
    stack: AnyStack, quiet_day: date
) -> None:
    door = stack.services["lgwan"]
    async with terminal(stack, quiet_day) as other:
        began = time.perf_counter()
        ending = asyncio.create_task(asyncio.to_thread(door.terminate))
        async with asyncio.timeout(SOON):
            while await other.hears():
                pass
        print(f"ended after {time.perf_counter() - began:.3f} s")
    await ending
    assert time.perf_counter() - began < 10
    door.start()
    await door.wait_ready()


async def receive(staff: Staff, day: date, number: str, office: str = OFFICE) -> None:
    await staff.day(day.isoformat())
    await staff.see(number)
    await staff.receive_here(office)


async def test_a_signed_out_terminal_is_told_that_it_is_over(
    stack: AnyStack, quiet_day: date
) -> None:
    async with terminal(stack, quiet_day) as other:
        member = other.member
        await member.open("/")
        await member.send("/logout")
        async with asyncio.timeout(SOON):
            while await other.hears():
                pass

        async def refused() -> bool:
            async with member.session.get(member.origin + "/live?office=honcho") as answer:
                return answer.url.path == "/login"

        await eventually("the session is over", refused, 5)
