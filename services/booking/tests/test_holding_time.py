"""How long one session may hold a time, and that no deadline passes while it does."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import BookingProof, ChangeRequest, CitizenBooking, Hold
from services.booking.actions import bookings, holds
from services.booking.domain import HoldExpired, NoMoreExtensions, NotOffered, TooLate
from services.booking.domain.holding import Earlier, Terms, agreed
from services.booking.domain.problems import HeldEnough

from .city import BORN, NOON_BEFORE, City, at, new_person
from .planning import apply, month
from .test_displaced import CLOSE

Choose = Callable[[City, UUID, datetime], Awaitable[Hold]]
MINUTE = timedelta(minutes=1)


async def alone(city: City, session: UUID, start: datetime) -> Hold:
    return await city.hold(session, start)


async def together(city: City, session: UUID, start: datetime) -> Hold:
    return await city.hold_all(session, start, "slow", "slow+pin")


async def to_move(city: City, session: UUID, start: datetime) -> Hold:
    """The session's own booking, made before, is to come then."""
    number = (
        await city.pool.fetchval("SELECT number FROM booking") or (await city.booked(at(16))).number
    )
    return await city.hold(session, start, change=BookingProof(number=number, born=BORN))


async def later(city: City, minutes: float) -> None:
    await city.shift_clock(NOON_BEFORE + minutes * MINUTE)


async def extend(city: City, session: UUID) -> Hold:
    request = city.desk.request(f"extend:{session}", str(uuid4()))
    return await holds.extend_hold(city.desk, session, request)


@pytest.mark.parametrize("choose", [alone, together, to_move])
async def test_choosing_a_time_again_and_again_holds_it_for_an_hour_and_no_longer(
    city: City, choose: Choose
) -> None:
    session = uuid4()
    first = await choose(city, session, at(10))
    for minutes in (9, 18, 27, 36, 45, 54, 59):
        await later(city, minutes)
        held = await choose(city, session, at(10))
        assert held.expires_at <= first.expires_at + 50 * MINUTE
    assert held.extensions_left == 0
    with pytest.raises(NoMoreExtensions):
        await extend(city, session)
    await later(city, 61)
    with pytest.raises(HeldEnough):
        await choose(city, session, at(10))
    for _ in range(3):
        await city.hold_all(uuid4(), at(10), "slow", "slow")


@pytest.mark.parametrize("choose", [alone, together, to_move])
async def test_a_look_at_another_time_does_not_begin_a_new_hour(city: City, choose: Choose) -> None:
    session = uuid4()
    first = await choose(city, session, at(10))
    for minutes in range(5, 56, 10):
        await later(city, minutes)
        await choose(city, session, at(11))
        await later(city, minutes + 4)
        held = await choose(city, session, at(10))
    assert held.expires_at == first.expires_at + 50 * MINUTE
    await later(city, 60.5)
    with pytest.raises(HeldEnough):
        await choose(city, session, at(10))
    await choose(city, session, at(12))


