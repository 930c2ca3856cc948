"""A party at the counter: called once, finished one by one."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from libs.contracts.booking import BookingCalled, StaffBooking, Tick
from services.booking.actions import calls, lists, ticking, today
from services.booking.domain import VersionConflict
from services.booking.store.lists import Filter

from .city import DAY, City, at
from .clerks import Call, clerk
from .test_calls import HERE, tick

CLERK = clerk("sato", "here")


async def family(city: City, size: int = 3, come: int = 3) -> list[StaffBooking]:
    """Booked together; so many of them are here by now."""
    call = Call(city)
    await call.hold_all(at(10), *["slow"] * size)
    await call.book_all(*[{}] * size)
    await city.shift_clock(at(9))
    found = (await lists.list_bookings(city.desk, CLERK, Filter())).bookings
    return [await tick(city, one, "arrive") if n < come else one for n, one in enumerate(found)]


async def windows(city: City) -> list[tuple[str, int | None]]:
    day = await today.day_list(city.desk, CLERK, "here", DAY)
    return [(one.booking.status, one.stamps.window) for one in day.bookings]


async def now(city: City, booking: StaffBooking) -> StaffBooking:
    day = await today.day_list(city.desk, CLERK, "here", DAY)
    return next(one.booking for one in day.bookings if one.booking.booking_id == booking.booking_id)


async def test_who_is_here_of_a_party_is_called_with_the_first_and_finished_alone(
    city: City,
) -> None:
    first, second, absent = await family(city, come=2)
    await tick(city, first, "call", window=3)
    assert sorted(await windows(city), key=str) == [
        ("arrived", 3),
        ("arrived", 3),
        ("confirmed", None),
    ]
    told = await calls.call_board(city.desk, HERE, "here")
    assert {(one.reception, one.window) for one in told.called} == {(1, 3), (2, 3)}
    assert len(await city.facts(BookingCalled.name)) == 2
    await tick(city, await now(city, first), "finish")
    assert (await now(city, second)).status == "arrived"
    assert (await now(city, absent)).status == "confirmed"


async def test_who_comes_later_is_called_alone(city: City) -> None:
    first, absent = await family(city, size=2, come=1)
    await tick(city, first, "call", window=3)
    late = await tick(city, absent, "arrive")
    await tick(city, late, "call", window=3)
    told = await calls.call_board(city.desk, HERE, "here")
    assert [(one.reception, one.calls) for one in told.called] == [(2, 1), (1, 1)]


async def test_calling_again_and_taking_it_back_is_for_all_who_were_called(city: City) -> None:
    first, second = await family(city, size=2, come=2)
    await tick(city, first, "call", window=3)
    await tick(city, await now(city, second), "call")
    told = await calls.call_board(city.desk, HERE, "here")
    assert [one.calls for one in told.called] == [2, 2]
    await tick(city, await now(city, first), "undo")
    assert await windows(city) == [("arrived", None)] * 2
    await tick(city, await now(city, first), "undo")
    assert sorted(status for status, _ in await windows(city)) == ["arrived", "confirmed"]


async def test_two_who_call_one_party_at_once_call_it_once(city: City) -> None:
    first, second = await family(city, size=2, come=2)

    async def call(one: StaffBooking, window: int) -> Any:
        ask = Tick(version=one.version, window=window)
        return await ticking.tick(city.desk, CLERK, one.booking_id, "call", str(uuid4()), ask)

    done = await asyncio.gather(call(first, 3), call(second, 4), return_exceptions=True)
    assert sum(isinstance(one, VersionConflict) for one in done) == 1
    assert len({window for _, window in await windows(city)}) == 1
    assert len(await city.facts(BookingCalled.name)) == 2


async def test_the_day_says_who_belongs_together(city: City) -> None:
    await family(city)
    alone = uuid4()
    await city.hold(alone, at(10) + timedelta(minutes=30))
    await city.book(alone)
    day = await today.day_list(city.desk, CLERK, "here", DAY)
    parties = [one.party for one in day.bookings]
    assert len(set(parties[:3])) == 1
    assert parties[0] is not None
    assert parties[3] is None
