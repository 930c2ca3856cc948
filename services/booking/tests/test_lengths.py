"""Another length of visits from a day on: times follow, standing bookings keep theirs."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.contracts.booking import Length, ProcedureChange, SettingProblem, StaffMove
from services.booking.actions import editing, lists
from services.booking.actions.corrections.moves import move_booking
from services.booking.actions.phone import holds
from services.booking.domain import NotOffered, SettingRefused
from services.booking.store.lists import Filter

from .city import DAY, City, at
from .clerks import Call, clerk
from .test_editing import CHIEF, change_procedure, seen_procedure

NEXT = DAY + timedelta(days=1)
QUARTER = Length(from_day=NEXT, minutes=15)
LONG = Length(from_day=NEXT, minutes=60, office_id="there")


async def starts_on(city: City, day: int, office_id: str = "here") -> int:
    first = DAY + timedelta(days=day)
    found = await holds.openings(city.desk, clerk(), office_id, [["slow"]], first, 1)
    return sum(start.free for start in found.days[0].starts)


async def minutes_held(city: City, office_id: str, day: int) -> int:
    start = at(10, day=DAY + timedelta(days=day))
    return (await city.hold(uuid4(), start, "slow", office_id)).minutes


async def test_from_its_day_on_visits_take_as_long_as_it_says_by_office(city: City) -> None:
    await change_procedure(city, lengths=(QUARTER, LONG))
    held = [await minutes_held(city, office, day) for office in ("here", "there") for day in (0, 1)]
    assert held == [30, 15, 30, 60]
    walk_in = Call(city)
    await city.shift_clock(at(16, 58, day=NEXT))
    assert (await walk_in.hold(None, "slow")).minutes == 15


async def test_a_standing_booking_keeps_its_length_until_it_moves(city: City) -> None:
    stays = await city.booked(at(10, day=NEXT))
    await change_procedure(city, lengths=(QUARTER,))
    listed = await lists.list_bookings(city.desk, CHIEF, Filter(number=stays.number))
    (seen,) = listed.bookings
    assert seen.minutes == 30
    ask = StaffMove(version=seen.version, office_id="here", starts_at=at(11, day=NEXT))
    moved = await move_booking(city.desk, CHIEF, seen.booking_id, str(uuid4()), ask)
    assert moved.minutes == 15
    assert await city.double_taken() == []


async def test_the_last_start_of_a_day_follows_the_length(city: City) -> None:
    await change_procedure(city, lengths=(Length(from_day=NEXT, minutes=60),))
    await city.hold(uuid4(), at(16, 30), "slow")
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(16, 30, day=NEXT), "slow")


async def check(city: City, **changes: object) -> tuple[SettingProblem, ...]:
    known = (await seen_procedure(city)).procedure.model_dump()
    wanted = ProcedureChange.model_validate({**known, **changes})
    found = await editing.check_procedure(city.desk, CHIEF, wanted)
    assert not found.problems
    return tuple(one for one in found.warnings if one.code == "free-starts")


async def test_before_it_is_saved_it_says_how_many_free_starts_the_week_has_by_it(
    city: City,
) -> None:
    """Two days are laid out; of the others it counts what will be. Taken ones do not count."""
    await city.hold(uuid4(), at(10, day=NEXT), "slow", "there")
    (found,) = await check(city, lengths=(Length(from_day=NEXT, minutes=60, office_id="there"),))
    weekdays = 5
    assert found.facts == {
        "office": "there", "day": "6月2日", "old": 30, "new": 60,
        "before": 16 * 8 * weekdays - 1, "after": 15 * 8 * weekdays - 2,
    }  # fmt: skip
    here, _ = await check(city, lengths=(QUARTER,))
    assert (here.facts["before"], here.facts["after"]) == (16 * 8 * weekdays,) * 2
    assert await check(city) == ()
    assert len(await check(city, minutes=45)) == 2


@pytest.mark.parametrize(
    ("lengths", "code"),
    [
        ((Length(from_day=NEXT, minutes=7),), "minutes"),
        ((Length(from_day=NEXT, minutes=0),), "minutes"),
        ((Length(from_day=NEXT, minutes=245),), "minutes"),
        ((Length(from_day=NEXT, minutes=20, office_id="nowhere"),), "no-such-office"),
        ((QUARTER, Length(from_day=NEXT, minutes=20)), "same-day-twice"),
    ],
)
async def test_what_cannot_be_is_refused(
    city: City, lengths: tuple[Length, ...], code: str
) -> None:
    with pytest.raises(SettingRefused) as refused:
        await change_procedure(city, lengths=lengths)
    problems = refused.value.facts["problems"]
    assert [(one["field"], one["code"]) for one in problems] == [("lengths", code)]


async def test_the_doors_are_told(city: City) -> None:
    await change_procedure(city, lengths=(QUARTER, LONG))
    assert '"lengths":[{' in (await city.facts("procedure.published.v1"))[-1].replace(" ", "")
    assert await starts_on(city, 1, "there") < await starts_on(city, 0, "there")
