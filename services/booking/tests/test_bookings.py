"""Bookings: one per person, moved and cancelled by their number, told to everybody."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    BookingCancelled,
    BookingChanged,
    BookingConfirmed,
    BookingProof,
    ChangeRequest,
    CitizenBooking,
)
from services.booking.actions import bookings, confirm
from services.booking.domain import (
    AlreadyBooked,
    Busy,
    HoldExpired,
    NotActive,
    NotOffered,
    TooLate,
)

from .city import BORN, DAY, NOON_BEFORE, City, at, new_person


async def test_a_held_time_becomes_a_booking_with_a_number(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    booking = await city.book(session, email="a@example.jp")
    assert len(booking.number) == 10
    assert (booking.starts_at, booking.status, booking.has_email) == (at(10), "confirmed", True)
    assert (booking.can_change, booking.can_cancel) == (True, True)


async def test_the_fact_has_the_address_sealed_and_the_database_too(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.book(session, person="ヤマダハナコ", email="hanako@example.jp")
    (body,) = await city.facts(BookingConfirmed.name)
    fact = BookingConfirmed.model_validate_json(body)
    assert city.desk.contacts.open(fact.contact or "") == "hanako@example.jp"
    kept = str(await city.pool.fetch("SELECT * FROM booking"))
    assert "hanako" not in kept + body
    assert "ヤマダ" not in kept + body
    assert "1950" not in kept + body


async def test_a_person_has_one_active_booking_of_a_kind(city: City) -> None:
    first, second = uuid4(), uuid4()
    await city.hold(first, at(10))
    await city.book(first, person="オオイタ タロウ")
    await city.hold(second, at(11), office_id="there")
    with pytest.raises(AlreadyBooked):
        await city.book(second, person="おおいたたろう")


async def test_the_refused_second_booking_keeps_its_hold(city: City) -> None:
    first, second = uuid4(), uuid4()
    await city.hold(first, at(10))
    await city.book(first, person="オオイタ")
    await city.hold(second, at(11))
    with pytest.raises(AlreadyBooked):
        await city.book(second, person="オオイタ")
    await city.book(second, person="ベツジン")


async def test_another_kind_of_visit_is_another_booking(city: City) -> None:
    first, second = uuid4(), uuid4()
    await city.hold(first, at(10), "slow")
    await city.book(first, person="オオイタ")
    await city.hold(second, at(11), "pin")
    await city.book(second, person="オオイタ")


async def test_twins_with_one_mail_address_have_two_bookings(city: City) -> None:
    for name in ("フタゴイチロウ", "フタゴジロウ"):
        session = uuid4()
        await city.hold(session, at(10))
        await city.book(session, person=name, email="family@example.jp")


async def test_one_person_in_many_parallel_tries_has_one_booking(city: City) -> None:
    sessions = [uuid4() for _ in range(40)]
    places = [("here", 9), ("there", 9), ("here", 10), ("there", 10), ("here", 11)]

    async def attempt(n: int, session: UUID) -> bool:
        place, hour = places[n % 5]
        await city.hold(session, at(hour), office_id=place)
        try:
            await city.book(session, person="オオイタ")
        except AlreadyBooked:
            return False
        return True

    results = await asyncio.gather(*(attempt(n, s) for n, s in enumerate(sessions)))
    assert sum(results) == 1
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 1


async def test_the_same_confirmation_twice_is_one_booking(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    ask = await city.booking_request(session, "オオイタ")
    request = city.desk.request("book", "the-form's-key", ask)
    results = await asyncio.gather(
        *(confirm.book(city.desk, session, request, ask) for _ in range(8))
    )
    assert len({booking.number for booking in results}) == 1


async def test_an_expired_hold_is_not_booked(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=10, seconds=30))
    with pytest.raises(HoldExpired):
        await city.book(session)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kana": "大分"},
        {"kana": "123456789012"},
        {"kana": None},
        {"born": None},
        {"born": date(2030, 1, 1)},
        {"email": "no address"},
        {"email": "a@b\n.jp"},
        {"visitor": "proxy"},
    ],
)
async def test_what_cannot_be_right_is_refused_and_the_hold_stays(
    city: City, wrong: dict[str, Any]
) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    with pytest.raises(Malformed):
        await city.book(session, **wrong)
    await city.book(session)


async def test_a_booking_is_found_by_its_number_as_people_type_it(city: City) -> None:
    booking = await city.booked(at(10))
    typed = booking.number[:5].lower() + "－" + booking.number[5:]
    found = await bookings.find_booking(city.desk, BookingProof(number=typed, born=BORN))
    assert found.opened
    assert found.model_copy(update={"opened": ""}) == booking


async def test_a_wrong_date_and_an_unknown_number_get_one_answer(city: City) -> None:
    booking = await city.booked(at(10))
    answers = set()
    for proof in (
        BookingProof(number=booking.number, born=date(1950, 1, 3)),
        BookingProof(number="0000000000", born=BORN),
    ):
        with pytest.raises(NotFound) as refused:
            await bookings.find_booking(city.desk, proof)
        answers.add(refused.value.detail)
    assert len(answers) == 1


async def test_cancelling_frees_the_time_and_keeps_the_history(city: City) -> None:
    booked = [await city.booked(at(10)) for _ in range(8)]
    cancelled = await city.cancel(booked[0])
    assert cancelled.status == "cancelled"
    await city.booked(at(10))
    steps = await city.pool.fetch(
        "SELECT what FROM booking_history JOIN booking USING (booking_id) WHERE number = $1"
        " ORDER BY booking_history.version",
        booked[0].number,
    )
    assert [step["what"] for step in steps] == ["booked", "cancelled"]
    (body,) = await city.facts(BookingCancelled.name)
    assert BookingCancelled.model_validate_json(body).by_staff is False


async def test_cancelling_twice_says_that_it_is_over(city: City) -> None:
    booking = await city.booked(at(10))
    await city.cancel(booking)
    with pytest.raises(NotActive):
        await city.cancel(booking)


async def test_cancelling_is_open_until_the_appointment_starts(city: City) -> None:
    booking = await city.booked(at(10))
    await city.shift_clock(at(9, 59))
    assert (await city.cancel(booking)).status == "cancelled"
    other = await city.booked(at(11))
    await city.shift_clock(at(11))
    with pytest.raises(TooLate):
        await city.cancel(other)


async def test_the_same_cancellation_twice_answers_alike(city: City) -> None:
    booking = await city.booked(at(10))
    proof = BookingProof(number=booking.number, born=BORN)
    session = uuid4()
    first = await bookings.cancel_booking(city.desk, session, "one-key", proof)
    again = await bookings.cancel_booking(city.desk, session, "one-key", proof)
    assert again == first


async def test_a_change_takes_the_new_time_and_gives_back_the_old(city: City) -> None:
    booking = await city.booked(at(10))
    moved = await change(city, booking.number, at(11), office_id="there")
    assert (moved.number, moved.starts_at, moved.office_id) == (booking.number, at(11), "there")
    assert await city.double_taken() == []
    assert await city.pool.fetchval("SELECT count(*) FROM cell WHERE taken_by IS NOT NULL") == 6
    (body,) = await city.facts(BookingChanged.name)
    fact = BookingChanged.model_validate_json(body)
    assert (fact.version, fact.previous_starts_at) == (2, at(10))
    assert fact.by_staff is False
    (first,) = await city.facts(BookingConfirmed.name)
    assert fact.booked_at == BookingConfirmed.model_validate_json(first).booked_at


async def test_until_the_change_is_confirmed_the_old_time_is_kept(city: City) -> None:
    booking = await city.booked(at(10))
    proof = BookingProof(number=booking.number, born=BORN)
    session = uuid4()
    await city.hold(session, at(11), change=proof)
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    with pytest.raises(HoldExpired):
        await send_change(city, session, proof, at(11))
    assert (await bookings.find_booking(city.desk, proof)).starts_at == at(10)


async def test_a_hold_for_a_change_makes_no_second_booking(city: City) -> None:
    booking = await city.booked(at(10))
    session = uuid4()
    await city.hold(session, at(11), change=BookingProof(number=booking.number, born=BORN))
    with pytest.raises(HoldExpired):
        await city.book(session)


async def test_a_hold_that_another_tab_moved_is_not_booked_unseen(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    with pytest.raises(HoldExpired):
        await city.book(session, starts_at=at(11))
    assert (await city.book(session)).starts_at == at(10)


async def test_a_hold_for_one_booking_does_not_move_another(city: City) -> None:
    first, second = await city.booked(at(10)), await city.booked(at(10))
    session = uuid4()
    await city.hold(session, at(11), change=BookingProof(number=first.number, born=BORN))
    with pytest.raises(HoldExpired):
        await send_change(city, session, BookingProof(number=second.number, born=BORN), at(11))


async def test_many_uses_of_one_change_leave_one_living_booking(city: City) -> None:
    booking = await city.booked(at(10))
    hours = [11, 12, 13, 14, 15] * 4

    async def attempt(hour: int) -> bool:
        try:
            await change(city, booking.number, at(hour))
        except (Busy, HoldExpired, TooLate):
            return False
        return True

    results = await asyncio.gather(*(attempt(hour) for hour in hours))
    assert sum(results) >= 1
    assert await city.pool.fetchval("SELECT count(*) FROM cell WHERE taken_until = 'infinity'") == 6
    assert await city.pool.fetchval("SELECT version FROM booking") == 1 + sum(results)


async def test_a_booking_of_the_past_is_not_changed(city: City) -> None:
    booking = await city.booked(at(10))
    await city.shift_clock(at(10, 1))
    with pytest.raises(TooLate):
        await change(city, booking.number, at(11))


async def test_a_time_that_begins_before_the_confirmation_is_not_booked(city: City) -> None:
    session = uuid4()
    await city.shift_clock(at(9, 58))
    await city.hold(session, at(10))
    await city.shift_clock(at(10, 1))
    with pytest.raises(NotOffered):
        await city.book(session)


async def test_after_a_cancellation_the_person_may_book_again(city: City) -> None:
    person = new_person()
    session = uuid4()
    await city.hold(session, at(10))
    await city.cancel(await city.book(session, person=person))
    await city.hold(session, at(11))
    await city.book(session, person=person)


async def change(
    city: City, number: str, starts_at: datetime, office_id: str = "here"
) -> CitizenBooking:
    session, proof = uuid4(), BookingProof(number=number, born=BORN)
    await city.hold(session, starts_at, office_id=office_id, change=proof)
    return await send_change(city, session, proof, starts_at, office_id)


async def send_change(
    city: City, session: UUID, proof: BookingProof, starts_at: datetime, office_id: str = "here"
) -> CitizenBooking:
    ask = ChangeRequest(**proof.model_dump(), office_id=office_id, starts_at=starts_at)
    return await bookings.change_booking(city.desk, session, str(uuid4()), ask)


async def test_a_forgotten_tick_keeps_nobody_from_booking_again(city: City) -> None:
    """From the next day on; what nobody ticked stays to be ticked."""
    person, tomorrow = new_person(), DAY + timedelta(days=1)
    session = uuid4()
    await city.hold(session, at(10))
    forgotten = await city.book(session, person=person)
    await city.shift_clock(at(17))
    await city.hold(session, at(9, day=tomorrow))
    with pytest.raises(AlreadyBooked):
        await city.book(session, person=person)
    await city.shift_clock(at(8, day=tomorrow))
    await city.hold(session, at(9, day=tomorrow))
    await city.book(session, person=person)
    statuses = await city.pool.fetch("SELECT number, status FROM booking ORDER BY starts_at")
    assert tuple(statuses[0]) == (forgotten.number, "confirmed")
    await city.hold(session, at(10, day=tomorrow))
    with pytest.raises(AlreadyBooked):
        await city.book(session, person=person)


async def test_a_card_whose_tick_was_forgotten_is_booked_again(city: City) -> None:
    await city.import_card("card")
    tomorrow, session, ticket = DAY + timedelta(days=1), uuid4(), city.ticket("card")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    with pytest.raises(AlreadyBooked):
        await city.hold(session, at(11), "issuance", ticket=ticket)
    await city.shift_clock(at(8, day=tomorrow))
    with pytest.raises(NotFound):
        await bookings.find_booking(city.desk, BookingProof(ticket=ticket))
    await city.hold(session, at(9, day=tomorrow), "issuance", ticket=ticket)
    again = await city.book(session, ticket=ticket)
    assert (
        await bookings.find_booking(city.desk, BookingProof(ticket=ticket))
    ).version == again.version