async def test_what_was_free_for_others_for_ten_minutes_is_held_anew(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    for _ in range(10):
        await extend(city, session)
    await later(city, 69)
    with pytest.raises(HeldEnough):
        await city.hold(session, at(10))
    await later(city, 71)
    assert (await city.hold(session, at(10))).extensions_left == 10


async def test_an_extended_hold_is_not_shortened_by_choosing_it_again(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    for _ in range(4):
        extended = await extend(city, session)
    again = await city.hold(session, at(10))
    assert (again.expires_at, again.extensions_left) == (extended.expires_at, 6)


async def test_another_session_has_an_hour_of_its_own(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await later(city, 50)
    assert (await city.hold(uuid4(), at(10))).extensions_left == 10


def test_the_places_that_are_remembered_are_few_and_recent() -> None:
    now, places = NOON_BEFORE, 0
    earlier: tuple[Earlier, ...] = ()
    for n in range(100):
        now += timedelta(seconds=5)
        start = at(9) + n * 5 * MINUTE
        held = agreed(Terms(10), earlier, "here", start, now)
        earlier = (*held.earlier, Earlier("here", start, held.first_until, 0, held.until))
        places = max(places, len(held.earlier))
    assert places == 20


MIDNIGHT = at(0)
DEADLINES = {"closes_days_before": 1, "changes_days_before": 1}


async def strict(city: City) -> None:
    """What is to come on DAY can be booked and changed until midnight, which is near."""
    for procedure_id in ("slow", "pin"):
        await city.set_rules(procedure_id, **DEADLINES)
    await city.shift_clock(MIDNIGHT - timedelta(seconds=48))


async def one(city: City, session: UUID) -> CitizenBooking:
    await city.hold(session, at(10))
    await city.shift_clock(MIDNIGHT + timedelta(seconds=1))
    return await city.book(session)


async def two(city: City, session: UUID) -> CitizenBooking:
    await city.hold_all(session, at(10), "slow", "slow+pin")
    await city.shift_clock(MIDNIGHT + timedelta(seconds=1))
    return await city.book_all(session, new_person(), new_person())


async def moved(city: City, session: UUID) -> CitizenBooking:
    """Neither the deadline of the old time nor that of the new one counts."""
    return await _moved(city, session, timedelta(seconds=1))


async def _moved(city: City, session: UUID, after: timedelta) -> CitizenBooking:
    old = await city.booked(at(15))
    proof = BookingProof(number=old.number, born=BORN)
    await city.hold(session, at(10), change=proof)
    await city.shift_clock(MIDNIGHT + after)
    ask = ChangeRequest(**proof.model_dump(), office_id="here", starts_at=at(10))
    return await bookings.change_booking(city.desk, session, str(uuid4()), ask)


@pytest.mark.parametrize("confirm", [one, two, moved])
async def test_what_was_held_in_time_is_confirmed_after_the_deadline(
    city: City, confirm: Callable[[City, UUID], Awaitable[CitizenBooking]]
) -> None:
    await strict(city)
    assert (await confirm(city, uuid4())).starts_at == at(10)
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(10))


@pytest.mark.parametrize("minutes", [9, 11])
async def test_only_the_first_ten_minutes_of_a_hold_reach_beyond_the_deadline(
    city: City, minutes: int
) -> None:
    await strict(city)
    session = uuid4()
    await city.hold(session, at(10))
    await extend(city, session)
    await city.shift_clock(MIDNIGHT + (minutes - 1) * MINUTE)
    if minutes < 10:
        await city.book(session)
    else:
        with pytest.raises(NotOffered):
            await city.book(session)


async def test_a_change_that_was_held_too_long_is_too_late(city: City) -> None:
    await strict(city)
    session = uuid4()
    old = await city.booked(at(15))
    proof = BookingProof(number=old.number, born=BORN)
    await city.hold(session, at(10), change=proof)
    await extend(city, session)
    await city.shift_clock(MIDNIGHT + 12 * MINUTE)
    ask = ChangeRequest(**proof.model_dump(), office_id="here", starts_at=at(10))
    with pytest.raises(TooLate):
        await bookings.change_booking(city.desk, session, str(uuid4()), ask)


@pytest.mark.parametrize("refusal", [NotOffered, HoldExpired])
async def test_no_hold_reaches_beyond_the_start_of_the_visit_or_into_a_closure(
    city: City, refusal: type[Exception]
) -> None:
    session = uuid4()
    if refusal is NotOffered:
        await city.shift_clock(at(9, 55))
        await city.hold(session, at(10))
        await city.shift_clock(at(10, 0) + timedelta(seconds=1))
    else:
        await month(city)
        await strict(city)
        await city.hold(session, at(10))
        await apply(city, CLOSE)
        await city.shift_clock(MIDNIGHT + timedelta(seconds=1))
    with pytest.raises(refusal):
        await city.book(session)
