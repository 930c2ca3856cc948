"""Bookings that staff move to another time or office."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.contracts.booking import EVERYWHERE, BookingChanged, StaffBooking, StaffMove
from services.booking.actions import staff
from services.booking.actions.bookings import find_booking
from services.booking.actions.corrections.moves import move_booking, see_times
from services.booking.domain import (
    CardElsewhere,
    NotActive,
    NotOffered,
    SlotFull,
    VersionConflict,
)

from .city import DAY, City, at
from .test_contact import a_booking, last, link_of

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))
BOTH = Caller("lgwan", "mori", frozenset(), frozenset({"here", "there"}))
PHONE = Caller("lgwan", "abe", frozenset({EVERYWHERE}), frozenset({"here"}))


async def the_id(city: City) -> UUID:
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking ORDER BY starts_at")
    return found


async def move(
    city: City, starts_at: datetime, office_id: str = "here", caller: Caller = HERE,
    version: int = 1, key: str = "",
) -> StaffBooking:  # fmt: skip
    ask = StaffMove(version=version, office_id=office_id, starts_at=starts_at)
    return await move_booking(city.desk, caller, await the_id(city), key or str(uuid4()), ask)


async def taken_at(city: City, starts_at: datetime, office_id: str = "here") -> int:
    taken = "starts_at = $2 AND taken_until > clock()"
    found: int = await city.pool.fetchval(
        f"SELECT count(*) FROM cell WHERE office_id = $1 AND {taken}", office_id, starts_at
    )
    return found


async def test_a_booking_moves_and_its_old_time_is_free(city: City) -> None:
    await a_booking(city)
    moved = await move(city, at(15))
    assert (moved.starts_at, moved.version) == (at(15), 2)
    assert (await taken_at(city, at(10)), await taken_at(city, at(15))) == (0, 1)
    assert await city.pool.fetchval("SELECT count(*) FROM hold") == 0
    lines = (await staff.see_booking(city.desk, HERE, moved.booking_id)).history
    assert (lines[-1].actor, lines[-1].what, lines[-1].starts_at) == ("sato", "changed", at(15))
    told = await last(city, BookingChanged)
    assert isinstance(told, BookingChanged)
    assert (told.previous_starts_at, told.starts_at) == (at(10), at(15))
    assert told.by_staff is True
    assert (await find_booking(city.desk, link_of(city, told))).starts_at == at(15)


async def test_staff_move_after_the_deadline_of_citizens(city: City) -> None:
    await city.set_rules("slow", changes_days_before=3, closes_days_before=3)
    await city.booked(at(10))
    await city.shift_clock(at(9))
    assert (await move(city, at(15))).starts_at == at(15)
    with pytest.raises(NotOffered):
        await move(city, at(8, 30), version=2)


async def test_a_visit_for_several_procedures_moves_as_a_whole(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "pin+slow")
    await city.book(session)
    moved = await move(city, at(15))
    assert (moved.minutes, moved.also) == (45, ("slow",))
    assert await taken_at(city, at(15, 40)) == 1


async def test_a_full_time_is_refused_and_the_old_one_kept(city: City) -> None:
    await city.booked(at(10))
    for _ in range(8):
        await city.booked(at(15))
    with pytest.raises(SlotFull):
        await move(city, at(15))
    assert await taken_at(city, at(10)) == 1
    assert (await staff.see_booking(city.desk, HERE, await the_id(city))).booking.version == 1


async def test_two_who_want_the_last_window_do_not_both_get_it(city: City) -> None:
    for hour in (9, 10):
        await city.booked(at(hour))
    for _ in range(7):
        await city.booked(at(15))
    rows = await city.pool.fetch("SELECT booking_id FROM booking WHERE starts_at < $1", at(12))
    ask = StaffMove(version=1, office_id="here", starts_at=at(15))
    results = await asyncio.gather(
        *(move_booking(city.desk, HERE, r["booking_id"], str(uuid4()), ask) for r in rows),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["SlotFull", "StaffBooking"]
    assert await city.double_taken() == []
    assert await taken_at(city, at(15)) == 8


async def test_another_office_needs_to_be_within_reach(city: City) -> None:
    await city.booked(at(10))
    for office_id in ("there", "nowhere"):
        with pytest.raises(NotOffered):
            await move(city, at(15), office_id)
    assert (await move(city, at(15), "there", BOTH)).office_id == "there"
    assert (await move(city, at(11), "here", PHONE, version=2)).office_id == "here"


async def test_a_card_stays_where_it_lies(city: City) -> None:
    await city.import_card("card-1")
    session, ticket = uuid4(), city.ticket("card-1")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    with pytest.raises(CardElsewhere):
        await move(city, at(15), "there", BOTH)
    with pytest.raises(CardElsewhere):
        await see_times(city.desk, BOTH, await the_id(city), "there", DAY)
    assert (await move(city, at(15))).starts_at == at(15)


async def test_nothing_is_moved_unseen_and_the_same_request_moves_once(city: City) -> None:
    await city.booked(at(10))
    for _ in range(2):
        assert (await move(city, at(15), key="k" * 16)).version == 2
    with pytest.raises(VersionConflict):
        await move(city, at(16))


async def test_what_is_over_does_not_move(city: City) -> None:
    await city.cancel(await city.booked(at(10)))
    with pytest.raises(NotActive):
        await move(city, at(15), version=2)


async def test_the_free_times_of_two_weeks_are_those_it_could_move_to(city: City) -> None:
    await city.booked(at(10))
    for _ in range(8):
        await city.booked(at(15))
    times = await see_times(city.desk, HERE, await the_id(city), "here", DAY)
    assert [day.day for day in times.days] == [DAY + timedelta(days=n) for n in range(14)]
    today = times.days[0].starts
    assert at(15) not in today
    assert at(14, 30) in today
    assert at(16, 30) in today and at(16, 45) not in today
    assert times.days[5].starts == ()
    assert at(10) not in today, "it is there already"
    booking_id, version = await the_id(city), times.version
    for start in (today[0], times.days[1].starts[-1]):
        ask = StaffMove(version=version, office_id="here", starts_at=start)
        moved = await move_booking(city.desk, HERE, booking_id, str(uuid4()), ask)
        assert moved.starts_at == start
        version = moved.version


async def test_times_that_have_passed_and_offices_out_of_reach_are_not_offered(city: City) -> None:
    await city.booked(at(15))
    await city.shift_clock(at(11, 10))
    times = await see_times(city.desk, HERE, await the_id(city), "here", DAY)
    assert times.days[0].starts[0] == at(11, 30)
    for office_id in ("there", "nowhere"):
        found = await see_times(city.desk, HERE, await the_id(city), office_id, DAY)
        assert not any(day.starts for day in found.days)
