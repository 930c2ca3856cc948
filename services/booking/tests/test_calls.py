"""The waiting room: who is called where, who is next, and nothing about anybody."""

from datetime import timedelta
from uuid import uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import CALLS_SHOWN, WAITING_SHOWN, CallBoard, StaffBooking, Tick
from services.booking.actions import calls, lists, ticking
from services.booking.store.lists import Filter

from .city import DAY, City, at

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


async def tick(
    city: City, booking: StaffBooking, what: str, window: int | None = None
) -> StaffBooking:
    outcome = "done" if what == "finish" else None
    ask = Tick.model_validate({"version": booking.version, "outcome": outcome, "window": window})
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
        await tick(city, booking, "call", window=1)
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
