"""Families at several desks of staff and on the internet want the same places, or book the same
people, on a real PostgreSQL: nothing double, nothing half."""

import asyncio
import random
from collections.abc import Callable
from itertools import permutations
from uuid import uuid4

import pytest

from dev.testing import Database
from services.booking.domain import AlreadyBooked, Busy, HoldExpired, SlotFull

from .city import STANDING_PERSONS, City, at, new_person, open_city
from .clerks import Call, clerk
from .test_never_twice import cells_disagreeing_with_bookings, replay_history
from .test_party_races import (
    FULL,
    SMALL,
    cells_without_a_hold,
    forget_bookings,
    forget_holds,
    holds_without_their_cells,
    parties_of_which_a_part_is_missing,
    taken_windows,
)


def a_call(city: City) -> Call:
    return Call(city, clerk(f"clerk{uuid4()}"))


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_one_of_many_families_by_phone_and_web_gets_the_last_four_places(
    database: Callable[[str], Database], rounds: int
) -> None:
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url, windows=4) as city:
        for _ in range(rounds):
            results = await asyncio.gather(
                *(family_by_phone(city) if n % 2 else family_online(city) for n in range(12))
            )
            assert sorted(results) == ["full"] * 11 + ["held"]
            assert await city.pool.fetchval("SELECT count(*) FROM hold") == 1
            assert await taken_windows(city) == 4
            assert await holds_without_their_cells(city) == []
            await forget_holds(city)


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_of_families_with_the_same_people_in_any_order_one_is_booked_and_received(
    city: City, rounds: int
) -> None:
    """At the counter, where each is given the day's next numbers as well."""
    await city.shift_clock(at(8, 50))
    orders = list(permutations(("ヒトア", "ヒトイ", "ヒトウ")))
    for _ in range(rounds):
        results = await asyncio.gather(
            *(book_family(city, order, 9 + n) for n, order in enumerate(orders))
        )
        assert sorted(results) == ["already-booked"] * 5 + ["booked"]
        assert await city.pool.fetchval(STANDING_PERSONS) == 3
        await forget_bookings(city)


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_families_of_staff_and_citizens_are_booked_whole_and_never_share_a_window(
    city: City, rounds: int
) -> None:
    await city.pool.execute("UPDATE cell SET audience = 'staff' WHERE window_id IN (3, 8)")
    for _ in range(max(1, rounds // 5)):
        await asyncio.gather(*(choose_and_perhaps_book(city) for _ in range(30)))
        assert await city.double_taken() == []
        assert await cells_disagreeing_with_bookings(city) == 0
        assert await holds_without_their_cells(city) == []
        assert await parties_of_which_a_part_is_missing(city) == []
    assert await city.pool.fetchval("SELECT count(DISTINCT party_id) FROM booking") > 0
    await city.pool.execute(
        "UPDATE cell SET taken_until = '-infinity' WHERE taken_by IN (SELECT holder FROM hold)"
    )
    await city.pool.execute("DELETE FROM hold")
    assert await replay_history(city) == []


@pytest.mark.parametrize("rounds", [SMALL, FULL])
async def test_one_form_sent_many_times_at_once_holds_one_time_for_all(
    city: City, rounds: int
) -> None:
    """A person more, a person less, another time: whatever comes last, all of it is there."""
    for _ in range(rounds):
        call = a_call(city)
        await asyncio.gather(
            *(
                call.hold_all(at(9 + n % 3), *["slow"] * (1 + n % 4), arrangement=how)
                for n in range(8)
                for how in ("together", "in_turn")
            ),
            return_exceptions=True,
        )
        assert await city.pool.fetchval("SELECT count(*) FROM hold") == 1
        assert await holds_without_their_cells(city) == []
        assert await cells_without_a_hold(city) == 0
        await forget_holds(city)


async def family_by_phone(city: City) -> str:
    try:
        await a_call(city).hold_all(at(10), *["slow"] * 4)
    except SlotFull:
        return "full"
    return "held"


async def family_online(city: City) -> str:
    try:
        await city.hold_all(uuid4(), at(10), *["slow"] * 4)
    except SlotFull:
        return "full"
    return "held"


async def book_family(city: City, people: tuple[str, ...], hour: int) -> str:
    call = a_call(city)
    await call.hold_all(at(hour), *("slow" for _ in people))
    said = [{"kana": kana} for kana in people]
    try:
        await call.book_all(*said, channel="counter", arrived=True)
    except AlreadyBooked as refused:
        return refused.slug
    return "booked"


async def choose_and_perhaps_book(city: City) -> None:
    """On the phone or on the internet, alone or with others, and perhaps not in the end."""
    people = random.choices(("slow", "pin", "slow+pin"), k=random.choice((1, 2, 3, 4)))
    start, how = at(9 + random.randrange(0, 6)), random.choice(("together", "in_turn"))
    try:
        if random.random() < 0.4:
            session = uuid4()
            await city.hold_all(session, start, *people, arrangement=how)
            await city.book_all(session, *(new_person() for _ in people))
            return
        call, extra = a_call(city), random.random() < 0.3
        await call.hold_all(start, *people, arrangement=how, extra=extra)
        if random.random() < 0.8:
            await call.book_all(*({} for _ in people))
    except (SlotFull, HoldExpired, Busy):
        pass
