"""Whoever stands at the counter is served: over capacity, after the last start, when it is shut."""

import asyncio
from datetime import datetime, timedelta

import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import StaffBooking
from services.booking.actions.phone import holds
from services.booking.domain import NotOffered

from .city import DAY, City, at
from .clerks import Call, clerk

COUNTER = frozenset({"bookings.read", "bookings.make", "bookings.tick"})
"""窓口: without the right to book over capacity."""


def at_the_counter(city: City, name: str = "sato") -> Call:
    return Call(city, clerk(name, rights=COUNTER))


async def received(call: Call, procedure: str = "pin") -> StaffBooking:
    await call.hold(None, procedure)
    return await call.book(channel="counter", arrived=True)


async def fill(city: City, since: datetime) -> None:
    await city.pool.execute("UPDATE cell SET taken_until = 'infinity' WHERE starts_at >= $1", since)


async def test_on_a_day_whose_times_are_all_full_whoever_comes_is_received(city: City) -> None:
    await city.shift_clock(at(10, 2))
    await fill(city, at(9))
    served = await received(at_the_counter(city))
    assert (served.starts_at, served.status) == (at(10, 5), "arrived")
    reasons = await city.pool.fetch("SELECT DISTINCT reason FROM booking_history WHERE reason > ''")
    assert [row["reason"] for row in reasons] == ["枠外"]


@pytest.mark.parametrize("now", [at(16, 51), at(17, 16), at(20)])
async def test_after_the_last_start_and_after_closing_whoever_comes_is_received(
    city: City, now: datetime
) -> None:
    await city.shift_clock(now)
    call = at_the_counter(city)
    held = await call.hold(None, "pin")
    assert held.is_extra
    served = await call.book(channel="counter", arrived=True)
    assert timedelta() < served.starts_at - now <= timedelta(minutes=5)
    assert served.status == "arrived"


async def test_at_an_office_that_closed_early_whoever_comes_is_received(city: City) -> None:
    await city.shift_clock(at(14, 58))
    await city.pool.execute("DELETE FROM cell WHERE starts_at >= $1", at(15))
    assert (await received(at_the_counter(city), "slow")).starts_at == at(15)


async def test_a_family_is_received_as_well_side_by_side_or_in_turn(city: City) -> None:
    await city.shift_clock(at(17, 16))
    together = at_the_counter(city)
    held = await together.hold_all(None, "pin", "pin+slow")
    assert [line.starts_at for line in held.lines] == [at(17, 20)] * 2
    await together.book_all({}, {}, channel="counter", arrived=True)
    in_turn = at_the_counter(city, "kudo")
    held = await in_turn.hold_all(None, "pin", "pin", arrangement="in_turn")
    assert [line.starts_at for line in held.lines] == [at(17, 20), at(17, 35)]
    await in_turn.book_all({}, {}, channel="counter", arrived=True)
    assert await city.double_taken() == []


async def test_as_long_as_a_window_comes_free_today_its_time_is_taken(city: City) -> None:
    await city.shift_clock(at(10, 2))
    await fill(city, at(9))
    await city.pool.execute(
        "UPDATE cell SET taken_until = '-infinity' WHERE window_id = 3 AND starts_at >= $1", at(16)
    )
    held = await at_the_counter(city).hold(None, "pin")
    assert (held.starts_at, held.is_extra) == (at(16), False)


async def test_at_once_needs_no_open_office(city: City) -> None:
    await city.shift_clock(at(17, 16))
    held = await Call(city).hold(None, "pin", extra=True)
    assert (held.starts_at, held.is_extra) == (at(17, 20), True)


async def test_what_the_office_never_does_is_not_received(city: City) -> None:
    await city.shift_clock(at(17, 16))
    await city.pool.execute("DELETE FROM series WHERE office_id = 'here' AND unit_minutes = 15")
    for extra in (False, True):
        with pytest.raises(NotOffered):
            await Call(city).hold(None, "pin", extra=extra)


async def test_who_is_typed_in_slowly_is_received_after_the_time_has_begun(city: City) -> None:
    await city.shift_clock(at(10, 4))
    call = at_the_counter(city)
    assert (await call.hold(None, "pin")).starts_at == at(10, 5)
    await city.shift_clock(at(10, 9))
    await holds.keep(city.desk, call.caller, call.form)
    assert (await call.book(channel="counter", arrived=True)).starts_at == at(10, 5)


async def test_only_who_works_at_the_counter_receives_somebody_there(city: City) -> None:
    """Whoever books for all offices by phone stands at none of their counters."""
    await city.shift_clock(at(17, 16))
    everywhere = COUNTER | {"bookings.everywhere", "bookings.overbook"}
    for extra in (False, True):
        with pytest.raises(NotFound):
            await Call(city, clerk("sato", "there", rights=everywhere)).hold(
                None, "pin", extra=extra
            )


async def test_a_queue_after_closing_gets_a_place_and_a_number_each(city: City) -> None:
    await city.shift_clock(at(17, 16))
    calls = [at_the_counter(city, f"clerk{n % 2}") for n in range(20)]
    served = await asyncio.gather(*(received(call) for call in calls))
    assert len({booking.booking_id for booking in served}) == 20
    numbers = await city.pool.fetch("SELECT reception FROM visit ORDER BY reception")
    assert [row["reception"] for row in numbers] == list(range(1, 21))
    assert await city.double_taken() == []


async def test_a_time_that_is_asked_for_is_still_refused_where_nothing_is_open(city: City) -> None:
    await city.shift_clock(at(10, 2))
    with pytest.raises(NotOffered):
        await Call(city).hold(at(18), "pin", extra=True)
    with pytest.raises(NotOffered):
        await Call(city).hold(at(9, day=DAY - timedelta(days=1)), "pin", extra=True)
