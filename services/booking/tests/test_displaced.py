"""Whoever loses a time answers by telephone or on the page; no answer loses the booking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import (
    BookingChanged,
    BookingDisplaced,
    BookingProof,
    BookingRestored,
    ChangeRequest,
    CitizenBooking,
    Displaced,
    DisplacedAnswer,
    DisplacedCall,
    Proposed,
    PutDay,
    SpecialDay,
)
from services.booking.actions import bookings, confirm
from services.booking.actions.schedules import answers
from services.booking.domain import (
    Busy,
    HoldExpired,
    NotActive,
    NotOffered,
    SlotFull,
    VersionConflict,
)
from services.booking.domain.problems import PlanChanged
from services.booking.store import Store

from .city import BORN, DAY, City, at
from .planning import (
    CHIEF,
    apply,
    closed,
    displaced,
    lost,
    month,
    open_cells,
    plan,
    replayed,
    undo,
)

CLOSE = PutDay(office_ids=("here",), day=closed())
WAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock')
"""
NEXT = DAY + timedelta(days=1)


async def one_displaced(city: City, **more: Any) -> tuple[CitizenBooking, Displaced]:
    """Somebody whose day is closed, with a time proposed on the next one."""
    await month(city)
    session = uuid4()
    await city.hold(session, at(10))
    booking = await city.book(session, **more)
    await apply(city, CLOSE)
    (one,) = await displaced(city)
    return booking, one


async def accept(city: City, one: Displaced, version: int | None = None) -> Displaced:
    ask = DisplacedAnswer(version=version or one.version)
    return await answers.accept(city.desk, CHIEF, one.booking_id, str(uuid4()), ask)


def own(booking: CitizenBooking, one: Displaced) -> ChangeRequest:
    assert one.proposed is not None
    return ChangeRequest(
        number=booking.number, born=BORN, office_id=one.proposed.office_id,
        starts_at=one.proposed.starts_at,
    )  # fmt: skip


async def test_the_list_says_whom_to_call_and_what_is_held(city: City) -> None:
    await city.set_rules("slow", phone="optional")
    booking, one = await one_displaced(city, phone="09012345678", email="a@example.jp")
    assert (one.number, one.state, one.mailed, one.has_email) == (
        booking.number,
        "open",
        True,
        True,
    )
    assert (one.phone, bool(one.kana)) == ("09012345678", True)
    assert one.proposed is not None
    assert one.proposed.held_until == at(17, day=DAY - timedelta(days=4))
    fact = BookingDisplaced.model_validate_json((await city.facts(BookingDisplaced.name))[0])
    assert (fact.proposed_starts_at, fact.held_until) == (at(10, day=NEXT), one.proposed.held_until)
    assert fact.link
    assert (await displaced(city, "accepted"), len(await displaced(city, "open"))) == ((), 1)


async def keep_free(city: City, day: date, clock: str) -> None:
    """Only one window is free on that day, for half an hour from `clock` on."""
    await city.pool.execute(
        """
        UPDATE cell SET taken_by = gen_random_uuid(), taken_until = 'infinity'
        FROM (SELECT starts_at AT TIME ZONE 'Asia/Tokyo' AS local, * FROM cell) AS known
        WHERE (cell.office_id, cell.starts_at, cell.window_id)
                = (known.office_id, known.starts_at, known.window_id)
            AND known.office_id = 'here' AND local::date = $1 AND known.taken_until <= clock()
            AND NOT (known.window_id = 1 AND local >= $1 + $2::text::time
                AND local < $1 + $2::text::time + interval '30 minutes')
        """,
        day,
        clock,
    )


async def test_a_family_is_offered_times_on_one_day(city: City) -> None:
    """Not one here and one there, though single times are free on days that are nearer."""
    await month(city)
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow", "slow")
    await city.book_all(session, "チチ", "ハハ", "コ")
    for near in (NEXT, DAY - timedelta(days=1)):
        await keep_free(city, near, "10:00")
    planned = (await plan(city, CLOSE)).offices[0].affected
    await apply(city, CLOSE)
    held = [one.proposed for one in await displaced(city)]
    assert {one.starts_at for one in held if one} == {at(10, day=DAY + timedelta(days=2))}
    assert {one.proposed.starts_at for one in planned if one.proposed} == {
        at(10, day=DAY + timedelta(days=2))
    }
    assert len(held) == 3


async def test_a_family_for_whom_no_day_has_room_is_offered_what_there_is(city: City) -> None:
    await month(city)
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    await city.book_all(session, "チチ", "ハハ")
    days = await city.pool.fetch(
        "SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day FROM cell"
    )
    for row in days:
        await keep_free(city, row["day"], "14:00")
    await city.pool.execute(
        "UPDATE cell SET taken_until = 'infinity', taken_by = gen_random_uuid()"
        " WHERE office_id = 'there'"
    )
    await apply(city, CLOSE)
    held = [one.proposed for one in await displaced(city)]
    assert len({one.starts_at for one in held if one}) == 2


