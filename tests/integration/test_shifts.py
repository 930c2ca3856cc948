"""A visit that is longer than the grid moves inside its own time, on the citizens' own pages."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from dev.walk import Citizen, Staff

from .crowd import AnyStack
from .ledger import as_superuser, eventually
from .people import new_person
from .test_journeys import book_pin_visit, open_day
from .test_settings import change

OFFICE, PIN = "notsuharu", "/settings/procedures/pin"


@pytest.fixture
async def one_window(stack: AnyStack, far_day: date) -> AsyncIterator[None]:
    """All others are taken on that day."""
    there = "office_id = $1 AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = $2 AND window_id > 1"
    async with as_superuser(stack) as connection:
        taken = "taken_by = gen_random_uuid(), taken_until = 'infinity'"
        await connection.execute(
            f"UPDATE booking.cell SET {taken}, version = version + 1 WHERE {there}", OFFICE, far_day
        )
        yield
        free = "taken_by = NULL, taken_until = '-infinity', version = version + 1"
        await connection.execute(f"UPDATE booking.cell SET {free} WHERE {there}", OFFICE, far_day)


@pytest.mark.usefixtures("one_window")
async def test_its_own_time_is_offered_and_the_move_is_confirmed(
    citizen: Citizen, staff: Staff, far_day: date
) -> None:
    """25 minutes on a grid of 15: ten of them are its own at the next start."""
    person, length = new_person(), f"{far_day:%Y-%m-%d} 25 野津原支所"
    before = await change(staff, PIN, lengths=length)
    number = await book_pin_visit(citizen, person, OFFICE, far_day)
    first, second = f"{far_day}T09:00", f"{far_day}T09:15"

    async def offered_to_others() -> list[str]:
        await citizen.choose_office("pin", OFFICE)
        await citizen.comes()
        return await open_day(citizen, far_day)

    async def shown_as_taken() -> bool:
        return not {first, second} & set(await offered_to_others())

    await eventually("the board knows that its time is taken", shown_as_taken, 40)
    assert (await citizen.find(number, person.born))["日時"].endswith(" 9:00")
    await citizen.open(f"month/pin/{OFFICE}?m={far_day:%Y-%m}")
    starts = await citizen.times(far_day.isoformat())
    assert first not in starts
    assert second in starts
    assert await citizen.take(second)
    await citizen.send("change")
    citizen.at("/show")
    assert citizen.page.facts()["日時"].endswith(" 9:15")
    await change(staff, PIN, **before)
