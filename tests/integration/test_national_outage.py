"""全国システム障害 on the running system: a chief, a full hall, and a process that ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime

import pytest

from dev.walk import Citizen, Staff
from libs.contracts.times import JST

from .crowd import AnyStack
from .ledger import eventually, mails_since, settled
from .people import new_person
from .test_counter import receive
from .test_journeys import book_pin_visit

OFFICE, PROCEDURE = "saganoseki", "pin"
SUBJECT = "システムの障害による"
NewCitizen = Callable[[], Awaitable[Citizen]]


async def start(staff: Staff) -> None:
    await staff.open("/outages")
    await staff.send("/outages/preview", {"office": OFFICE, "procedure": PROCEDURE})
    await staff.send("/outages", {"office": OFFICE, "procedure": PROCEDURE})


async def is_said(citizen: Citizen) -> bool:
    await citizen.open("/")
    return "全国のシステムに障害が起きているため" in "".join(e.text for e in citizen.page.all("p"))


async def end(staff: Staff) -> None:
    await staff.open("/outages")
    for form in [form for form in staff.page.forms if form.action.endswith("/end")]:
        await staff.send(form.action)


@pytest.mark.timeout(420)
@pytest.mark.parametrize("people", [3, pytest.param(40, marks=pytest.mark.soak)])
async def test_a_hall_is_told_once_and_books_again_although_booking_dies_meanwhile(
    stack: AnyStack, staff: Staff, far_day: date, new_citizen: NewCitizen, people: int
) -> None:
    """However it goes, the outage ends: all other tests book at times of these offices."""
    try:
        await meet(stack, staff, far_day, new_citizen, people)
    finally:
        await end(staff)


async def meet(
    stack: AnyStack, staff: Staff, far_day: date, new_citizen: NewCitizen, people: int
) -> None:
    waiting = [new_person() for _ in range(people)]
    numbers = []
    for person in waiting:
        numbers.append(await book_pin_visit(await new_citizen(), person, OFFICE, far_day))
        await receive(staff, far_day, numbers[-1], OFFICE)
    await settled(stack)
    before, began = time.time_ns(), time.perf_counter()
    await start(staff)
    print(f"{people} people got their outcome in {time.perf_counter() - began:.2f} s")
    assert f"お待ちの{people}人を「完了できず（システム障害）」にしました" in said(staff)
    await asyncio.to_thread(stack.services["booking"].kill)
    stack.services["booking"].start()
    await stack.services["booking"].wait_ready()
    citizen = await new_citizen()
    await eventually("citizens read of it", lambda: is_said(citizen))

    def told() -> list[str]:
        mails = [mail for _, mail in mails_since(stack, before) if SUBJECT in str(mail["Subject"])]
        return [str(mail["To"]) for mail in mails]

    async def all_told() -> bool:
        return len(told()) >= people

    await eventually("everybody is told", all_told, 60)
    print(f"all mails {time.perf_counter() - began:.2f} s after the press")
    await settled(stack)
    assert sorted(told()) == sorted(person.email for person in waiting)
    facts = await citizen.find(numbers[0], waiting[0].born)
    assert "システム障害" in " ".join(facts.values())
    await citizen.open("days")
    today = datetime.now(JST).date().isoformat()
    free = [day for day in citizen.free_days() if day != today]
    times = await citizen.times(free[0])
    assert await citizen.take(times[0])
    await citizen.send("change")
    assert numbers[0] in await staff.day(free[0])
    await end(staff)
    assert "障害を終えました" in said(staff)

    async def over() -> bool:
        return not await is_said(citizen)

    await eventually("it is over for citizens", over)
    await citizen.find(numbers[0], waiting[0].born)


def said(staff: Staff) -> str:
    return "".join(e.text for e in staff.page.all("p"))