async def test_a_call_is_noted_and_the_last_one_counts(city: City) -> None:
    _, one = await one_displaced(city)
    for result in ("absent", "done"):
        ask = DisplacedCall.model_validate({"result": result})
        called = await answers.note_call(city.desk, CHIEF, one.booking_id, str(uuid4()), ask)
    assert (called.called, called.called_by, called.state) == ("done", "chief", "open")


async def test_staff_accept_by_telephone_and_the_booking_moves(city: City) -> None:
    booking, one = await one_displaced(city)
    accepted = await accept(city, one)
    assert accepted.proposed == Proposed(office_id="here", starts_at=at(10, day=NEXT))
    assert accepted.state == "accepted"
    fact = BookingChanged.model_validate_json((await city.facts(BookingChanged.name))[0])
    assert (fact.number, fact.starts_at, fact.previous_starts_at) == (
        booking.number, at(10, day=NEXT), at(10)
    )  # fmt: skip
    assert (await lost(city), await replayed(city), await open_cells(city)) == (0, 0, 0)
    with pytest.raises(NotActive):
        await accept(city, accepted)


async def test_an_older_version_of_the_booking_is_not_moved(city: City) -> None:
    _, one = await one_displaced(city)
    with pytest.raises(VersionConflict):
        await accept(city, one, version=one.version - 1)


async def test_a_citizen_accepts_on_the_page(city: City) -> None:
    booking, one = await one_displaced(city)
    shown = await bookings.find_booking(city.desk, BookingProof(number=booking.number, born=BORN))
    assert shown.displaced is not None
    assert shown.displaced.proposed == one.proposed
    session = uuid4()
    for _ in range(2):
        moved = await answers.accept_own(city.desk, session, "key", own(booking, one))
    assert (moved.starts_at, moved.displaced) == (at(10, day=NEXT), None)
    assert (await displaced(city))[0].state == "accepted"


async def test_a_citizen_accepts_only_the_time_that_was_shown(city: City) -> None:
    booking, one = await one_displaced(city)
    other = own(booking, one).model_copy(update={"starts_at": at(11, day=NEXT)})
    with pytest.raises(HoldExpired):
        await answers.accept_own(city.desk, uuid4(), "key", other)
    with pytest.raises(NotActive):
        again = own(await city.booked(at(11, day=NEXT)), one)
        await answers.accept_own(city.desk, uuid4(), "key", again)


async def test_another_time_may_be_chosen_after_the_deadline_for_changes(city: City) -> None:
    await city.set_rules("slow", changes_days_before=30)
    booking, one = await one_displaced(city)
    session, proof = uuid4(), BookingProof(number=booking.number, born=BORN)
    assert (await bookings.find_booking(city.desk, proof)).can_change
    await city.hold(session, at(15, day=NEXT), change=proof)
    ask = ChangeRequest(**proof.model_dump(), office_id="here", starts_at=at(15, day=NEXT))
    await bookings.change_booking(city.desk, session, str(uuid4()), ask)
    (after,) = await displaced(city)
    assert (after.state, after.called) == ("moved", None)
    assert one.proposed is not None
    free = await open_cells(city, NEXT)
    assert free == 8 * 96 - 6, "what was held is free again"
    assert await lost(city) == 0


async def test_who_cancels_gives_back_what_was_held(city: City) -> None:
    booking, _ = await one_displaced(city)
    await city.cancel(booking)
    assert (await displaced(city))[0].state == "cancelled"
    assert await open_cells(city, NEXT) == 8 * 96
    assert await open_cells(city) == 0


async def test_who_stays_is_excess_and_is_reminded_again(city: City) -> None:
    _, one = await one_displaced(city)
    ask = DisplacedAnswer(version=one.version)
    kept = await answers.keep(city.desk, CHIEF, one.booking_id, "k", ask)
    assert (kept.state, kept.starts_at) == ("kept", at(10))
    fact = BookingRestored.model_validate_json((await city.facts(BookingRestored.name))[0])
    assert not fact.mail
    assert await open_cells(city, NEXT) == 8 * 96
    assert (await lost(city), await replayed(city)) == (0, 0)


