"""全国システム障害: one press stops, tells and makes good; one press ends it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from libs.common.assertion import Caller
from libs.common.errors import Malformed, NotAllowed, NotFound
from libs.contracts.booking import (
    BookingProof,
    BookingStopped,
    ChangeRequest,
    CitizenBooking,
    HoldRequest,
    OfficePublished,
    Outage,
    OutageRequest,
    StaffResultChange,
    StaffSearch,
    Tick,
)
from services.booking.actions import bookings, outages, ticking, today
from services.booking.actions.catalog import catalog
from services.booking.actions.corrections.results import correct_result
from services.booking.actions.holds import hold_time
from services.booking.actions.lists import list_bookings
from services.booking.actions.people_to_call import people_to_call
from services.booking.actions.search import search
from services.booking.actions.staff import see_booking
from services.booking.actions.telling_of_outages import tell_of_outages
from services.booking.domain import NotOffered, Paused, VersionConflict
from services.booking.domain.problems import InOutage
from services.booking.store.lists import Filter

from .city import BORN, DAY, City, at
from .planning import id_of, lost, replayed

RIGHTS = frozenset({"schedules.edit", "bookings.tick", "bookings.read"})
CHIEF = Caller("lgwan", "chief", RIGHTS, frozenset({"here", "there"}))
NEXT_DAY = DAY + timedelta(days=1)


def ask(*procedures: str, offices: tuple[str, ...] = ("here",), **more: Any) -> OutageRequest:
    return OutageRequest(office_ids=offices, procedure_ids=procedures or ("slow",), **more)


async def stop(city: City, wanted: OutageRequest | None = None, key: str = "") -> Outage:
    return await outages.start(city.desk, CHIEF, key or str(uuid4()), wanted or ask())


async def end(city: City, outage: Outage) -> Outage:
    return await outages.end(city.desk, CHIEF, str(uuid4()), outage.outage_id)


async def tick(city: City, booking: CitizenBooking, what: str, **more: Any) -> None:
    booking_id = await id_of(city, booking)
    version = await city.pool.fetchval(
        "SELECT version FROM booking WHERE booking_id = $1", booking_id
    )
    seen = Tick(version=version, **more)
    await ticking.tick(city.desk, CHIEF, booking_id, what, str(uuid4()), seen)


async def row(city: City, booking: CitizenBooking) -> asyncpg.Record:
    found = await city.pool.fetchrow("SELECT * FROM booking WHERE number = $1", booking.number)
    assert found is not None
    return found


async def hall(city: City, people: int, **more: Any) -> list[CitizenBooking]:
    """So many who wait, half of them called; the counters are open."""
    booked = []
    for n in range(people):
        session = uuid4()
        await city.hold(session, at(9 + n // 16, n // 8 % 2 * 30))
        booked.append(await city.book(session, **more))
    await city.morning()
    for n, booking in enumerate(booked):
        await tick(city, booking, "arrive")
        if n % 2:
            await tick(city, booking, "call", window=n % 8 + 1, anyway=True)
    return booked


async def move(
    city: City, booking: CitizenBooking, to: Any, procedure_id: str = "slow"
) -> CitizenBooking:
    session, proof = uuid4(), BookingProof(number=booking.number, born=BORN)
    wish = HoldRequest(procedure_id=procedure_id, office_id="here", starts_at=to, change=proof)
    request = city.desk.request(f"hold:{session}", str(uuid4()), wish)
    held = await hold_time(city.desk, session, request, wish)
    change = ChangeRequest(**proof.model_dump(), office_id="here", starts_at=held.starts_at)
    return await bookings.change_booking(city.desk, session, str(uuid4()), change)


async def test_forty_who_wait_get_the_outcome_and_others_do_not(city: City) -> None:
    waiting = await hall(city, 40)
    other = await city.booked(at(16), "pin")
    await tick(city, other, "arrive")
    found = await stop(city)
    assert (found.waiting, found.to_come, found.may_end) == (40, 0, True)
    states = {(b["status"], b["outcome"]) for b in [await row(city, one) for one in waiting]}
    assert states == {("finished", "outage")}
    assert (await row(city, other))["status"] == "arrived"
    lines = await city.pool.fetchval(
        "SELECT count(*) FROM booking_history WHERE actor = 'chief' AND outcome = 'outage'"
    )
    assert (lines, await lost(city), await replayed(city)) == (40, 0, 0)


async def test_online_booking_stops_there_and_for_that_alone(city: City) -> None:
    await city.morning()
    session = uuid4()
    await city.hold(session, at(10))
    found = await stop(city)
    told = OfficePublished.model_validate_json((await city.facts(OfficePublished.name))[-1])
    assert told.office.outages[0].procedure_ids == ("slow",)
    with pytest.raises(Paused):
        await city.book(session)
    with pytest.raises(Paused):
        await city.hold(uuid4(), at(10, day=NEXT_DAY))
    with pytest.raises(Paused):
        await city.hold_all(uuid4(), at(10, day=NEXT_DAY), "pin+slow")
    assert await city.hold(uuid4(), at(10, day=NEXT_DAY), "pin")
    assert await city.hold(uuid4(), at(10, day=NEXT_DAY), office_id="there")
    await end(city, found)
    assert await city.hold(uuid4(), at(10, day=NEXT_DAY))
    assert not any(office.outages for office in (await catalog(city.desk.open_store)).offices)


async def test_whom_it_met_moves_once_beyond_deadlines_and_never_stayed_away(city: City) -> None:
    (waited,) = await hall(city, 1)
    to_come = await city.booked(at(15))
    await city.set_rules("slow", closes_days_before=3, changes_days_before=3)
    await stop(city)
    with pytest.raises(InOutage):
        await tick(city, to_come, "miss")
    for booking in (waited, to_come):
        proof = BookingProof(number=booking.number, born=BORN)
        shown = await bookings.find_booking(city.desk, proof)
        assert (shown.rebooks, shown.can_change) == (True, True)
        with pytest.raises(NotOffered):
            await move(city, booking, at(16))  # today it is met as well
        moved = await move(city, booking, at(11, day=NEXT_DAY))
        assert (moved.status, moved.starts_at, moved.rebooks) == (
            "confirmed", at(11, day=NEXT_DAY), False
        )  # fmt: skip
        assert moved.number == booking.number
        with pytest.raises(Exception, match=r"can no longer be changed|failed"):
            await move(city, booking, at(12, day=NEXT_DAY))
    ((found,), used) = (await outages.outages(city.desk, CHIEF)).outages, 2
    assert (found.waiting, found.to_come, found.rebooked) == (1, 1, used)
    assert (await lost(city), await replayed(city)) == (0, 0)


async def test_after_the_day_nobody_enters_that_they_stayed_away(city: City) -> None:
    booking = await city.booked(at(15))
    await city.morning()
    await stop(city)
    await city.shift_clock(at(9, day=NEXT_DAY))
    version = (await row(city, booking))["version"]
    wrong = StaffResultChange(version=version, status="missed", reason="omission")
    with pytest.raises(InOutage):
        await correct_result(city.desk, CHIEF, await id_of(city, booking), "k", wrong)
    moved = await move_ended(city, booking)
    assert moved.status == "confirmed"


async def move_ended(city: City, booking: CitizenBooking) -> CitizenBooking:
    """Once the outage is over, to later today."""
    (found,) = (await outages.outages(city.desk, CHIEF)).outages
    await end(city, found)
    return await move(city, booking, at(16, day=NEXT_DAY))


async def test_the_end_gives_those_to_come_their_time_again_and_tells_them(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(15))
    mailed = await city.book(session, email="a@example.jp")
    late = await city.booked(at(9))
    await city.morning()
    await city.shift_clock(at(10))
    found = await stop(city)
    assert await tell_of_outages(city.desk) == 2
    await end(city, found)
    assert await tell_of_outages(city.desk) == 1
    assert await tell_of_outages(city.desk) == 0
    facts = [BookingStopped.model_validate_json(f) for f in await city.facts(BookingStopped.name)]
    assert [(f.number, f.over) for f in facts if f.contact] == [
        (mailed.number, False), (mailed.number, True)
    ]  # fmt: skip
    assert all(f.link for f in facts if f.contact)
    for booking, rebooks in ((mailed, False), (late, True)):
        proof = BookingProof(number=booking.number, born=BORN)
        assert (await bookings.find_booking(city.desk, proof)).rebooks == rebooks
    await city.shift_clock(at(15, 30))
    await tick(city, mailed, "miss")
    history = await city.pool.fetch(
        "SELECT what, actor FROM booking_history WHERE booking_id = $1 ORDER BY version",
        await id_of(city, mailed),
    )  # fmt: skip
    assert [line["what"] for line in history] == ["booked", "stopped", "resumed", "miss"]
    assert {line["actor"] for line in history[1:]} == {"chief"}


async def test_two_who_press_at_once_start_one(city: City) -> None:
    await hall(city, 6)
    both = await asyncio.gather(*(stop(city) for _ in range(4)))
    assert len({one.outage_id for one in both}) == 1
    assert await city.pool.fetchval("SELECT count(*) FROM outage") == 1
    ended = await asyncio.gather(*(end(city, both[0]) for _ in range(4)))
    assert len({one.ended_at for one in ended}) == 1


async def test_the_same_press_sent_twice_is_one(city: City) -> None:
    first = await stop(city, key="k")
    await end(city, first)
    again = await stop(city, key="k")
    assert (again.outage_id, again.ended_at is not None) == (first.outage_id, True)
    assert await city.pool.fetchval("SELECT count(*) FROM outage") == 1


async def test_who_is_ticked_meanwhile_keeps_what_was_ticked(city: City) -> None:
    waiting = await hall(city, 16)

    async def finish(booking: CitizenBooking) -> str:
        try:
            await tick(city, booking, "finish", outcome="done")
        except VersionConflict:
            return "outage"
        return "done"

    found, *ticked = await asyncio.gather(stop(city), *(finish(b) for b in waiting[::2]))
    outcomes = [(await row(city, b))["outcome"] for b in waiting]
    assert outcomes[::2] == list(ticked)
    assert set(outcomes[1::2]) == {"outage"}
    assert isinstance(found, Outage)
    assert found.waiting == outcomes.count("outage")
    assert await replayed(city) == 0


async def test_a_process_that_dies_in_between_leaves_all_or_nothing(city: City) -> None:
    await hall(city, 10)

    class Killed(Exception):
        pass

    async def dying(*_: object) -> None:
        raise Killed

    before = outages._publish
    outages._publish = dying  # type: ignore[assignment]
    try:
        with pytest.raises(Killed):
            await stop(city)
    finally:
        outages._publish = before
    counts = "SELECT (SELECT count(*) FROM outage) + (SELECT count(*) FROM outage_visit)"
    assert await city.pool.fetchval(counts) == 0
    assert await city.pool.fetchval("SELECT count(*) FROM booking WHERE status = 'arrived'") == 10
    assert (await stop(city)).waiting == 10


async def test_telling_goes_on_where_it_stopped_and_tells_nobody_twice(city: City) -> None:
    for n in range(12):
        await city.booked(at(14, n % 2 * 30))
    await city.morning()
    await stop(city)
    told = await asyncio.gather(*(tell_of_outages(city.desk) for _ in range(3)))
    assert sum(told) == 12
    facts = [BookingStopped.model_validate_json(f) for f in await city.facts(BookingStopped.name)]
    assert len(facts) == len({f.booking_id for f in facts}) == 12
    assert await replayed(city) == 0


async def test_who_waits_for_something_else_as_well_stays(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow+pin")
    both = await city.book(session)
    await city.morning()
    await tick(city, both, "arrive")
    (count,) = (await outages.preview(city.desk, CHIEF, ask("slow"))).offices
    assert (count.waiting, count.partly) == (0, 1)
    assert (await stop(city)).waiting == 0
    assert (await row(city, both))["status"] == "arrived"


async def test_a_preview_counts_and_changes_nothing(city: City) -> None:
    await hall(city, 3)
    await city.booked(at(15))
    await city.booked(at(10, day=NEXT_DAY))
    found = await outages.preview(city.desk, CHIEF, ask(offices=("here", "there")))
    here, there = found.offices
    assert (here.waiting, here.today, here.tomorrow, here.mailed) == (3, 1, 1, 0)
    assert (there.waiting, there.today, found.running) == (0, 0, False)
    assert await city.pool.fetchval("SELECT count(*) FROM outage") == 0
    await stop(city, ask(offices=("here", "there")))
    assert (await outages.preview(city.desk, CHIEF, ask())).running
    assert not (await outages.preview(city.desk, CHIEF, ask(tomorrow=True))).running


async def test_tomorrow_is_met_where_it_was_chosen(city: City) -> None:
    tomorrow = await city.booked(at(10, day=NEXT_DAY))
    await city.morning()
    assert (await stop(city)).to_come == 0
    assert (await stop(city, ask(tomorrow=True))).to_come == 1
    proof = BookingProof(number=tomorrow.number, born=BORN)
    assert (await bookings.find_booking(city.desk, proof)).rebooks
    with pytest.raises(NotOffered):
        await move(city, tomorrow, at(12, day=NEXT_DAY))


async def test_whom_no_mail_reaches_is_called_until_their_time(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(14))
    await city.book(session, email="a@example.jp")
    nobody = await city.booked(at(15))
    await city.morning()
    await stop(city)
    (person,) = (await people_to_call(city.desk, CHIEF, None, False)).people
    assert (person.number, person.reasons, person.until) == (
        nobody.number, ("outage",), at(15)
    )  # fmt: skip
    await move(city, nobody, at(10, day=NEXT_DAY))
    assert not (await people_to_call(city.desk, CHIEF, None, False)).people


async def test_the_page_of_the_day_knows_whom_it_met(city: City) -> None:
    met = await city.booked(at(15))
    await city.booked(at(16), "pin")
    await city.morning()
    await stop(city)
    shown = (await today.day_list(city.desk, CHIEF, "here", DAY)).bookings
    assert [one.booking.number for one in shown if one.booking.in_outage] == [met.number]


async def test_every_list_knows_whom_it_met_so_that_no_page_offers_to_miss_them(
    city: City,
) -> None:
    met, other = await city.booked(at(15)), await city.booked(at(16), "pin")
    await city.morning()
    await stop(city)
    listed = (await list_bookings(city.desk, CHIEF, Filter())).bookings
    assert {one.number: one.in_outage for one in listed} == {met.number: True, other.number: False}
    found = (await search(city.desk, CHIEF, StaffSearch(number=met.number))).bookings
    assert [one.in_outage for one in found] == [True]
    for one, hit in ((met, True), (other, False)):
        seen = await see_booking(city.desk, CHIEF, await id_of(city, one))
        assert seen.booking.in_outage is hit


async def test_a_single_visit_in_vain_gives_the_same_right_until_it_is_taken_back(
    city: City,
) -> None:
    (booking,) = await hall(city, 1)
    await tick(city, booking, "finish", outcome="outage")
    proof = BookingProof(number=booking.number, born=BORN)
    assert (await bookings.find_booking(city.desk, proof)).rebooks
    await tick(city, booking, "undo")
    await tick(city, booking, "finish", outcome="done")
    assert not (await bookings.find_booking(city.desk, proof)).rebooks


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (replace(CHIEF, offices=frozenset({"there"})), NotFound),
        (replace(CHIEF, rights=RIGHTS - {"bookings.tick"}), NotAllowed),
    ],
)
async def test_only_a_chief_of_these_offices_may(
    city: City, caller: Caller, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await outages.preview(city.desk, caller, ask())
    with pytest.raises(refusal):
        await outages.start(city.desk, caller, "k", ask())
    found = await stop(city, ask(offices=("here", "there")))
    with pytest.raises(refusal):
        await outages.end(city.desk, caller, "k2", found.outage_id)


async def test_unknown_offices_and_procedures_are_refused(city: City) -> None:
    with pytest.raises(NotFound):
        await stop(city, ask(offices=("nowhere",)))
    with pytest.raises(Malformed):
        await stop(city, ask("magic"))
    with pytest.raises(NotFound):
        await outages.end(city.desk, CHIEF, "k", UUID(int=1))
