"""The waiting room: who is called where, who is next, and nothing about anybody."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import CALLS_SHOWN, WAITING_SHOWN, CallBoard, StaffBooking, Tick
from services.booking.actions import calls, lists, staff, ticking
from services.booking.domain.problems import NoSuchWindow, WindowInUse, WindowNeeded
from services.booking.store.lists import Filter

from .city import DAY, City, at, new_person
from .clerks import Call

HERE = Caller("lgwan", "display", frozenset({"calls.read"}), frozenset({"here"}))
THERE = Caller("lgwan", "display", frozenset({"calls.read"}), frozenset({"there"}))
CLERK = Caller("lgwan", "sato", frozenset(), frozenset({"*"}))


async def board(city: City, caller: Caller = HERE, office_id: str = "here") -> CallBoard:
    return await calls.call_board(city.desk, caller, office_id)


async def arrivals(city: City, *hours: int) -> list[StaffBooking]:
    """Visits at these hours, received in this order; the time is in the morning of the day."""
    numbers = [(await city.booked(at(hour))).number for hour in hours]
    await city.shift_clock(at(8))
    found = []
    for number in numbers:
        listed = await lists.list_bookings(city.desk, CLERK, Filter(number=number))
        found.append(await tick(city, listed.bookings[0], "arrive"))
    return found


async def tick(city: City, booking: StaffBooking, what: str, **more: Any) -> StaffBooking:
    outcome = "done" if what == "finish" else None
    ask = Tick.model_validate({"version": booking.version, "outcome": outcome, **more})
    return await ticking.tick(city.desk, CLERK, booking.booking_id, what, str(uuid4()), ask)


async def test_who_came_waits_in_the_order_of_appointments(city: City) -> None:
    await arrivals(city, 11, 9, 10)
    told = await board(city)
    assert (told.waiting, told.waiting_total, told.called) == ((2, 3, 1), 3, ())


async def test_who_is_called_is_shown_with_the_window_and_waits_no_longer(city: City) -> None:
    first, second, _ = await arrivals(city, 9, 10, 11)
    await tick(city, first, "call", window=4)
    await tick(city, second, "call", window=7)
    told = await board(city)
    assert [(one.reception, one.window) for one in told.called] == [(2, 7), (1, 4)]
    assert told.waiting == (3,)


async def test_who_is_called_again_comes_first_again(city: City) -> None:
    first, second = await arrivals(city, 9, 10)
    first = await tick(city, first, "call", window=4)
    await tick(city, second, "call", window=7)
    await tick(city, first, "call", window=4)
    assert [(one.reception, one.calls) for one in (await board(city)).called] == [(1, 2), (2, 1)]


async def test_who_is_done_is_not_called_any_more(city: City) -> None:
    (first,) = await arrivals(city, 9)
    called = await tick(city, first, "call", window=4)
    await tick(city, called, "finish")
    told = await board(city)
    assert (told.called, told.waiting_total) == ((), 0)


async def test_the_screen_has_room_for_so_many(city: City) -> None:
    hours = [9 + n // 8 for n in range(CALLS_SHOWN + 1 + WAITING_SHOWN + 1)]
    came = await arrivals(city, *hours)
    for booking in came[: CALLS_SHOWN + 1]:
        await tick(city, booking, "call", window=1, anyway=True)
    told = await board(city)
    assert len(told.called) == CALLS_SHOWN
    assert (len(told.waiting), told.waiting_total) == (WAITING_SHOWN, WAITING_SHOWN + 1)


async def test_another_office_and_another_day_are_quiet(city: City) -> None:
    (first,) = await arrivals(city, 9)
    await tick(city, first, "call", window=4)
    for caller, office_id in ((THERE, "here"), (THERE, "there"), (HERE, "nowhere")):
        told = await board(city, caller, office_id)
        assert (told.called, told.waiting_total) == ((), 0)
    await city.shift_clock(at(8, day=DAY + timedelta(days=1)))
    assert (await board(city)).called == ()


async def test_nothing_but_numbers_and_windows_is_said(city: City) -> None:
    (first,) = await arrivals(city, 9)
    await tick(city, first, "call", window=4)
    told = (await board(city)).model_dump()
    assert set(told) == {"office_id", "at", "called", "waiting", "waiting_total"}
    assert set(told["called"][0]) == {"reception", "window", "calls"}


async def shown(city: City, booking: StaffBooking) -> StaffBooking:
    listed = await lists.list_bookings(city.desk, CLERK, Filter(number=booking.number))
    return listed.bookings[0]


async def test_nobody_is_called_without_the_window_that_calls(city: City) -> None:
    (first,) = await arrivals(city, 9)
    with pytest.raises(WindowNeeded):
        await tick(city, first, "call")
    assert (await board(city)).called == ()


async def test_a_booking_has_no_window_before_it_is_called(city: City) -> None:
    (first,) = await arrivals(city, 9)
    seen = await staff.see_booking(city.desk, CLERK, first.booking_id)
    assert (seen.booking.window, (await shown(city, first)).window) == (None, None)
    called = await tick(city, first, "call", window=6)
    seen = await staff.see_booking(city.desk, CLERK, first.booking_id)
    assert (seen.booking.window, (await shown(city, first)).window) == (6, 6)
    await tick(city, called, "undo")
    assert (await shown(city, first)).window is None


@pytest.mark.parametrize("window", [9, 16, 99])
async def test_a_window_that_the_office_has_not_calls_nobody(city: City, window: int) -> None:
    (first,) = await arrivals(city, 9)
    with pytest.raises(NoSuchWindow):
        await tick(city, first, "call", window=window)
    with pytest.raises(NoSuchWindow):
        await tick(city, first, "call", window=window, anyway=True)


async def test_on_a_day_with_fewer_windows_the_others_call_nobody(city: City) -> None:
    await city.pool.execute(
        "INSERT INTO special_day (office_id, day, kind, windows, reason)"
        " VALUES ('here', $1, 'windows', '{1,2,3}', '')", DAY,
    )  # fmt: skip
    (first,) = await arrivals(city, 9)
    with pytest.raises(NoSuchWindow):
        await tick(city, first, "call", window=4)
    await tick(city, first, "call", window=3)


async def test_who_came_over_capacity_is_called_to_a_window_that_is_there(city: City) -> None:
    """Its place has the number 9; nobody sees it, and nobody is called to it."""
    await city.shift_clock(at(17, 16))
    form = Call(city)
    await form.hold(None, "pin")
    served = await form.book(channel="counter", arrived=True)
    with pytest.raises(NoSuchWindow):
        await tick(city, served, "call", window=served.window_id)
    called = await tick(city, served, "call", window=2)
    assert [(one.reception, one.window) for one in (await board(city)).called] == [(1, 2)]
    await tick(city, called, "call")


async def test_a_window_at_which_somebody_is_served_is_warned_about(city: City) -> None:
    first, second = await arrivals(city, 9, 10)
    called = await tick(city, first, "call", window=4)
    with pytest.raises(WindowInUse) as refused:
        await tick(city, second, "call", window=4)
    assert refused.value.facts == {"reception": 1}
    await tick(city, second, "call", window=4, anyway=True)
    await tick(city, called, "call", window=4, anyway=True)
    await tick(city, await shown(city, first), "finish")
    windows = await calls.counter_windows(city.desk, CLERK, "here")
    assert [(one.window, one.serving) for one in windows.windows] == [
        (n, 2 if n == 4 else None) for n in range(1, 9)
    ]


async def test_of_two_terminals_that_call_to_one_window_at_once_one_is_warned(city: City) -> None:
    came = await arrivals(city, 9, 10)
    results = await asyncio.gather(
        *(tick(city, one, "call", window=4) for one in came), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["StaffBooking", "WindowInUse"]
    assert len((await board(city)).called) == 1


async def test_who_came_together_is_called_to_one_window(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow", arrangement="in_turn")
    await city.book_all(session, new_person(), new_person())
    await city.shift_clock(at(8))
    listed = await lists.list_bookings(city.desk, CLERK, Filter())
    both = [await tick(city, one, "arrive") for one in listed.bookings]
    await tick(city, both[0], "call", window=2)
    assert [one.window for one in (await board(city)).called] == [2, 2]


async def test_the_windows_of_an_office_are_for_who_works_there(city: City) -> None:
    with pytest.raises(NotFound):
        await calls.counter_windows(city.desk, THERE, "here")
