"""Which series the time of a booking comes from, as its facts say it to the mails."""

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.booking import (
    BookingArrived,
    BookingChanged,
    BookingConfirmed,
    BookingFact,
    EndSeries,
    StaffMove,
)
from services.booking.actions.corrections.moves import move_booking
from services.booking.actions.republish import republish
from services.booking.domain.series import series_at

from .city import DAY, City, at
from .exchanging import HERE, seen, swap, two
from .planning import apply, month, series
from .test_here import BOTH, receive, tomorrow
from .test_republish import Said
from .test_staff_moves import move

SERIES = (
    series("all-day", windows=(1, 2), opens=time(9), closes=time(17)),
    series("evening", windows=(1, 2), opens=time(17), closes=time(20)),
    series("other-windows", windows=(3,), staff_windows=(4,)),
    series("quick", windows=(1, 2), unit_minutes=15),
    series("saturday", weekdays=(5,), windows=(1,)),
    series("over", windows=(1, 2), valid_until=DAY - timedelta(days=1)),
    series("pin", procedure_ids=("pin",), windows=(1, 2)),
)
SATURDAY = date(2027, 6, 5)


@pytest.mark.parametrize(
    ("window", "hour", "minute", "day", "found"),
    [
        (1, 10, 0, DAY, "all-day"),
        (1, 10, 15, DAY, "quick"),
        (1, 17, 0, DAY, "evening"),
        (1, 19, 45, DAY, "evening"),
        (1, 21, 0, DAY, "all-day"),
        (3, 10, 0, DAY, "other-windows"),
        (4, 10, 0, DAY, "other-windows"),
        (99, 18, 0, DAY, "evening"),
        (1, 10, 0, SATURDAY, "saturday"),
        (1, 10, 0, SATURDAY + timedelta(days=1), None),
    ],
)
def test_a_time_comes_from_the_series_that_is_open_has_the_window_and_the_start(
    window: int, hour: int, minute: int, day: date, found: str | None
) -> None:
    assert series_at(SERIES, "slow", window, at(hour, minute, day)) == found
    assert series_at(reversed(SERIES), "slow", window, at(hour, minute, day)) == found


async def told(city: City, kind: type[BookingFact]) -> list[str | None]:
    """The series in the facts of that kind, in their order."""
    return [kind.model_validate_json(body).series_id for body in await city.facts(kind.name)]


async def kept(city: City) -> list[Any]:
    rows = await city.pool.fetch("SELECT series_id FROM booking ORDER BY booked_at")
    return [row["series_id"] for row in rows]


async def test_a_booking_says_the_series_that_it_was_made_from(city: City) -> None:
    await city.booked(at(10))
    session = uuid4()
    await city.hold(session, at(11, 15), "pin", "there")
    await city.book(session, "サトウ")
    assert await told(city, BookingConfirmed) == ["here-30", "there-15"]
    assert await kept(city) == ["here-30", "there-15"]


async def test_who_moves_says_the_series_of_the_new_time(city: City) -> None:
    await city.booked(at(10))
    await move(city, at(15), "there", BOTH)
    assert await told(city, BookingChanged) == ["there-30"]
    assert await kept(city) == ["there-30"]


async def test_who_is_received_elsewhere_says_the_series_there(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    await receive(city, one, "there", BOTH)
    assert await told(city, BookingArrived) == ["there-30"]


async def test_two_who_exchange_their_times_each_have_the_series_of_the_new_one(
    city: City,
) -> None:
    one, other = await two(city)
    await city.pool.execute("UPDATE booking SET series_id = 'stale'")
    await swap(city, one, other)
    assert await told(city, BookingChanged) == ["here-30", "here-30"]


async def test_a_booking_keeps_its_series_when_that_ends_or_changes(city: City) -> None:
    await month(city)
    one = await seen(city, await city.booked(at(10)))
    await apply(city, EndSeries(office_id="here", series_id="here-30", last_day=DAY))
    await city.pool.execute("UPDATE series SET series_id = 'another' WHERE series_id = 'here-30'")
    said = Said()
    await republish(city.desk.open_store, said, DAY)
    assert [fact.series_id for fact in said.bookings] == ["here-30"]
    ask = StaffMove(version=one.version, office_id="here", starts_at=at(11))
    await move_booking(city.desk, HERE, one.booking_id, str(uuid4()), ask)
    assert await kept(city) == ["another"]


async def test_a_booking_of_the_release_before_says_it_when_it_is_published_again_or_changes(
    city: City,
) -> None:
    one = await city.booked(at(10))
    await city.pool.execute("UPDATE booking SET series_id = NULL")
    said = Said()
    await republish(city.desk.open_store, said, DAY)
    assert [fact.series_id for fact in said.bookings] == ["here-30"]
    assert await kept(city) == [None]
    await city.cancel(one)
    assert await kept(city) == ["here-30"]
