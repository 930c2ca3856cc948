"""How long people waited, from the facts of the counter in whatever order they come."""

import random
from uuid import UUID, uuid4

from libs.common.facts import Fact
from libs.contracts import booking
from libs.contracts.reporting import Figures

from .conftest import Reporting
from .factories import at, reopened, step

DONE = {"arrived_at": at(9), "finished_at": at(9, 40)}


def called(booking_id: UUID, version: int, minutes: int, calls: int = 1) -> booking.BookingCalled:
    """So many minutes after 受付 at nine."""
    values = step("arrived", version, booking_id=booking_id, at=at(9, minutes)).model_dump()
    told = {"reception": 1, "window": 2, "calls": calls, "arrived_at": at(9)}
    return booking.BookingCalled.model_validate({**values, **told})


def taken_back(booking_id: UUID, version: int, calls: int | None) -> booking.BookingReopened:
    update = {"status": "arrived", "calls": calls}
    return reopened(booking_id, version).model_copy(update=update)


async def counted(reporting: Reporting) -> Figures:
    return (await reporting.report()).total


async def waits(reporting: Reporting) -> tuple[int, int, int | None]:
    """How many people, their minutes together, and the longest."""
    row = await counted(reporting)
    longest = row.longest_wait
    return row.waits, row.wait_seconds // 60, None if longest is None else longest // 60


def a_visit(minutes: int) -> list[Fact]:
    """Called twice, done, taken back, done again: the first call ended the wait."""
    known = uuid4()
    return [
        step("arrived", 2, booking_id=known, at=at(9)),
        called(known, 3, minutes),
        called(known, 4, minutes + 5, calls=2),
        step("finished", 5, booking_id=known, outcome="collected", **DONE),
        taken_back(known, 6, calls=2),
        step("finished", 7, booking_id=known, outcome="collected", **DONE),
    ]


async def test_the_first_call_ends_the_wait_in_whatever_order_facts_come(
    reporting: Reporting,
) -> None:
    chance = random.Random(20261201)
    for count, minutes in enumerate((4, 10, 7), 1):
        facts = a_visit(minutes)
        facts += chance.choices(facts, k=2)
        chance.shuffle(facts)
        await reporting.take(*facts)
        assert (await counted(reporting)).waits == count
    assert await waits(reporting) == (3, 21, 10)
    assert (await counted(reporting)).average_wait == 7 * 60


async def test_a_call_that_was_taken_back_ended_no_wait(reporting: Reporting) -> None:
    known = uuid4()
    facts: list[Fact] = [called(known, 3, 4), taken_back(known, 4, calls=0)]
    await reporting.take(*reversed(facts))
    assert await waits(reporting) == (0, 0, None)
    assert (await counted(reporting)).average_wait is None
    await reporting.take(called(known, 5, 9))
    assert await waits(reporting) == (1, 9, 9)


async def test_who_did_not_come_after_all_did_not_wait(reporting: Reporting) -> None:
    known = uuid4()
    await reporting.take(called(known, 3, 4), step("missed", 4, booking_id=known))
    assert await waits(reporting) == (0, 0, None)


async def test_a_visit_without_a_call_has_no_wait_and_the_old_fact_is_understood(
    reporting: Reporting,
) -> None:
    """A release ago nobody said how many calls were left."""
    known = uuid4()
    await reporting.take(step("finished", 2, outcome="collected"), called(known, 2, 6))
    await reporting.take(taken_back(known, 3, calls=None))
    assert await waits(reporting) == (1, 6, 6)
