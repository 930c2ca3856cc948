"""Many wrong booking numbers from one place, or of everybody: what they cost, and whom they do not
disturb."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from dev.puzzle import solve
from libs.common.errors import NotFound, Problem
from libs.common.tries import HOUR_FREE_TRIES, ORIGIN_FREE_TRIES, PATIENCE, TooSoon
from libs.common.waits import WAIT_SECONDS
from libs.contracts.booking import BookingProof, CitizenBooking
from services.booking.actions.bookings import find_booking
from services.booking.actions.desk import TRIES
from services.booking.domain import Locked
from services.booking.store import Store

from .city import BORN, NOON_BEFORE, City, at

ORIGIN, ELSEWHERE = "a" * 64, "b" * 64


async def look(
    city: City, number: str, origin: str | None = ORIGIN, work: str | None = None
) -> CitizenBooking | Problem:
    proof = BookingProof(number=number, born=BORN, origin=origin, work=work)
    try:
        return await find_booking(city.desk, proof)
    except Problem as problem:
        return problem


async def guess(city: City, number: int, origin: str = ORIGIN) -> CitizenBooking | Problem:
    return await look(city, f"00000000{number:02}", origin)


async def had(city: City, tries: int, origin: str = ORIGIN) -> None:
    """So many wrong tries of an origin today, the last one long enough ago."""
    await city.pool.execute(
        "INSERT INTO wrong_try (subject, day, tries)"
        " VALUES ($1, (clock() AT TIME ZONE 'Asia/Tokyo')::date, $2)",
        city.desk.index.digest("origin", origin),
        tries,
    )


async def everybody_had(city: City, tries: int) -> None:
    await city.pool.execute("INSERT INTO miss_minute VALUES (clock(), $1)", tries)


async def test_the_wrong_tries_of_an_origin_have_to_be_further_and_further_apart(
    city: City,
) -> None:
    await city.shift_clock(NOON_BEFORE)
    await had(city, PATIENCE + 70)
    assert isinstance(await guess(city, 1), NotFound)
    soon = await guess(city, 2)
    assert isinstance(soon, TooSoon)
    assert soon.facts["gap"] == pytest.approx(7.1)
    assert 0 < soon.facts["seconds"] <= 7.2
    await city.shift_clock(NOON_BEFORE + timedelta(seconds=30))
    assert isinstance(await guess(city, 2), NotFound)
    assert isinstance(await guess(city, 3), TooSoon)


async def test_a_right_answer_comes_no_sooner_than_a_wrong_one(city: City) -> None:
    booking = await city.booked(at(10))
    await had(city, PATIENCE + 70)
    await guess(city, 1)
    assert isinstance(await look(city, booking.number), TooSoon)
    assert isinstance(await look(city, booking.number, ELSEWHERE), CitizenBooking)


async def test_two_doors_side_by_side_get_one_try_between_them(city: City) -> None:
    await had(city, PATIENCE + 70)
    two = [city, replace(city, desk=replace(city.desk, tries_at_once=asyncio.Semaphore(TRIES)))]
    answers = await asyncio.gather(*(guess(two[n % 2], n) for n in range(20)))
    assert [isinstance(one, NotFound) for one in answers].count(True) == 1
    assert [isinstance(one, TooSoon) for one in answers].count(True) == 19


async def test_beyond_a_hundred_an_origin_meets_the_puzzle_hit_or_miss(city: City) -> None:
    booking = await city.booked(at(10))
    await had(city, ORIGIN_FREE_TRIES - 1)
    missed = await guess(city, 1)
    assert isinstance(missed, NotFound)
    assert missed.facts["reason"] == "many"
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=1))
    locked = await look(city, booking.number)
    assert isinstance(locked, Locked)
    assert isinstance(await look(city, booking.number, ELSEWHERE), CitizenBooking)
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=2))
    found = await look(city, booking.number, work=solve(locked.facts["challenge"]))
    assert isinstance(found, CitizenBooking)


async def test_many_wrong_tries_of_everybody_bring_the_puzzle_before_every_first_look(
    city: City,
) -> None:
    booking = await city.booked(at(10))
    await everybody_had(city, HOUR_FREE_TRIES - 1)
    assert isinstance(await look(city, booking.number), CitizenBooking)
    await guess(city, 1)
    locked = await look(city, booking.number, ELSEWHERE)
    assert isinstance(locked, Locked)
    assert isinstance(await look(city, booking.number, origin=None), CitizenBooking)
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=61))
    assert isinstance(await look(city, booking.number, ELSEWHERE), CitizenBooking)


async def test_a_minute_of_waiting_finds_the_booking_and_opens_it_from_elsewhere(
    city: City,
) -> None:
    """Who found it comes back to it from wherever the phone is by then."""
    booking = await city.booked(at(10))
    await everybody_had(city, HOUR_FREE_TRIES)
    locked = await look(city, booking.number)
    assert isinstance(locked, Locked)
    wait = locked.facts["wait"]
    early = await look(city, booking.number, work=wait)
    assert isinstance(early, Locked)
    assert early.facts["wait"] == wait
    await city.shift_clock(NOON_BEFORE + timedelta(seconds=WAIT_SECONDS + 30))
    assert isinstance(await look(city, booking.number, ELSEWHERE, wait), Locked)
    assert isinstance(await look(city, booking.number, work=wait), CitizenBooking)
    assert isinstance(await look(city, booking.number, None, wait), CitizenBooking)


@pytest.mark.parametrize("tries", [0, PATIENCE + 10])
async def test_guessers_leave_connections_for_holds(city: City, tries: int) -> None:
    """With as many at once as like, no more than TRIES transactions look at numbers."""
    at_once = most = 0

    @asynccontextmanager
    async def counted() -> AsyncIterator[Store]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            async with city.desk.open_store() as store:
                yield store
        finally:
            at_once -= 1

    await had(city, tries)
    crowd = replace(city, desk=replace(city.desk, open_store=counted))
    await asyncio.gather(*(guess(crowd, number) for number in range(30)))
    assert most == TRIES


async def test_the_minutes_of_past_hours_are_forgotten(city: City) -> None:
    await everybody_had(city, 7)
    await city.shift_clock(NOON_BEFORE + timedelta(hours=2))
    async with city.desk.open_store() as store:
        await store.proofs.forget_tries()
    assert await city.pool.fetchval("SELECT count(*) FROM miss_minute") == 0
