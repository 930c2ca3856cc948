"""法定代理人 of two children is never expected at two windows at the same time."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import (
    BookingProof,
    ChangeRequest,
    Person,
    PutDay,
    SpecialDay,
    StaffBooking,
    StaffMove,
)
from services.booking.actions.bookings import change_booking
from services.booking.actions.corrections.moves import move_booking, see_times
from services.booking.actions.own_times import see_own_times
from services.booking.domain.problems import OneWindow

from .city import BORN, DAY, City, at, new_person
from .exchanging import HERE, booked, by_number, outcome, replace, seen, swap
from .planning import apply, displaced, month, plan

NEXT = DAY + timedelta(days=1)


async def children(city: City, *visitors: str) -> list[StaffBooking]:
    """A party that comes one after the other from ten on, at one window."""
    session, first, *others = uuid4(), *visitors
    people = ["slow"] * len(visitors)
    await city.hold_all(session, at(10), *people, arrangement="in_turn")
    party = [Person(visitor=v, kana=new_person(), born=BORN) for v in others]
    booking = await city.book(session, new_person(), visitor=first, party=party)
    return [await seen(city, booking), *[await by_number(city, b.number) for b in booking.party]]


async def two_children(city: City) -> list[StaffBooking]:
    return await children(city, "guardian", "guardian")


async def move(city: City, booking: StaffBooking, start: datetime, **more: Any) -> StaffBooking:
    ask = StaffMove(version=booking.version, office_id=more.get("office", "here"), starts_at=start)
    return await move_booking(city.desk, HERE, booking.booking_id, str(uuid4()), ask)


def proof(booking: StaffBooking) -> BookingProof:
    return BookingProof(number=booking.number, born=BORN)


async def change(city: City, booking: StaffBooking, start: datetime) -> None:
    session = uuid4()
    await city.hold(session, start, change=proof(booking))
    ask = ChangeRequest(number=booking.number, born=BORN, office_id="here", starts_at=start)
    await change_booking(city.desk, session, str(uuid4()), ask)


async def test_staff_move_no_child_to_the_time_of_another(city: City) -> None:
    one, other = await two_children(city)
    for start in (other.starts_at, at(10, 30)):
        with pytest.raises(OneWindow):
            await move(city, one, start)
    moved = await move(city, one, at(11))
    assert (moved.starts_at, other.starts_at) == (at(11), at(10, 30))


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (at(10, 45), "done"),
        (at(11), "one-window"),
        (at(11, 15), "one-window"),
        (at(11, 30), "done"),
    ],
)
async def test_visits_that_only_overlap_are_at_the_same_time_too(
    city: City, start: datetime, found: str
) -> None:
    """One of half an hour from eleven on, beside one of a quarter."""
    session = uuid4()
    await city.hold_all(session, at(9, 30), "slow", "pin", arrangement="in_turn")
    party = [Person(visitor="guardian", kana=new_person(), born=BORN)]
    made = await city.book(session, new_person(), visitor="guardian", party=party)
    await move(city, await seen(city, made), at(11))
    assert await outcome(move(city, await by_number(city, made.party[0].number), start)) == found


async def test_a_citizen_can_neither_choose_nor_confirm_such_a_time(city: City) -> None:
    one, other = await two_children(city)
    with pytest.raises(OneWindow):
        await city.hold(uuid4(), other.starts_at, change=proof(one))
    session = uuid4()
    await city.hold(session, at(11), change=proof(one))
    await move(city, other, at(11))
    ask = ChangeRequest(number=one.number, born=BORN, office_id="here", starts_at=at(11))
    with pytest.raises(OneWindow):
        await change_booking(city.desk, session, str(uuid4()), ask)
    assert (await by_number(city, one.number)).starts_at == at(10)


async def test_no_such_time_is_offered_to_citizens_or_staff(city: City) -> None:
    one, other = await two_children(city)
    own = await see_own_times(city.desk, proof(one))
    assert other.starts_at not in {start.at for start in own.starts}
    assert at(11) in {start.at for start in own.starts}
    assert [(v.starts_at, v.minutes) for v in own.elsewhere] == [(at(10, 30), 30)]
    found = await see_times(city.desk, HERE, one.booking_id, "here", DAY)
    assert other.starts_at not in found.days[0].starts
    assert at(10, 30, NEXT) in found.days[1].starts


async def test_who_comes_alone_is_in_nobodys_way(city: City) -> None:
    one, other = await children(city, "guardian", "self")
    await move(city, one, other.starts_at)
    assert (await see_own_times(city.desk, proof(one))).elsewhere == ()


async def test_a_child_that_takes_over_a_booking_beside_a_sibling_is_refused(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    party = [Person(visitor="guardian", kana=new_person(), born=BORN)]
    made = await city.book(session, new_person(), party=party)
    alone = await seen(city, made)
    with pytest.raises(OneWindow):
        await replace(city, alone, visitor="guardian")
    assert (await by_number(city, alone.number)).visitor == "self"
    assert (await replace(city, alone, visitor="self")).visitor == "self"


async def test_a_child_that_takes_over_a_booking_of_nobody_else_is_welcome(city: City) -> None:
    alone = await booked(city, new_person())
    assert (await replace(city, alone, visitor="guardian")).visitor == "guardian"


async def test_times_are_not_exchanged_so_that_a_guardian_would_be_at_two_windows(
    city: City,
) -> None:
    """The first child at ten, the other and somebody alone at half past."""
    one, other, alone = await children(city, "guardian", "guardian", "self")
    alone = await move(city, alone, at(10, 30))
    with pytest.raises(OneWindow):
        await swap(city, one, alone)
    await swap(city, one, other)
    assert (await by_number(city, one.number)).starts_at == at(10, 30)


async def test_of_two_moves_to_one_time_at_once_one_is_refused(city: City) -> None:
    for _ in range(4):
        pair = await two_children(city)
        found = await asyncio.gather(*(outcome(move(city, one, at(14))) for one in pair))
        assert sorted(found) == ["done", "one-window"]


async def proposals(city: City) -> dict[UUID, datetime]:
    found = await displaced(city)
    return {d.booking_id: d.proposed.starts_at for d in found if d.proposed}


async def test_a_proposal_for_one_child_is_not_at_the_time_of_the_other(city: City) -> None:
    """Only the first half hour after ten is closed: the nearest free time is the other child's."""
    await month(city)
    one, _ = await two_children(city)
    day = SpecialDay(day=DAY, kind="hours", opens=time(10, 30), closes=time(17))
    found = await plan(city, PutDay(office_ids=("here",), day=day))
    (affected,) = found.offices[0].affected
    assert affected.proposed is not None
    assert (affected.number, affected.proposed.starts_at) == (one.number, at(11))


async def test_proposals_for_both_children_follow_one_another(city: City) -> None:
    await month(city)
    await two_children(city)
    late = SpecialDay(day=DAY, kind="hours", opens=time(11), closes=time(17))
    await apply(city, PutDay(office_ids=("here",), day=late))
    first, second = sorted((await proposals(city)).values())
    assert second - first >= timedelta(minutes=30)
