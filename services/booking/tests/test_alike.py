"""An unknown booking number and a wrong date of birth take the same time, pair by pair."""

import random
import time
from dataclasses import asdict
from datetime import date

import pytest

from dev.evidence import Evidence
from dev.likeness import Pairs, assert_alike, likeness
from libs.common.errors import NotFound
from libs.contracts.booking import BookingProof
from services.booking.actions.bookings import find_booking

from .city import City, at

WRONG = date(1950, 1, 3)


async def seconds(city: City, number: str) -> float:
    started = time.perf_counter()
    with pytest.raises(NotFound):
        await find_booking(city.desk, BookingProof(number=number, born=WRONG))
    return time.perf_counter() - started


async def copies(city: City, count: int) -> None:
    """Past bookings with the numbers AA00000002, AA00000004 and so on, like one that was really
    made."""
    await city.booked(at(10))
    names = [
        str(row["column_name"])
        for row in await city.pool.fetch(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'booking' AND table_schema = current_schema()"
        )
    ]
    own = ("booking_id", "number", "status", "person_key")
    shared = ", ".join(name for name in names if name not in own)
    await city.pool.execute(
        f"INSERT INTO booking ({', '.join(own)}, {shared})"
        " SELECT gen_random_uuid(), 'AA' || lpad((2 * n)::text, 8, '0'), 'finished', n::text,"
        f" {shared}"
        " FROM booking, generate_series(1, $1) AS n",
        count,
    )


async def measure(city: City, count: int) -> Pairs:
    """(unknown number, wrong date) of each pair. Every number is tried once."""
    await copies(city, count)
    for number in range(20):
        await seconds(city, f"BB{number:08}")
    found = []
    for number in random.sample(range(1, count + 1), count):
        asked = {"unknown": f"AA{2 * number + 1:08}", "wrong": f"AA{2 * number:08}"}
        order = random.sample(sorted(asked), 2)
        took = {which: await seconds(city, asked[which]) for which in order}
        found.append((took["unknown"], took["wrong"]))
    return found


async def test_an_unknown_number_takes_as_long_as_a_wrong_date(city: City) -> None:
    assert_alike(await measure(city, 300))


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_ten_thousand_unknown_numbers_take_as_long_as_wrong_dates(
    city: City, evidence: Evidence
) -> None:
    pairs = await measure(city, 10_000)
    assert_alike(pairs)
    evidence("alike-booking", ["services/booking"], pairs=len(pairs), **asdict(likeness(pairs)))
