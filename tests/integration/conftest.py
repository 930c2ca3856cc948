"""One running system for all tests of this folder, filled with the city's offices and times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from bench.journey import Place, free_times
from dev.places import AT_THE_EDGE
from dev.stack import private_stack
from dev.walk import Citizen, Staff, browsing

from .city import STAFF, days_far_ahead, open_for_booking
from .crowd import AnyStack

# Mails that a killed notify had claimed wait for its lease: eight times these seconds.
# A moment before the citizens' port closes, so that browsers leave in peace as behind a proxy.
INTERNET = {"DRAIN_SECONDS": "1", **AT_THE_EDGE}
# Hundreds of wrong tries are made here, and only those tests that want it meet a puzzle.
TRIES = {"TRIES_AN_HOUR": "1000000"}
OVERRIDES = {
    "notify": {"MAIL_SECONDS": "2"},
    "internet": INTERNET,
    "booking": TRIES,
    "eligibility": TRIES,
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(test_home: Path) -> AsyncIterator[AnyStack]:
    """The system; tests take `stack`."""
    async with private_stack(test_home / "city", OVERRIDES) as stack:
        await open_for_booking(stack)
        yield stack


@pytest.fixture
async def stack(running: AnyStack) -> AsyncIterator[AnyStack]:
    """The system, whole again after each test, whatever the test did to it."""
    yield running
    for server in (running.postgres, running.rabbitmq):
        if server.child is None or server.child.poll() is not None:
            await asyncio.to_thread(server.start)
    for service in running.services.values():
        if not service.alive:
            service.start()
    await asyncio.gather(*(service.wait_ready() for service in running.services.values()))


@pytest.fixture(scope="session")
def places() -> Iterator[Place]:
    """Free places of the next days; no two tests get the same one."""
    return free_times()


@pytest.fixture(scope="session")
def _quiet_days() -> Iterator[date]:
    return days_far_ahead()


@pytest.fixture
def quiet_day(_quiet_days: Iterator[date]) -> date:
    """A day far ahead on which no other test books."""
    return next(_quiet_days)


@pytest.fixture
async def new_citizen(stack: AnyStack) -> AsyncIterator[Callable[[], Awaitable[Citizen]]]:
    """`await new_citizen()` is somebody with a browser of their own before the internet door."""
    async with AsyncExitStack() as browsers:

        async def come() -> Citizen:
            session = await browsers.enter_async_context(browsing())
            return Citizen(session, stack.ports.url("internet"))

        yield come


@pytest.fixture
async def citizen(new_citizen: Callable[[], Awaitable[Citizen]]) -> Citizen:
    return await new_citizen()


@pytest.fixture
async def staff(stack: AnyStack) -> AsyncIterator[Staff]:
    """Somebody of the city, signed in at the LGWAN door."""
    async with browsing() as session:
        member = Staff(session, stack.ports.url("lgwan"))
        await member.sign_in(STAFF, stack.keys["staff_password"])
        yield member


@pytest.fixture
def far_day() -> date:
    """The last day that can be booked, for who books where no other test does: quiet days are
    few."""
    return next(days_far_ahead())
