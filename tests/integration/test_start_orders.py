"""Whatever starts first or last, and whatever is lost: all subscribers end with what was published.

A system of its own, because here a broker's data are thrown away and tables are emptied.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bench.journey import Place, free_times
from dev.stack import private_stack
from dev.walk import Staff, browsing

from .city import STAFF, seed
from .conftest import OVERRIDES
from .crowd import AnyStack, Crowd, book_many
from .ledger import as_superuser, assert_nothing_lost, eventually, mails_since, settled
from .people import csv_file, new_person
from .projections import all_alike, differences

FIRST = ("booking", "internet", "lgwan")
CONSUMERS = ("eligibility", "notify", "reporting")
LATE_SECONDS = 30.0
FEW_DAYS = {**OVERRIDES, "booking": {"HORIZON_DAYS": "12"}}
EMPTIED = (
    *("notify.agenda", "notify.delivery", "notify.inbox", "notify.office", "notify.procedure"),
    *("eligibility.known_office", "eligibility.inbox", "booking.card", "booking.inbox"),
    *("reporting.booking_version", "reporting.booking_now", "reporting.card", "reporting.inbox"),
    *("reporting.office", "reporting.procedure"),
)


@asynccontextmanager
async def nothing_started(home: Path) -> AsyncIterator[AnyStack]:
    """The servers, an empty city in the tables, and none of our processes."""
    stack = private_stack(home, FEW_DAYS)
    try:
        await stack.start_servers()
        yield stack
    finally:
        await stack.stop()


async def start(stack: AnyStack, names: Sequence[str], apart: float = 0.0) -> None:
    """One after the other, so many seconds apart, whether the one before is ready or not."""
    print("started in this order:", *names)
    for name in names:
        stack.services[name].start()
        await asyncio.sleep(apart)
    await asyncio.gather(*(stack.services[name].wait_ready() for name in names))


async def published(stack: AnyStack) -> None:
    """Wait until the broker has all that booking says."""

    async def all_sent() -> bool:
        async with as_superuser(stack) as connection:
            unsent = "SELECT count(*) FROM booking.outbox WHERE sent_at IS NULL"
            return int(await connection.fetchval(unsent)) == 0

    await eventually("booking's facts are with the broker", all_sent)


async def import_somebody(stack: AnyStack) -> None:
    async with browsing() as session:
        member = Staff(session, stack.ports.url("lgwan"))
        await member.sign_in(STAFF, stack.keys["staff_password"])
        await eventually("offices have come in", member.may_import)
        report = await member.import_persons("a.csv", csv_file(new_person().row("鶴崎支所")))
    assert report["追加"] == 1


async def lose_everything_at_the_broker(stack: AnyStack) -> None:
    """Its data are thrown away; it comes back as a new one, and is set up as one."""
    await asyncio.to_thread(stack.rabbitmq.kill)
    await asyncio.to_thread(stack.rabbitmq.destroy)
    await stack.start_broker()


def confirmations(stack: AnyStack) -> Counter[str]:
    """How many mails each address got."""
    return Counter(str(mail["To"]) for _, mail in mails_since(stack, 0))


@pytest.fixture(scope="module")
def free_places() -> Iterator[Place]:
    return free_times()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def late(
    test_home: Path, free_places: Iterator[Place]
) -> AsyncIterator[tuple[AnyStack, Crowd]]:
    """A system whose consumers started only after everything was published, and who booked."""
    async with nothing_started(test_home / "late") as stack:
        await seed(stack)
        await start(stack, random.sample(FIRST, len(FIRST)))
        crowd = await book_many(stack, free_places, 3, clients=3)
        await published(stack)
        await start(stack, random.sample(CONSUMERS, len(CONSUMERS)))
        yield stack, crowd


@pytest.mark.timeout(240)
async def test_consumers_that_start_after_all_was_published_end_with_all_of_it(
    late: tuple[AnyStack, Crowd],
) -> None:
    stack, crowd = late
    await import_somebody(stack)
    await settled(stack)
    assert await differences(stack) == {}
    assert await assert_nothing_lost(stack, crowd) == 0


@pytest.mark.timeout(240)
async def test_facts_that_a_broker_lost_come_again_and_nobody_is_mailed_twice(
    late: tuple[AnyStack, Crowd], free_places: Iterator[Place]
) -> None:
    stack, earlier = late
    await settled(stack)
    began = datetime.now(UTC) - timedelta(hours=1)
    for name in ("notify", "reporting"):
        stack.services[name].kill()
    crowd = await book_many(stack, free_places, 3, clients=3)
    await published(stack)
    await lose_everything_at_the_broker(stack)
    await start(stack, ("notify", "reporting"))
    another = await book_many(stack, free_places, 1, clients=1)
    await eventually("facts flow again", lambda: has_mail(stack, another))
    assert await differences(stack) == {"agenda": 3, "counted bookings": 3}
    for name in ("booking", "eligibility", "notify"):
        print(await stack.command(name, "republish", "--since", began.isoformat()))
    await settled(stack)
    assert await differences(stack) == {}
    for booked in (earlier, crowd, another):
        assert await assert_nothing_lost(stack, booked) == 0
    assert set(confirmations(stack).values()) == {1}


async def has_mail(stack: AnyStack, crowd: Crowd) -> bool:
    return set(crowd.booked) <= set(confirmations(stack))


@pytest.mark.timeout(240)
async def test_subscribers_that_were_emptied_know_everything_again_and_nobody_is_mailed_twice(
    late: tuple[AnyStack, Crowd], free_places: Iterator[Place]
) -> None:
    """Beside live bookings."""
    stack, _ = late
    await settled(stack)
    async with as_superuser(stack) as connection:
        await connection.execute(f"TRUNCATE {', '.join(EMPTIED)}")
    assert await differences(stack) != {}
    crowd, said, _ = await asyncio.gather(
        book_many(stack, free_places, 6, clients=2),
        stack.command("booking", "republish"),
        stack.command("eligibility", "republish"),
    )
    print(said)
    await eventually("all is known again", lambda: all_alike(stack))
    await eventually("those who booked meanwhile have mail", lambda: has_mail(stack, crowd))
    assert "9 offices" in said
    assert set(confirmations(stack).values()) == {1}


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("lost", [False, True], ids=["kept", "broker-emptied"])
@pytest.mark.parametrize("latecomer", ["booking", *CONSUMERS])
async def test_a_process_that_starts_half_a_minute_late_ends_with_all_that_was_published(
    test_home: Path, latecomer: str, lost: bool
) -> None:
    """Booking, too, takes facts in: it comes late for the cards."""
    async with nothing_started(test_home / f"{latecomer}-{lost}") as stack:
        began = datetime.now(UTC) - timedelta(hours=1)
        await seed(stack)
        early = [n for n in (*FIRST, *CONSUMERS) if n != latecomer or n == "booking"]
        await start(stack, random.sample(early, len(early)), apart=0.5)
        crowd = await book_many(stack, free_times(), 6, clients=3)
        if latecomer == "booking":
            await published(stack)
            stack.services["booking"].kill()
        if latecomer != "eligibility":
            await import_somebody(stack)
        await asyncio.sleep(LATE_SECONDS)
        if lost:
            await lose_everything_at_the_broker(stack)
        await start(stack, [latecomer])
        if lost:
            for name in ("booking", "eligibility", "notify"):
                await stack.command(name, "republish", "--since", began.isoformat())
        await settled(stack)
        assert await differences(stack) == {}
        assert await assert_nothing_lost(stack, crowd) == 0


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("chance", range(6))
async def test_in_any_order_of_starts_all_end_with_all_that_was_published(
    test_home: Path, chance: int
) -> None:
    """The seed is one of those that start: while some run and others do not."""
    order = random.Random(chance).sample((*FIRST, *CONSUMERS), 6)
    async with nothing_started(test_home / f"order-{chance}") as stack:
        await asyncio.gather(seed(stack), start(stack, order, apart=2.0))
        crowd = await book_many(stack, free_times(), 6, clients=3)
        await import_somebody(stack)
        await settled(stack)
        assert await differences(stack) == {}
        assert await assert_nothing_lost(stack, crowd) == 0
