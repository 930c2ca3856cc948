"""Kill and restart each part in the middle of many bookings: nothing acknowledged is ever lost."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from bench.journey import Place
from dev.evidence import Evidence
from services.notify.sender import GROUP

from .crowd import AnyStack, book_many
from .ledger import assert_nothing_lost, number_of_bookings, settled

SMALL, LARGE = 40, 1000
MAIL_LINES = 4
PROVES = ["libs/common", "services/booking", "services/notify", "services/reporting"]

Fault = Callable[[AnyStack], Awaitable[None]]


def killed(name: str) -> Fault:
    """`kill -9` of a service, which then starts again."""

    async def fault(stack: AnyStack) -> None:
        stack.services[name].kill()
        stack.services[name].start()
        await stack.services[name].wait_ready()

    return fault


async def broker_killed(stack: AnyStack) -> None:
    await asyncio.to_thread(stack.rabbitmq.kill)
    await asyncio.to_thread(stack.rabbitmq.start)


async def database_restarted(stack: AnyStack) -> None:
    """Fast shutdown: everybody is thrown out, open transactions are rolled back."""
    await asyncio.to_thread(stack.postgres.restart)


async def database_killed(stack: AnyStack) -> None:
    await asyncio.to_thread(stack.postgres.kill)
    await asyncio.to_thread(stack.postgres.start)


async def survive(stack: AnyStack, places: Iterator[Place], count: int, fault: Fault) -> int:
    """Everybody gets a number in spite of the fault, and all is well afterwards; the number of
    mails that came twice."""
    before = await number_of_bookings(stack)
    crowd = await book_many(stack, places, count, fault=lambda: fault(stack))
    seconds = await settled(stack)
    repeated = await assert_nothing_lost(stack, crowd)
    assert await number_of_bookings(stack) == before + len(crowd.booked)
    print(f"{crowd.describe()}, settled after {seconds:.1f} s, {repeated} mails came twice")
    return repeated


FAULTS = {
    "booking and its relay killed": (killed("booking"), 0),
    "a consumer killed": (killed("reporting"), 0),
    # Up to a group on each line was on its way to the mail server and not recorded yet.
    "the mail sender killed": (killed("notify"), GROUP * MAIL_LINES),
    "the broker killed": (broker_killed, 0),
    "the database restarted": (database_restarted, 0),
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("fault", "repeats"), FAULTS.values(), ids=FAULTS)
async def test_what_was_acknowledged_is_there_once(
    stack: AnyStack, places: Iterator[Place], fault: Fault, repeats: int
) -> None:
    assert await survive(stack, places, SMALL, fault) <= repeats


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("fault", "repeats"),
    [*FAULTS.values(), (database_killed, 0)],
    ids=[*FAULTS, "the database killed"],
)
async def test_of_a_thousand_bookings_none_is_lost(
    stack: AnyStack,
    places: Iterator[Place],
    fault: Fault,
    repeats: int,
    evidence: Evidence,
) -> None:
    again = await survive(stack, places, LARGE, fault)
    assert again <= repeats
    evidence("nothing-lost", PROVES, bookings=LARGE, lost=0, mails_sent_again=again)
