"""The counter: lists by office, ticks, corrections, and two people at one booking."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    EVERYWHERE,
    BookingFinished,
    Outcome,
    StaffBooking,
    StaffCancel,
    Tick,
)
from services.booking.actions import lists, staff, ticking
from services.booking.domain import AlreadyBooked, NotActive, VersionConflict, WrongState
from services.booking.store.cards import KnownCard
from services.booking.store.lists import Filter

from .city import DAY, City, at

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))
THERE = Caller("lgwan", "kudo", frozenset(), frozenset({"there"}))
ADMIN = Caller("lgwan", "admin", frozenset(), frozenset({"*"}))


@pytest.fixture(autouse=True)
async def morning(city: City) -> None:
    await city.morning()


async def the_booking(city: City, caller: Caller = ADMIN) -> StaffBooking:
    return (await lists.list_bookings(city.desk, caller, Filter())).bookings[0]


async def tick(
    city: City, booking: StaffBooking, what: str, outcome: Outcome | None = None
) -> StaffBooking:
    ask = Tick(version=booking.version, outcome=outcome)
    return await ticking.tick(city.desk, HERE, booking.booking_id, what, str(uuid4()), ask)


async def test_a_booking_is_in_the_list_of_its_office_only(city: City) -> None:
    await city.booked(at(10))
    assert len((await lists.list_bookings(city.desk, HERE, Filter())).bookings) == 1
    assert (await lists.list_bookings(city.desk, THERE, Filter())).bookings == ()
    assert (await lists.list_bookings(city.desk, THERE, Filter(office_id="here"))).bookings == ()


async def test_the_list_is_filtered_and_sorted_by_appointment(city: City) -> None:
    late, early = await city.booked(at(15)), await city.booked(at(9))
    await city.cancel(late)
    everything = await lists.list_bookings(city.desk, HERE, Filter(day=DAY))
    assert [b.number for b in everything.bookings] == [early.number, late.number]
    for wanted, found in (
        (Filter(status="cancelled"), [late.number]),
        (Filter(number=early.number), [early.number]),
        (Filter(procedure_id="pin"), []),
        (Filter(day=DAY + timedelta(days=1)), []),
    ):
        listed = await lists.list_bookings(city.desk, HERE, wanted)
        assert [b.number for b in listed.bookings] == found


async def test_a_visit_for_several_procedures_is_found_by_each_and_ends_for_each(
    city: City,
) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold_all(session, at(10), "pin+issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    for wanted in ("pin", "issuance"):
        listed = await lists.list_bookings(city.desk, HERE, Filter(procedure_id=wanted))
        assert [b.also for b in listed.bookings] == [("issuance",)]
    arrived = await tick(city, await the_booking(city), "arrive")
    for outcome in ("applied", "collected"):
        with pytest.raises(WrongState):
            await tick(city, arrived, "finish", outcome)
    ask = Tick(version=arrived.version, outcome="done", outcomes={"issuance": "collected"})
    await ticking.tick(city.desk, HERE, arrived.booking_id, "finish", str(uuid4()), ask)
    (body,) = await city.facts("booking.finished.v1")
    assert BookingFinished.model_validate_json(body).card_key == "card"


async def test_a_visit_is_received_and_finished(city: City) -> None:
    await city.booked(at(10))
    arrived = await tick(city, await the_booking(city), "arrive")
    assert arrived.status == "arrived"
    finished = await tick(city, arrived, "finish", "done")
    assert (finished.status, finished.outcome) == ("finished", "done")
    detail = await staff.see_booking(city.desk, HERE, finished.booking_id)
    assert [(line.actor, line.what) for line in detail.history] == [
        ("citizen", "booked"),
        ("sato", "arrive"),
        ("sato", "finish"),
    ]


async def test_collecting_a_card_tells_whose_card_it_was(city: City) -> None:
    await city.import_card("card-1")
    session, ticket = uuid4(), city.ticket("card-1")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    await tick(city, await the_booking(city), "finish", "collected")
    (body,) = await city.facts(BookingFinished.name)
    assert BookingFinished.model_validate_json(body).card_key == "card-1"


async def test_an_outcome_must_belong_to_the_procedure(city: City) -> None:
    await city.booked(at(10))
    booking = await the_booking(city)
    wrong: tuple[Outcome | None, ...] = ("collected", None)
    for outcome in wrong:
        with pytest.raises(WrongState):
            await tick(city, booking, "finish", outcome)
    assert (await tick(city, booking, "finish", "papers")).outcome == "papers"


async def test_a_wrong_tick_is_taken_back(city: City) -> None:
    await city.booked(at(10))
    missed = await tick(city, await the_booking(city), "miss")
    assert missed.status == "missed"
    back = await tick(city, missed, "undo")
    assert (back.status, back.version) == ("confirmed", 3)
    with pytest.raises(WrongState):
        await tick(city, back, "undo")


async def test_a_no_show_whose_person_booked_again_is_not_taken_back(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.book(session, person="オオイタ")
    missed = await tick(city, await the_booking(city), "miss")
    await city.hold(session, at(11))
    await city.book(session, person="オオイタ")
    with pytest.raises(AlreadyBooked):
        await tick(city, missed, "undo")


async def test_the_second_of_two_terminals_sees_what_the_first_did(city: City) -> None:
    await city.booked(at(10))
    seen = await the_booking(city)
    await tick(city, seen, "arrive")
    with pytest.raises(VersionConflict) as conflict:
        await tick(city, seen, "miss")
    assert conflict.value.facts["booking"]["status"] == "arrived"


async def test_the_same_tick_sent_twice_counts_once(city: City) -> None:
    await city.booked(at(10))
    seen = await the_booking(city)
    ask = Tick(version=seen.version)
    for _ in range(2):
        ticked = await ticking.tick(city.desk, HERE, seen.booking_id, "arrive", "one-key", ask)
    assert ticked.version == 2


async def test_a_booking_of_another_office_is_as_absent_as_an_unknown_one(city: City) -> None:
    await city.booked(at(10))
    foreign = (await the_booking(city)).booking_id
    answers = set()
    for booking_id in (foreign, uuid4()):
        with pytest.raises(NotFound) as refused:
            await staff.see_booking(city.desk, THERE, booking_id)
        answers.add(refused.value.detail)
        with pytest.raises(NotFound):
            await ticking.tick(city.desk, THERE, booking_id, "arrive", "key", Tick(version=1))
    assert len(answers) == 1


async def test_staff_cancel_with_a_reason_that_stays(city: City) -> None:
    await city.booked(at(10))
    seen = await the_booking(city)
    ask = StaffCancel(version=1, reason="ご本人からの申し出")
    cancelled = await staff.cancel_for_citizen(city.desk, HERE, seen.booking_id, "key", ask)
    assert cancelled.status == "cancelled"
    detail = await staff.see_booking(city.desk, HERE, seen.booking_id)
    assert detail.history[-1].reason == "ご本人からの申し出"
    again = StaffCancel(version=2, reason="窓口の都合")
    with pytest.raises(NotActive):
        await staff.cancel_for_citizen(city.desk, HERE, seen.booking_id, "key-2", again)


@pytest.mark.parametrize("reason", ["", "request", "オオイタ ハナコさんの都合", "123456789018"])
async def test_only_reasons_of_the_list_are_kept(city: City, reason: str) -> None:
    await city.booked(at(10))
    seen = await the_booking(city)
    ask = StaffCancel(version=1, reason=reason)
    with pytest.raises(Malformed):
        await staff.cancel_for_citizen(city.desk, HERE, seen.booking_id, "key", ask)
    assert (await the_booking(city)).status == "confirmed"


async def test_history_cannot_be_rewritten(city: City) -> None:
    import asyncpg

    await city.booked(at(10))
    for statement in ("UPDATE booking_history SET reason = 'x'", "DELETE FROM booking_history"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await city.pool.execute(statement)


async def test_a_card_that_moved_flags_its_booking(city: City) -> None:
    from libs.contracts.eligibility import CardHolder, PersonsMoved
    from services.booking.handlers import move_cards

    await city.import_card("card-1")
    session, ticket = uuid4(), city.ticket("card-1")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    holder = CardHolder(card_key="card-1", office_id="there", state="ready", version=2)
    async with city.desk.open_store() as store:
        await move_cards(PersonsMoved(batch_id=uuid4(), holders=(holder,)), store)
    assert (await the_booking(city)).card_moved


async def test_an_older_message_about_a_card_changes_nothing(city: City) -> None:
    await city.import_card("card-1", "there", version=3)
    await city.import_card("card-1", "here", version=2)
    async with city.desk.open_store() as store:
        assert await store.cards.get("card-1") == KnownCard("card-1", "there", "ready", 3)


async def test_the_right_for_all_offices_shows_and_counts_the_bookings_of_all(city: City) -> None:
    await city.booked(at(10))
    await city.booked(at(10), office_id="there")
    phone = Caller("lgwan", "abe", frozenset({EVERYWHERE}), frozenset({"there"}))
    assert len((await lists.list_bookings(city.desk, phone, Filter())).bookings) == 2
    (in_file,) = [part async for part in lists.export_all(city.desk, phone, Filter())]
    assert in_file.total == 2
    assert len((await lists.list_bookings(city.desk, THERE, Filter())).bookings) == 1
