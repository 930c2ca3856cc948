"""Two of one party exchange their times: each gets the cells of the other, or neither."""

import asyncio
from collections.abc import Awaitable
from datetime import time
from uuid import uuid4

import pytest

from libs.common.errors import Malformed
from libs.contracts.booking import (
    BookingChanged,
    DisplacedAnswer,
    PutDay,
    SpecialDay,
    StaffBooking,
    StaffCancel,
    Tick,
)
from services.booking.actions import staff, ticking
from services.booking.actions.schedules import answers
from services.booking.domain import (
    NotActive,
    NotOffered,
    VersionConflict,
)
from services.booking.domain.problems import TimeClosed

from .city import DAY, City, at
from .exchanging import (
    HERE,
    booked,
    by_number,
    outcome,
    seen,
    swap,
    two,
)
from .planning import CHIEF, apply, displaced, month
from .test_never_twice import cells_disagreeing_with_bookings


async def test_two_of_a_party_come_at_each_others_time(city: City) -> None:
    one, other = await two(city)
    after = await swap(city, one, other)
    assert (after.starts_at, after.window_id) == (other.starts_at, other.window_id)
    back = await by_number(city, other.number)
    assert (back.starts_at, back.version) == (one.starts_at, 2)
    facts = [BookingChanged.model_validate_json(f) for f in await city.facts(BookingChanged.name)]
    assert [(f.starts_at, f.previous_starts_at) for f in facts] == [
        (other.starts_at, one.starts_at),
        (one.starts_at, other.starts_at),
    ]
    for booking in (one, other):
        history = (await staff.see_booking(city.desk, HERE, booking.booking_id)).history
        assert [line.what for line in history] == ["booked", "swapped"]
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_after_an_exchange_each_gives_back_the_time_they_have_now(city: City) -> None:
    one, other = await two(city)
    after = await swap(city, one, other)
    stop = StaffCancel(version=after.version, reason="ご本人からの申し出")
    await staff.cancel_for_citizen(city.desk, HERE, one.booking_id, str(uuid4()), stop)
    taken = await city.pool.fetch(
        "SELECT DISTINCT taken_by FROM cell WHERE taken_until > clock() ORDER BY 1"
    )
    assert [row["taken_by"] for row in taken] == [other.booking_id]
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_an_exchange_of_times_sent_twice_happens_once(city: City) -> None:
    one, other = await two(city)
    for _ in range(2):
        await swap(city, one, other, key="one-key-of-a-form")
    assert (await by_number(city, one.number)).starts_at == other.starts_at


async def test_only_two_standing_visits_of_one_party_and_length_are_exchanged(city: City) -> None:
    stranger = await booked(city, "オオイタ サブロウ", 14)
    one, other = await two(city, "slow", "pin", arrangement="together")
    with pytest.raises(NotOffered):
        await swap(city, one, other)
    for wrong in (stranger, one):
        with pytest.raises(Malformed):
            await swap(city, one, wrong)
    first, second = await two_more(city)
    await city.morning()
    await ticking.tick(city.desk, HERE, second.booking_id, "arrive", str(uuid4()), Tick(version=1))
    with pytest.raises(VersionConflict):
        await swap(city, first, second)
    with pytest.raises(NotActive):
        await swap(city, first, await by_number(city, second.number))
    assert await cells_disagreeing_with_bookings(city) == 0


async def two_more(city: City) -> tuple[StaffBooking, StaffBooking]:
    session = uuid4()
    await city.hold_all(session, at(15), "slow", "slow", arrangement="in_turn")
    first = await city.book_all(session, "シロウ", "ゴロウ")
    return await seen(city, first), await by_number(city, first.party[0].number)


async def test_a_window_that_does_not_serve_the_others_procedure_is_not_exchanged(
    city: City,
) -> None:
    one, other = await two(city, "slow", "pin+slow", arrangement="together")
    await city.pool.execute("UPDATE booking SET minutes = 30 WHERE number = $1", other.number)
    await city.pool.execute(
        "UPDATE series SET windows = '{8}', staff_windows = '{}' WHERE office_id = 'here'"
    )
    with pytest.raises(NotOffered):
        await swap(city, await by_number(city, one.number), await by_number(city, other.number))


async def test_many_exchanges_and_cancellations_of_a_party_at_once_lose_no_cell(
    city: City,
) -> None:
    one, other = await two(city)
    stop = StaffCancel(version=1, reason="ご本人からの申し出")
    doing: list[Awaitable[object]] = [
        *(swap(city, one, other) for _ in range(5)),
        *(swap(city, other, one) for _ in range(5)),
        staff.cancel_for_citizen(city.desk, HERE, other.booking_id, str(uuid4()), stop),
    ]
    results = await asyncio.gather(*(outcome(one) for one in doing))
    assert results.count("done") == 1
    assert set(results) <= {"done", "version-conflict", "not-active"}
    assert await cells_disagreeing_with_bookings(city) == 0
    assert await city.double_taken() == []


async def test_a_detail_names_the_others_of_the_party_at_the_offices_one_may_see(
    city: City,
) -> None:
    one, other = await two(city)
    party = (await staff.see_booking(city.desk, HERE, one.booking_id)).party
    assert [member.number for member in party] == [other.number]
    await city.pool.execute(
        "UPDATE booking SET office_id = 'there' WHERE number = $1", other.number
    )
    assert (await staff.see_booking(city.desk, HERE, one.booking_id)).party == ()


async def test_nobody_is_put_into_a_time_that_the_city_closed(city: City) -> None:
    """Who lost it is on the list of calls, with a time that is held; the other would be on none."""
    await month(city)
    one, other = await two(city)
    until = SpecialDay(day=DAY, kind="until", closes=time(10, 30))
    await apply(city, PutDay(office_ids=("here",), day=until))
    (lost,) = await displaced(city, "open")
    assert lost.booking_id == other.booking_id
    other = await by_number(city, other.number)
    detail = await staff.see_booking(city.desk, HERE, one.booking_id)
    assert detail.displaced == (other.booking_id,)
    for first, second in ((one, other), (other, one)):
        with pytest.raises(TimeClosed):
            await swap(city, first, second)
    (still,) = await displaced(city, "open")
    assert still == lost
    ask = DisplacedAnswer(version=still.version)
    await answers.keep(city.desk, CHIEF, other.booking_id, str(uuid4()), ask)
    assert await outcome(swap(city, one, await by_number(city, other.number))) == "done"
