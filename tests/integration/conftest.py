"""One running system for all tests of this folder, filled with the city's offices and times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bench.journey import Place, free_times
from dev.account import ROOT
from dev.stack import private_stack
from dev.walk import Citizen, Staff, browsing
from libs.contracts.times import day_of
from libs.rules.closures import closure_of

from .crowd import AnyStack
from .ledger import eventually

STAFF = "kakari"
OFFICES = (
    *("honcho", "tsurusaki", "dainan", "wasada", "ozai"),
    *("sakanoichi", "saganoseki", "notsuharu", "akeno"),
)
# Mails that a killed notify had claimed wait for its lease: eight times these seconds.
# A moment before the citizens' port closes, so that browsers leave in peace as behind a proxy.
# The tests stand where the edge would: they say where a citizen comes from.
INTERNET = {"DRAIN_SECONDS": "1", "TRUSTED_PROXIES": "127.0.0.0/8"}
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
        seed = str(ROOT / "deploy" / "seed" / "oita.json")
        account = ("add-staff", "--id", STAFF, "--name", "窓口係")
        await asyncio.gather(
            stack.command("booking", "seed", seed),
            stack.command("lgwan", *account, STAFF_PASSWORD=stack.keys["staff_password"]),
        )
        await eventually("every office shows all its days", lambda: _open_for_booking(stack))
        yield stack


async def _open_for_booking(stack: AnyStack) -> bool:
    """Days are laid out one by one, so the first may be shown long before the last."""
    last = next(_days_far_ahead())
    async with browsing() as session:
        citizen = Citizen(session, stack.ports.url("internet"))
        for office in OFFICES:
            await citizen.choose_office("pin", office)
            await citizen.comes()
            await citizen.open(f"?m={last:%Y-%m}")
            if last.isoformat() not in citizen.free_days():
                return False
    return True


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


def _days_far_ahead() -> Iterator[date]:
    """Days on which offices are open, from the last that can be booked backwards."""
    last = day_of(datetime.now(UTC)) + timedelta(days=44)
    days = (last - timedelta(days=back) for back in range(39))
    return (day for day in days if day.weekday() < 5 and not closure_of(day))


@pytest.fixture(scope="session")
def _quiet_days() -> Iterator[date]:
    return _days_far_ahead()


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
    return next(_days_far_ahead())
