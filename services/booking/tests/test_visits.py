"""The day at the counter: 受付番号, calls, several outcomes, days that close themselves."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from libs.common.assertion import Caller
from libs.contracts.booking import (
    BookingArrived,
    BookingCalled,
    BookingFinished,
    BookingReopened,
    DayBooking,
    Outcome,
    StaffBooking,
    Tick,
)
from services.booking.actions import lists, ticking, today
from services.booking.domain import AlreadyBooked, NotToday, VersionConflict, WrongState
from services.booking.store.lists import Filter

from .city import DAY, STANDING_PERSONS, City, at

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))
THERE = Caller("lgwan", "kudo", frozenset(), frozenset({"there"}))


@pytest.fixture(autouse=True)
async def morning(city: City) -> None:
    await city.morning()


async def the_day(city: City, caller: Caller = HERE) -> list[DayBooking]:
    return list((await today.day_list(city.desk, caller, "here", DAY)).bookings)


async def tick(city: City, booking: StaffBooking, what: str, **more: object) -> StaffBooking:
    ask = Tick.model_validate({"version": booking.version, **more})
    return await ticking.tick(city.desk, HERE, booking.booking_id, what, str(uuid4()), ask)


async def receptions(city: City) -> dict[UUID, int | None]:
    return {one.booking.booking_id: one.stamps.reception for one in await the_day(city)}


async def test_whoever_comes_gets_the_next_number_of_the_day_and_office(city: City) -> None:
    for hour in (9, 10, 11):
        await city.booked(at(hour))
    await city.booked(at(9), office_id="there")
    await city.booked(at(9, day=DAY + timedelta(days=1)))
    first, second, third = [one.booking for one in await the_day(city)]
    for booking in (second, first):
        await tick(city, booking, "arrive")
    assert await receptions(city) == {
        second.booking_id: 1,
        first.booking_id: 2,
        third.booking_id: None,
    }
    facts = await city.facts(BookingArrived.name)
    assert [BookingArrived.model_validate_json(body).reception for body in facts] == [1, 2]


async def test_a_number_stays_when_the_reception_is_taken_back_and_done_again(city: City) -> None:
    for hour in (9, 10):
        await city.booked(at(hour))
    first, second = [one.booking for one in await the_day(city)]
    back = await tick(city, await tick(city, first, "arrive"), "undo")
    (seen, _) = await the_day(city)
    assert (seen.stamps.reception, seen.stamps.arrived_at) == (1, None)
    await tick(city, second, "arrive")
    await tick(city, back, "arrive")
    assert await receptions(city) == {first.booking_id: 1, second.booking_id: 2}


async def test_whoever_takes_a_tick_back_tells_how_many_calls_still_hold(city: City) -> None:
    """After a call was taken back the person waits again; after an outcome they do not."""
    await city.booked(at(9))
    [one] = await the_day(city)
    booking = await tick(city, await tick(city, one.booking, "arrive"), "call", window=1)
    booking = await tick(city, await tick(city, booking, "finish", outcome="done"), "undo")
    await tick(city, booking, "undo")
    facts = await city.facts(BookingReopened.name)
    assert [BookingReopened.model_validate_json(body).calls for body in facts] == [1, 0]


async def test_another_day_gives_another_number(city: City) -> None:
    await city.booked(at(9))
    (seen,) = await the_day(city)
    back = await tick(city, await tick(city, seen.booking, "arrive"), "undo")
    await city.pool.execute(
        "UPDATE booking SET starts_at = starts_at + interval '1 day' WHERE booking_id = $1",
        back.booking_id,
    )
    tomorrow = DAY + timedelta(days=1)
    await city.pool.execute("INSERT INTO reception_count VALUES ('here', $1, 4)", tomorrow)
    await city.shift_clock(at(9, day=tomorrow))
    await tick(city, back, "arrive")
    day = await today.day_list(city.desk, HERE, "here", tomorrow)
    assert [one.stamps.reception for one in day.bookings] == [5]


async def test_the_database_has_no_room_for_the_same_number_twice(city: City) -> None:
    for hour in (9, 10):
        await city.booked(at(hour))
    first, second = [one.booking.booking_id for one in await the_day(city)]
    give = "INSERT INTO visit (booking_id, office_id, day, reception) VALUES ($1, 'here', $2, 1)"
    await city.pool.execute(give, first, DAY)
    with pytest.raises(asyncpg.UniqueViolationError, match="visit_reception"):
        await city.pool.execute(give, second, DAY)


async def test_twenty_terminals_receive_a_day_without_losing_or_doubling_a_number(
    city: City,
) -> None:
    """Each terminal goes through the whole day from the place where it stands."""
    for quarter in range(20):
        await city.booked(at(9 + quarter // 4, 15 * (quarter % 4)), "pin")
        await city.booked(at(9 + quarter // 4, 15 * (quarter % 4)), "pin")
    bookings = [one.booking for one in await the_day(city)]
    done: list[int] = []

    async def terminal(place: int) -> None:
        for booking in bookings[place:] + bookings[:place]:
            try:
                await tick(city, booking, "arrive")
            except (VersionConflict, WrongState):
                continue
            done.append(place)

    await asyncio.gather(*(terminal(2 * place) for place in range(20)))
    assert len(done) == len(bookings) == 40
    assert sorted(n for n in (await receptions(city)).values() if n) == list(range(1, 41))
    assert {one.booking.status for one in await the_day(city)} == {"arrived"}
    assert len(await city.facts(BookingArrived.name)) == 40


async def test_a_call_is_stamped_and_may_be_repeated(city: City) -> None:
    await city.booked(at(9))
    (seen,) = await the_day(city)
    with pytest.raises(WrongState):
        await tick(city, seen.booking, "call", window=5)
    arrived = await tick(city, seen.booking, "arrive")
    called = await tick(city, arrived, "call", window=5)
    assert called.status == "arrived"
    await tick(city, called, "call")
    (seen,) = await the_day(city)
    assert (seen.stamps.window, seen.stamps.calls, seen.booking.window) == (5, 2, 5)
    first, _ = [
        BookingCalled.model_validate_json(body) for body in await city.facts(BookingCalled.name)
    ]
    assert (first.window, first.calls, first.reception) == (5, 1, 1)
    assert first.arrived_at
    assert first.at >= first.arrived_at


async def test_two_windows_do_not_call_the_same_person(city: City) -> None:
    await city.booked(at(9))
    (seen,) = await the_day(city)
    arrived = await tick(city, seen.booking, "arrive")
    await tick(city, arrived, "call", window=1)
    with pytest.raises(VersionConflict):
        await tick(city, arrived, "call", window=2)


async def test_taking_back_goes_one_step_at_a_time(city: City) -> None:
    await city.booked(at(9))
    await city.shift_clock(at(9, 5))
    (seen,) = await the_day(city)
    called = await tick(city, await tick(city, seen.booking, "arrive"), "call", window=1)
    finished = await tick(city, called, "finish", outcome="done")
    (seen,) = await the_day(city)
    assert seen.stamps.finished_at
    states = []
    for _ in range(3):
        finished = await tick(city, finished, "undo")
        (seen,) = await the_day(city)
        stamps = seen.stamps
        states.append((finished.status, bool(stamps.called_at), bool(stamps.arrived_at)))
    assert states == [
        ("arrived", True, True),
        ("arrived", False, True),
        ("confirmed", False, False),
    ]
    assert seen.stamps.finished_at is None


async def test_a_visit_that_ended_without_reception_goes_back_to_booked(city: City) -> None:
    await city.booked(at(9))
    (seen,) = await the_day(city)
    finished = await tick(city, seen.booking, "finish", outcome="done")
    assert (await tick(city, finished, "undo")).status == "confirmed"
    assert (await receptions(city)) == {finished.booking_id: None}


async def two_procedures(city: City) -> StaffBooking:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold_all(session, at(10), "pin+issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    (seen,) = await the_day(city)
    return seen.booking


async def test_each_procedure_of_a_visit_gets_its_own_outcome(city: City) -> None:
    booking = await two_procedures(city)
    finished = await tick(
        city, booking, "finish", outcome="done", outcomes={"issuance": "identity"}
    )
    assert finished.outcome == "done"
    (seen,) = await the_day(city)
    assert seen.stamps.outcomes == {"issuance": "identity"}
    (body,) = await city.facts(BookingFinished.name)
    assert BookingFinished.model_validate_json(body).outcomes == {"issuance": "identity"}
    await tick(city, finished, "undo")
    (seen,) = await the_day(city)
    assert seen.stamps.outcomes == {}


@pytest.mark.parametrize(
    ("outcome", "outcomes"),
    [
        ("done", {}),
        ("done", {"issuance": "done"}),
        ("collected", {"issuance": "collected"}),
        ("done", {"slow": "done"}),
        ("done", {"issuance": "collected", "slow": "done"}),
        (None, {"issuance": "collected"}),
    ],
)
async def test_a_visit_is_over_when_every_procedure_has_an_outcome_of_its_own_kind(
    city: City, outcome: Outcome | None, outcomes: dict[str, Outcome]
) -> None:
    booking = await two_procedures(city)
    with pytest.raises(WrongState):
        await tick(city, booking, "finish", outcome=outcome, outcomes=outcomes)
    (seen,) = await the_day(city)
    assert seen.booking.status == "confirmed"


async def test_one_reason_may_end_all_procedures(city: City) -> None:
    booking = await two_procedures(city)
    await tick(city, booking, "finish", outcome="outage")
    (seen,) = await the_day(city)
    assert seen.stamps.outcomes == {"issuance": "outage"}


async def test_the_day_of_another_office_is_as_empty_as_that_of_none(city: City) -> None:
    await city.booked(at(9))
    (seen,) = await the_day(city)
    await tick(city, seen.booking, "arrive")
    assert await the_day(city, THERE) == []
    await city.shift_clock(at(9, day=DAY + timedelta(days=1)))
    for office_id, found in (("here", 0), ("nowhere", 0)):
        day = await today.day_list(city.desk, THERE, office_id, DAY)
        left = await today.open_visits(city.desk, THERE, office_id)
        assert (len(day.bookings), day.open, len(left.bookings)) == (found, found, found)


async def test_days_that_nobody_ticked_are_counted_and_listed_for_later(city: City) -> None:
    for hour in (9, 10, 11):
        await city.booked(at(hour))
    _, second, third = [one.booking for one in await the_day(city)]
    await tick(city, second, "miss")
    await tick(city, third, "arrive")
    assert (await today.day_list(city.desk, HERE, "here", DAY)).open == 0
    await city.shift_clock(at(0, 5, day=DAY + timedelta(days=1)))
    day = await today.day_list(city.desk, HERE, "here", DAY)
    left = await today.open_visits(city.desk, HERE, "here")
    assert day.open == 2
    assert [(b.starts_at, b.status) for b in left.bookings] == [
        (at(9), "confirmed"),
        (at(11), "arrived"),
    ]
    for what, more in (("arrive", {}), ("miss", {}), ("finish", {"outcome": "done"})):
        with pytest.raises(NotToday):
            await tick(city, left.bookings[0], what, **more)


TICKS: tuple[tuple[str, dict[str, object]], ...] = (
    ("arrive", {}), ("miss", {}), ("finish", {"outcome": "collected"}), ("call", {}), ("undo", {}),
)  # fmt: skip


@pytest.mark.parametrize(("what", "more"), TICKS)
async def test_a_visit_of_another_day_is_not_ticked(
    city: City, what: str, more: dict[str, object]
) -> None:
    """A missed one would let the card be booked again, a finished one would mark it collected."""
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    (seen,) = await the_day(city)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        await city.shift_clock(at(23, 59, day=day))
        with pytest.raises(NotToday):
            await tick(city, seen.booking, what, **more)
    told = "SELECT count(*) FROM outbox WHERE name LIKE 'booking.%'"
    assert await city.pool.fetchval(told) == 1
    with pytest.raises(AlreadyBooked):
        await city.shift_clock(at(9, day=DAY - timedelta(days=1)))
        await city.hold(uuid4(), at(15), "issuance", ticket=ticket)


async def test_the_night_lets_whoever_was_not_ticked_book_again(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(9))
    await city.book(session, person="オオイタ")
    await city.booked(at(9, day=DAY + timedelta(days=1)))
    assert await today.close_days(city.desk.open_store) == 0
    await city.shift_clock(at(0, 5, day=DAY + timedelta(days=1)))
    assert await today.close_days(city.desk.open_store) == 2, "a key of each version"
    assert await city.pool.fetchval(STANDING_PERSONS) == 1
    (seen,) = await the_day(city)
    assert seen.booking.status == "confirmed"


async def test_a_family_is_shown_as_one_party(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    await city.book_all(session, "ハナコ", "タロウ")
    await city.booked(at(11))
    assert [one.party_size for one in await the_day(city)] == [2, 2, 1]


async def test_a_file_of_a_list_has_what_was_stamped_for_the_visits_own_day(city: City) -> None:
    for hour in (9, 10):
        await city.booked(at(hour))
    first, second = [one.booking for one in await the_day(city)]
    called = await tick(city, await tick(city, first, "arrive"), "call", window=4)
    (part,) = [part async for part in lists.export_all(city.desk, HERE, Filter())]
    assert set(part.stamps) == {first.booking_id}
    stamps = part.stamps[first.booking_id]
    assert (stamps.reception, stamps.window, called.status) == (1, 4, "arrived")
    await city.pool.execute("UPDATE visit SET day = day - 1")
    (part,) = [part async for part in lists.export_all(city.desk, HERE, Filter())]
    assert part.stamps == {}
    assert second.booking_id not in part.stamps
