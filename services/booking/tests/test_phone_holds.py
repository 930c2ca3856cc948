"""Times that staff hold: from their own windows first, over capacity only by right."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from libs.common.errors import NotFound, Problem
from libs.contracts.booking import CellsChanged
from libs.contracts.times import day_of
from services.booking.actions.phone import holds
from services.booking.domain import AlreadyBooked, CardElsewhere, HoldExpired, NotOffered, SlotFull

from .city import DAY, NOON_BEFORE, City, at
from .clerks import Call, clerk

TAKEN = "SELECT window_id FROM cell WHERE starts_at = $1 AND taken_until > clock() ORDER BY 1"


async def windows_taken(city: City, hour: int = 10) -> list[int]:
    return [row["window_id"] for row in await city.pool.fetch(TAKEN, at(hour))]


async def for_staff(city: City, *windows: int) -> None:
    """These windows are for staff alone."""
    await city.pool.execute(
        "UPDATE cell SET audience = 'staff' WHERE window_id = ANY ($1)", windows
    )


async def free_at(city: City, hour: int, *procedures: str) -> int | None:
    found = await holds.openings(city.desk, clerk(), "here", [procedures or ("slow",)], DAY, 1)
    return {start.starts_at: start.free for start in found.days[0].starts}.get(at(hour))


async def test_a_clerk_with_two_calls_has_two_holds(city: City) -> None:
    first, second = Call(city), Call(city)
    await first.hold(at(10))
    await second.hold(at(10))
    assert await windows_taken(city) == [1, 2]
    await second.hold(at(11))
    assert await windows_taken(city) == [1]
    assert {(await first.book()).window_id, (await second.book()).window_id} == {1}


async def test_nobody_else_can_confirm_keep_or_drop_the_hold_of_a_form(city: City) -> None:
    mine = Call(city)
    await mine.hold(at(10))
    thief = Call(city, clerk("kudo"), mine.form, mine.held)
    with pytest.raises(HoldExpired):
        await thief.book()
    with pytest.raises(HoldExpired):
        await holds.keep(city.desk, thief.caller, mine.form)
    await holds.drop(city.desk, thief.caller, mine.form)
    assert (await mine.book()).number


async def test_windows_of_staff_are_taken_first_and_never_by_citizens(city: City) -> None:
    await for_staff(city, 7, 8)
    assert await free_at(city, 10) == 8
    await asyncio.gather(*(Call(city).hold(at(10)) for _ in range(3)))
    assert await windows_taken(city) == [1, 7, 8]
    for _ in range(5):
        await city.hold(uuid4(), at(10))
    with pytest.raises(SlotFull):
        await city.hold(uuid4(), at(10))
    with pytest.raises(SlotFull):
        await city.hold_all(uuid4(), at(10), "slow")
    assert await free_at(city, 10) == 0


async def test_what_staff_do_with_their_windows_is_not_told_to_the_calendars(city: City) -> None:
    await for_staff(city, *range(1, 9))
    call = Call(city)
    await call.hold(at(10))
    await holds.keep(city.desk, call.caller, call.form)
    await call.hold(at(11))
    await call.book()
    assert await city.facts("cells.changed.v1") == []
    await for_staff(city)
    await city.pool.execute("UPDATE cell SET audience = 'public' WHERE window_id = 3")
    await Call(city).hold(at(12))
    await city.pool.execute(
        "UPDATE cell SET taken_until = 'infinity' WHERE audience = 'staff' AND starts_at >= $1",
        at(13),
    )
    await Call(city).hold(at(13))
    (told,) = map(CellsChanged.model_validate_json, await city.facts("cells.changed.v1"))
    assert [(run.window_id, run.starts_at) for run in told.runs] == [(3, at(13))]


async def test_clerks_and_citizens_racing_for_the_last_place_get_it_once(city: City) -> None:
    for round_ in range(3):
        hour = 10 + round_
        for _ in range(7):
            await city.hold(uuid4(), at(hour))

        async def by_a_clerk(hour: int = hour) -> bool:
            try:
                await Call(city, clerk(f"clerk{uuid4()}")).hold(at(hour))
            except SlotFull:
                return False
            return True

        async def by_a_citizen(hour: int = hour) -> bool:
            try:
                await city.hold(uuid4(), at(hour))
            except SlotFull:
                return False
            return True

        results = await asyncio.gather(
            *(by_a_clerk() if n % 2 else by_a_citizen() for n in range(24))
        )
        assert sum(results) == 1
        assert len(await windows_taken(city, hour)) == 8
        assert await city.double_taken() == []


async def test_a_hold_of_staff_is_kept_from_now_on_as_often_as_asked(city: City) -> None:
    call = Call(city)
    await call.hold(at(10), "slow", "pin")
    for minutes in range(8, 8 * 13, 8):
        await city.shift_clock(NOON_BEFORE + timedelta(minutes=minutes))
        kept = await holds.keep(city.desk, call.caller, call.form)
        left = kept.expires_at - NOON_BEFORE - timedelta(minutes=minutes)
        assert timedelta(minutes=9) < left < timedelta(minutes=11)
    assert len(await windows_taken(city)) == 1
    await city.shift_clock(NOON_BEFORE + timedelta(hours=2))
    with pytest.raises(HoldExpired):
        await holds.keep(city.desk, call.caller, call.form)


async def test_staff_book_until_the_visit_starts_and_what_is_by_phone_only(city: City) -> None:
    await city.set_rules("slow", closes_days_before=3, online="phone")
    await city.shift_clock(at(9, 58))
    booking = Call(city)
    await booking.hold(at(10))
    assert (await booking.book()).channel == "phone"
    with pytest.raises(NotOffered):
        await Call(city).hold(at(9, 30))
    await city.set_rules("slow", opens_days_before=0)
    with pytest.raises(NotOffered):
        await Call(city).hold(at(10, day=DAY + timedelta(days=1)))


async def test_an_office_that_is_not_served_answers_as_an_unknown_one(city: City) -> None:
    elsewhere = clerk("kudo", "there")
    for office_id in ("here", "nowhere"):
        with pytest.raises(NotFound):
            await Call(city, elsewhere).hold(at(10), office_id=office_id)
        with pytest.raises(NotFound):
            await holds.openings(city.desk, elsewhere, office_id, [["slow"]], DAY, 1)


async def test_a_known_card_is_checked_when_the_time_is_held(city: City) -> None:
    await city.import_card("card", "there")
    with pytest.raises(CardElsewhere):
        await Call(city).hold(at(10), "issuance", ticket=city.ticket("card"))
    await city.import_card("card", "here", version=2)
    ticket = city.ticket("card")
    first = Call(city)
    await first.hold(at(10), "issuance", ticket=ticket)
    booked = await first.book(ticket=ticket)
    with pytest.raises(AlreadyBooked) as refused:
        await Call(city).hold(at(11), "issuance", ticket=ticket)
    assert refused.value.facts["booking"]["number"] == booked.number
    blind = clerk("kudo", rights=frozenset({"bookings.make"}))
    with pytest.raises(AlreadyBooked) as refused:
        await Call(city, blind).hold(at(11), "issuance", ticket=ticket)
    assert refused.value.facts == {"person": 0}


async def test_every_time_that_is_shown_can_be_held_and_no_other(city: City) -> None:
    await for_staff(city, 2, 3)
    await city.pool.execute(
        "DELETE FROM cell WHERE starts_at >= $1 AND starts_at < $2", at(12), at(13)
    )
    await city.pool.execute(
        "UPDATE cell SET taken_until = 'infinity' WHERE starts_at = $1", at(15, 10)
    )
    found = await holds.openings(city.desk, clerk(), "here", [["slow", "pin"]], DAY, 2)
    shown = {start.starts_at: start.free for start in found.days[0].starts}
    assert [day.day for day in found.days] == [DAY, DAY + timedelta(days=1)]
    start = at(8, 30)
    while day_of(start) == DAY:
        try:
            await Call(city).hold(start, "slow", "pin")
            held = True
        except (NotOffered, SlotFull):
            held = False
        assert held == (shown.get(start, 0) > 0), start
        await city.pool.execute(
            "UPDATE cell SET taken_until = '-infinity' WHERE taken_until < 'infinity'"
        )
        start += timedelta(minutes=15)
    assert shown[at(15)] == 0
    assert at(12) not in shown


async def test_over_capacity_opens_a_window_for_that_visit_alone(city: City) -> None:
    for _ in range(8):
        await city.hold(uuid4(), at(10))
    calls = [Call(city, clerk(f"clerk{n}")) for n in range(6)]
    await asyncio.gather(*(call.hold(at(10), extra=True) for call in calls))
    bookings = [await call.book() for call in calls]
    assert sorted(booking.window_id for booking in bookings) == [9, 10, 11, 12, 13, 14]
    assert await city.double_taken() == []
    await Call(city).hold(at(10, 30), extra=True)
    assert await windows_taken(city, 10) == list(range(1, 15))
    reasons = await city.pool.fetch("SELECT DISTINCT reason FROM booking_history")
    assert [row["reason"] for row in reasons] == ["枠外"]


async def test_a_window_over_capacity_is_for_nobody_else_and_goes_when_it_is_given_back(
    city: City,
) -> None:
    for _ in range(8):
        await city.hold(uuid4(), at(10))
    call = Call(city)
    await call.hold(at(10), extra=True)
    await holds.drop(city.desk, call.caller, call.form)
    for person in (Call(city).hold(at(10)), city.hold(uuid4(), at(10))):
        with pytest.raises(SlotFull):
            await person
    assert await free_at(city, 10) == 0
    await Call(city).hold(at(11), extra=True)
    left = await city.pool.fetch("SELECT DISTINCT starts_at FROM cell WHERE audience = 'extra'")
    assert min(row["starts_at"] for row in left) == at(11)


async def test_over_capacity_is_never_where_the_office_is_closed(city: City) -> None:
    await city.pool.execute("DELETE FROM cell WHERE starts_at >= $1", at(15))
    for start in (at(8), at(10, 7), at(15), at(17), at(14, 45)):
        with pytest.raises(NotOffered):
            await Call(city).hold(start, extra=True)


async def test_somebody_at_the_counter_gets_the_next_five_minutes(city: City) -> None:
    await city.shift_clock(at(10, 2))
    held = await Call(city).hold(None, "pin")
    assert held.starts_at == at(10, 5)
    await city.pool.execute("UPDATE cell SET taken_until = 'infinity' WHERE starts_at < $1", at(11))
    assert (await Call(city).hold(None, "pin")).starts_at == at(11)
    over = Call(city)
    assert (await over.hold(None, "pin", extra=True)).starts_at == at(10, 5)
    assert (await over.book(channel="counter")).window_id == 9
    await city.pool.execute("UPDATE cell SET taken_until = 'infinity'")
    full = await Call(city).hold(None, "pin")
    assert (full.starts_at, full.is_extra) == (at(10, 5), True)


async def test_a_choice_that_fails_keeps_the_time_that_is_held(city: City) -> None:
    for _ in range(8):
        await city.hold(uuid4(), at(11))
    call = Call(city)
    await call.hold(at(10))
    with pytest.raises(Problem):
        await call.hold(at(11))
    call.held = await holds.keep(city.desk, call.caller, call.form)
    assert (await call.book()).starts_at == at(10)
