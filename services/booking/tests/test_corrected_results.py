"""The result of a visit, corrected on any later day with a reason and the real times."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import (
    BookingFinished,
    BookingMissed,
    BookingReopened,
    StaffBooking,
    StaffResultChange,
    Tick,
)
from services.booking.actions import staff, ticking
from services.booking.actions.corrections.results import correct_result, see_result
from services.booking.domain import AlreadyBooked, VersionConflict, WrongState

from .city import City, at

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))
NEXT_WEEK = at(9) + timedelta(days=7)


async def the_id(city: City) -> UUID:
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking ORDER BY booked_at")
    return found


async def correct(
    city: City, version: int, status: str, key: str = "", **more: Any
) -> StaffBooking:
    asked = {"version": version, "status": status, "reason": "omission", **more}
    ask = StaffResultChange.model_validate(asked)
    return await correct_result(city.desk, HERE, await the_id(city), key or str(uuid4()), ask)


async def tick(city: City, version: int, what: str, **more: Any) -> StaffBooking:
    ask = Tick.model_validate({"version": version, **more})
    return await ticking.tick(city.desk, HERE, await the_id(city), what, str(uuid4()), ask)


async def last_line(city: City) -> tuple[str, str, str | None]:
    line = (await staff.see_booking(city.desk, HERE, await the_id(city))).history[-1]
    return line.actor, line.what, line.reason


async def test_what_nobody_entered_gets_its_result_with_the_real_times_a_week_later(
    city: City,
) -> None:
    await city.booked(at(10))
    await city.shift_clock(NEXT_WEEK)
    times: dict[str, Any] = {"arrived_at": at(10, 5), "finished_at": at(10, 40)}
    done = await correct(city, 1, "finished", outcome="done", **times)
    assert (done.status, done.outcome, done.version) == ("finished", "done", 2)
    assert await last_line(city) == ("sato", "correct", "入力もれ（受付 10:05、完了 10:40）")
    seen = await see_result(city.desk, HERE, done.booking_id)
    assert (seen.stamps.arrived_at, seen.stamps.finished_at) == (at(10, 5), at(10, 40))
    told = BookingFinished.model_validate_json((await city.facts(BookingFinished.name))[-1])
    assert (told.status, told.outcome, told.version) == ("finished", "done", 2)
    assert (told.arrived_at, told.finished_at) == (at(10, 5), at(10, 40))


async def test_a_no_show_who_came_after_all_and_a_visitor_who_did_not(city: City) -> None:
    await city.booked(at(10))
    await city.morning()
    await tick(city, 1, "miss")
    await city.shift_clock(NEXT_WEEK)
    came = await correct(city, 2, "finished", outcome="papers", reason="mistake")
    assert (came.status, came.outcome) == ("finished", "papers")
    assert await last_line(city) == ("sato", "correct", "押し間違い")
    gone = await correct(city, 3, "missed", reason="later")
    assert (gone.status, gone.outcome) == ("missed", None)


async def test_a_card_that_was_not_collected_after_all_waits_again(city: City) -> None:
    await city.import_card("card-1")
    session, ticket = uuid4(), city.ticket("card-1")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    await city.shift_clock(at(11))
    await tick(city, 1, "finish", outcome="collected")
    await correct(city, 2, "missed", reason="mistake")
    told = BookingReopened.model_validate_json((await city.facts(BookingReopened.name))[-1])
    assert (told.card_key, told.status, told.version) == ("card-1", "missed", 3)
    assert await city.facts(BookingMissed.name) == []
    await correct(city, 3, "finished", outcome="collected", reason="mistake")
    again = BookingFinished.model_validate_json((await city.facts(BookingFinished.name))[-1])
    assert (again.card_key, again.outcome) == ("card-1", "collected")


async def test_without_a_result_the_stamps_are_gone_and_the_number_stays(city: City) -> None:
    await city.booked(at(10))
    await city.shift_clock(at(10, 30))
    await tick(city, 1, "arrive")
    await tick(city, 2, "finish", outcome="done")
    back = await correct(city, 3, "confirmed", reason="mistake")
    assert back.status == "confirmed"
    stamps = (await see_result(city.desk, HERE, back.booking_id)).stamps
    assert (stamps.reception, stamps.arrived_at, stamps.finished_at) == (1, None, None)


async def test_each_procedure_of_the_visit_needs_its_outcome(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "pin+slow")
    await city.book(session)
    await city.shift_clock(NEXT_WEEK)
    with pytest.raises(WrongState):
        await correct(city, 1, "finished", outcome="done")
    both = await correct(city, 1, "finished", outcome="done", outcomes={"slow": "papers"})
    assert (await see_result(city.desk, HERE, both.booking_id)).stamps.outcomes == {
        "slow": "papers"
    }


@pytest.mark.parametrize(
    "times",
    [
        {"arrived_at": at(9) + timedelta(days=1)},
        {"finished_at": at(9) - timedelta(days=1)},
        {"arrived_at": at(10, 30), "finished_at": at(10, 20)},
    ],
)
async def test_times_are_on_the_day_of_the_visit_and_in_their_order(
    city: City, times: dict[str, Any]
) -> None:
    await city.booked(at(10))
    await city.shift_clock(NEXT_WEEK)
    with pytest.raises(Malformed):
        await correct(city, 1, "finished", outcome="done", **times)


async def test_nothing_is_entered_for_the_future(city: City) -> None:
    await city.booked(at(10))
    with pytest.raises(WrongState):
        await correct(city, 1, "missed")
    await city.shift_clock(at(10, 10))
    with pytest.raises(Malformed):
        await correct(city, 1, "finished", outcome="done", finished_at=at(10, 11))


@pytest.mark.parametrize(
    ("status", "more"),
    [
        ("finished", {"outcome": "collected"}),
        ("finished", {}),
        ("missed", {"outcome": "done"}),
    ],
)
async def test_an_outcome_belongs_to_what_is_finished_and_to_its_procedure(
    city: City, status: str, more: dict[str, Any]
) -> None:
    await city.booked(at(10))
    await city.shift_clock(NEXT_WEEK)
    with pytest.raises(WrongState):
        await correct(city, 1, status, **more)


async def test_a_no_show_has_no_times(city: City) -> None:
    await city.booked(at(10))
    await city.shift_clock(NEXT_WEEK)
    with pytest.raises(Malformed):
        await correct(city, 1, "missed", arrived_at=at(10))


async def test_a_cancelled_booking_has_no_result(city: City) -> None:
    await city.cancel(await city.booked(at(10)))
    await city.shift_clock(NEXT_WEEK)
    with pytest.raises(WrongState):
        await correct(city, 2, "finished", outcome="done")


async def test_who_has_booked_again_does_not_get_the_old_booking_back(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.book(session, person="オオイタ")
    await city.morning()
    await tick(city, 1, "miss")
    await city.hold(session, at(15))
    await city.book(session, person="オオイタ")
    await city.shift_clock(at(11))
    with pytest.raises(AlreadyBooked):
        await correct(city, 2, "confirmed", reason="mistake")


async def test_the_same_correction_sent_twice_counts_once_and_an_old_version_not_at_all(
    city: City,
) -> None:
    await city.booked(at(10))
    await city.shift_clock(NEXT_WEEK)
    for _ in range(2):
        assert (await correct(city, 1, "missed", key="k" * 16)).version == 2
    with pytest.raises(VersionConflict):
        await correct(city, 1, "finished", outcome="done")