async def test_an_old_proposal_is_free_for_others_and_the_booking_still_listed(city: City) -> None:
    _, one = await one_displaced(city)
    assert one.proposed is not None
    assert one.proposed.held_until is not None
    await city.shift_clock(one.proposed.held_until + timedelta(seconds=1))
    (after,) = await displaced(city, "open")
    assert after.proposed is None
    assert await open_cells(city, NEXT) == 8 * 96
    with pytest.raises(HoldExpired):
        await accept(city, after)
    assert await lost(city) == 0


async def test_a_time_that_is_proposed_is_nobody_elses(city: City) -> None:
    """All windows but one are taken already, so that the proposed one is the last."""
    await month(city)
    for _ in range(7):
        await city.booked(at(10, day=NEXT))
    await city.booked(at(10))
    await apply(city, CLOSE)
    with pytest.raises(SlotFull):
        await city.hold(uuid4(), at(10, day=NEXT))


async def test_a_proposed_time_that_closes_is_proposed_no_more(city: City) -> None:
    _, one = await one_displaced(city)
    await apply(city, PutDay(office_ids=("here",), day=closed(NEXT)))
    (after,) = await displaced(city, "open")
    assert (after.booking_id, after.proposed) == (one.booking_id, None)
    assert await open_cells(city, NEXT) == 0


async def test_undoing_after_an_answer_keeps_the_answer(city: City) -> None:
    await month(city)
    for hour in (10, 11):
        await city.booked(at(hour))
    change = await apply(city, CLOSE)
    first, _ = await displaced(city)
    await accept(city, first)
    await undo(city, change)
    (left,) = await displaced(city)
    assert left.state == "accepted"
    assert (await lost(city), await replayed(city), await city.double_taken()) == (0, 0, [])


async def test_displaced_bookings_of_other_offices_are_absent(city: City) -> None:
    _, one = await one_displaced(city)
    stranger = replace(CHIEF, offices=frozenset({"there"}))
    found = await answers.displaced_list(city.desk, stranger, None, None, None)
    assert found.displaced == ()
    ask = DisplacedAnswer(version=one.version)
    with pytest.raises(NotFound):
        await answers.accept(city.desk, stranger, one.booking_id, "k", ask)


async def test_a_booking_that_is_just_being_made_is_waited_for(city: City) -> None:
    """It commits while the change already waits for its cells: the change must look again."""
    session, written, go_on = uuid4(), asyncio.Event(), asyncio.Event()
    await city.hold(session, at(10))
    seen = (await plan(city, CLOSE)).seen

    @asynccontextmanager
    async def slow() -> AsyncIterator[Store]:
        async with city.desk.open_store() as store:
            yield store
            written.set()
            await go_on.wait()

    ask = await city.booking_request(session)
    desk = replace(city.desk, open_store=slow)
    booking = asyncio.create_task(confirm.book(desk, session, desk.request("b", "k", ask), ask))
    await written.wait()
    applying = asyncio.create_task(apply(city, CLOSE, seen=seen))
    for _ in range(1000):
        if await city.pool.fetchval(WAITING):
            break
        await asyncio.sleep(0.01)
    go_on.set()
    with pytest.raises(PlanChanged):
        await applying
    assert (await booking).status == "confirmed"
    assert await lost(city) == 0


async def test_a_day_closes_while_fifty_citizens_book(city: City) -> None:
    """Whoever has a booking afterwards is listed or stands in the open part of the day."""
    await month(city)
    stop = PutDay(office_ids=("here",), day=SpecialDay(day=DAY, kind="until", closes=time(13)))

    async def citizen(number: int) -> str:
        session = uuid4()
        try:
            await city.hold(session, at(9 + number % 8, 30 * (number // 8 % 2)))
            await asyncio.sleep(0.01 * (number % 7))
            await city.book(session)
        except (SlotFull, NotOffered, HoldExpired, Busy) as refused:
            return refused.slug
        return "booked"

    async def chief() -> None:
        for _ in range(100):
            try:
                await apply(city, stop)
            except (PlanChanged, Busy):
                continue
            return
        raise AssertionError("never applied")

    results = await asyncio.gather(*(citizen(n) for n in range(25)), chief(),
                                   *(citizen(n) for n in range(25, 50)))  # fmt: skip
    assert "booked" in results
    listed = {one.number for one in await displaced(city, "open")}
    late = await city.pool.fetch(
        "SELECT number FROM booking WHERE starts_at >= $1 AND starts_at < $2",
        at(13),
        at(0, day=NEXT),
    )
    assert {row["number"] for row in late} == listed
    assert (await lost(city), await city.double_taken(), await replayed(city)) == (0, [], 0)
    free = await city.pool.fetchval(
        "SELECT count(*) FROM cell WHERE audience = 'public' AND office_id = 'here'"
        " AND starts_at >= $1 AND starts_at < $2", at(13), at(0, day=NEXT),
    )  # fmt: skip
    assert free == 0
