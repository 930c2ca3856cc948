"""A visit longer than the grid moves by less than its length: its own cells are free for it.

`hand_over` gives the booking's own cells to the hold. It loses them in the same harness when the
hold ends, which shows that the harness would see it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from dev.testing import Database
from libs.common.errors import NotFound
from libs.contracts.booking import (
    BookingProof,
    CellsChanged,
    ChangeRequest,
    CitizenBooking,
    StaffMove,
)
from services.booking.actions import bookings
from services.booking.actions.corrections.moves import move_booking, see_times
from services.booking.actions.own_times import see_own_times
from services.booking.domain import Busy, HoldExpired, NotActive, NotOffered, SlotFull

from .city import BORN, DAY, NOON_BEFORE, City, at, open_city
from .exchanging import HERE
from .test_holding_time import extend
from .test_never_twice import cells_disagreeing_with_bookings, replay_history

LONG = timedelta(minutes=45)
ROUNDS = [pytest.param(4, id="small"), pytest.param(150, id="full", marks=pytest.mark.soak)]


@pytest.fixture
async def city(database: Callable[[str], Database]) -> AsyncIterator[City]:
    """One window, where 'slow' takes 45 minutes and begins every half hour."""
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url, windows=1) as opened:
        await opened.set_rules("slow", minutes=45)
        yield opened


def proof_of(booking: CitizenBooking) -> BookingProof:
    return BookingProof(number=booking.number, born=BORN)


async def confirm(
    city: City, session: UUID, booking: CitizenBooking, start: datetime
) -> CitizenBooking:
    proof = proof_of(booking).model_dump()
    ask = ChangeRequest(**proof, office_id="here", starts_at=start)
    return await bookings.change_booking(city.desk, session, str(uuid4()), ask)


async def taken(city: City) -> list[datetime]:
    rows = await city.pool.fetch(
        "SELECT starts_at FROM cell WHERE taken_until > clock() ORDER BY 1"
    )
    return [row["starts_at"] for row in rows]


def cells(first: datetime, minutes: int = 45) -> list[datetime]:
    return [first + timedelta(minutes=n) for n in range(0, minutes, 5)]


@pytest.mark.parametrize("start", [at(9, 30), at(10, 30)], ids=["earlier", "later"])
async def test_a_citizen_shifts_a_visit_within_its_own_window(city: City, start: datetime) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    held = await city.hold(session, start, change=proof_of(booking))
    assert (held.starts_at, held.minutes) == (start, 45)
    await extend(city, session)
    moved = await confirm(city, session, booking, start)
    assert (moved.starts_at, moved.version) == (start, 2)
    assert await taken(city) == cells(start)
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_a_citizen_is_offered_what_only_its_own_cells_make_possible(city: City) -> None:
    booking, other = await city.booked(at(10)), await city.booked(at(11, 30))
    seen = await see_own_times(city.desk, proof_of(booking))
    assert (seen.office_id, seen.starts_at) == ("here", at(10))
    free = {one.at: one.free for one in seen.starts}
    assert (free[at(9, 30)], free[at(10, 30)]) == (1, 1)
    assert not {at(10), at(11), at(11, 30), at(12)} & set(free)
    others = {one.at for one in (await see_own_times(city.desk, proof_of(other))).starts}
    assert at(11) in others
    assert not {at(9, 30), at(10), at(10, 30)} & others
    held, session = at(10, 30), uuid4()
    assert (await city.hold(session, held, change=proof_of(booking))).starts_at == held


async def test_what_is_offered_for_a_move_is_what_citizens_may_take_now(city: City) -> None:
    booking = await city.booked(at(10))
    await city.set_rules("slow", closes_days_before=20)
    assert (await see_own_times(city.desk, proof_of(booking))).starts == ()
    with pytest.raises(NotFound):
        wrong = proof_of(booking).model_copy(update={"born": date(1950, 1, 3)})
        await see_own_times(city.desk, wrong)


@pytest.mark.parametrize("start", [at(9, 30), at(10, 30)], ids=["earlier", "later"])
async def test_staff_shift_a_visit_within_its_own_window(city: City, start: datetime) -> None:
    await city.booked(at(10))
    found = await city.pool.fetchval("SELECT booking_id FROM booking")
    times = await see_times(city.desk, HERE, found, "here", DAY)
    assert start in times.days[0].starts
    ask = StaffMove(version=1, office_id="here", starts_at=start)
    moved = await move_booking(city.desk, HERE, found, str(uuid4()), ask)
    assert moved.starts_at == start
    assert await taken(city) == cells(start)
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_the_doors_are_told_what_is_held_and_free_and_nothing_of_its_own_cells(
    city: City,
) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    before = len(await city.facts(CellsChanged.name))
    held = await city.hold(session, at(10, 30), change=proof_of(booking))
    await confirm(city, session, booking, at(10, 30))
    told = [CellsChanged.model_validate_json(f) for f in await city.facts(CellsChanged.name)]
    runs = [run for fact in told[before:] for run in fact.runs]
    assert [(run.starts_at, len(run.versions)) for run in runs] == [
        (at(10, 45), 6), (at(10), 6), (at(10, 30), 9)
    ]  # fmt: skip
    assert abs(runs[0].taken_until - held.expires_at.timestamp()) < 0.001
    assert (runs[1].taken_until, runs[2].taken_until > 9e9) == (0, True)


async def test_a_shift_that_is_not_confirmed_leaves_the_booking_all_of_its_cells(
    city: City,
) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    await city.hold(session, at(10, 30), change=proof_of(booking))
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    assert await taken(city) == cells(at(10))
    with pytest.raises(HoldExpired):
        await confirm(city, session, booking, at(10, 30))
    await city.hold(session, at(12), change=proof_of(booking))
    assert await taken(city) == [*cells(at(10)), *cells(at(12))]
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_another_visit_is_not_put_into_the_cells_of_the_one_that_moves(city: City) -> None:
    booking = await city.booked(at(10))
    await city.hold(uuid4(), at(10, 30), change=proof_of(booking))
    for start in (at(9, 30), at(10), at(10, 30), at(11)):
        with pytest.raises(SlotFull):
            await city.hold(uuid4(), start)


async def test_who_cancels_while_a_shift_is_held_gives_back_the_own_cells(city: City) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    await city.hold(session, at(10, 30), change=proof_of(booking))
    await city.cancel(booking)
    await city.hold(uuid4(), at(10))
    with pytest.raises(NotActive):
        await confirm(city, session, booking, at(10, 30))


@pytest.mark.parametrize("rounds", ROUNDS)
async def test_shifts_cancellations_and_new_bookings_at_one_window_never_share_a_cell(
    city: City, rounds: int
) -> None:
    for _ in range(rounds):
        await asyncio.gather(*(wander(city) for _ in range(12)))
        assert await city.double_taken() == []
        assert await cells_disagreeing_with_bookings(city) == 0
    assert await city.pool.fetchval("SELECT count(*) FROM booking_history WHERE what = 'changed'")
    assert await replay_history(city) == []


async def wander(city: City) -> None:
    """Book somewhere, shift by half an hour once or twice, perhaps only as far as a hold."""
    start = at(9) + timedelta(minutes=30 * random.randrange(14))
    try:
        booking = await city.booked(start)
        for _ in range(2):
            start += random.choice((-1, 1)) * timedelta(minutes=30)
            session = uuid4()
            await city.hold(session, start, change=proof_of(booking))
            if random.random() < 0.8:
                await confirm(city, session, booking, start)
        if random.random() < 0.5:
            await city.cancel(booking)
    except (SlotFull, HoldExpired, Busy, NotOffered):
        pass


async def test_handing_the_own_cells_over_to_the_hold_does_lose_them(city: City) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    await city.hold(session, at(10, 30), change=proof_of(booking))
    await hand_over(city, session, at(10, 30))
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    other = uuid4()
    await city.hold(other, at(10, 30))
    await city.book(other)
    assert len(await city.double_taken()) == 1
    assert await cells_disagreeing_with_bookings(city) > 0


async def hand_over(city: City, session: UUID, start: datetime) -> None:
    await city.pool.execute(
        "UPDATE cell SET taken_by = $1, taken_until = clock() + interval '10 minutes'"
        " WHERE starts_at >= $2 AND starts_at < $3 AND office_id = 'here'",
        session, start, start + LONG,
    )  # fmt: skip
