"""Bookings that staff make: by ticket, by name, without a booking id; duplicates and namesakes."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    BookingConfirmed,
    BookingProof,
    CounterBooking,
    Person,
    StaffBookingDetail,
    VisitorRule,
)
from services.booking.actions import bookings as citizens
from services.booking.actions import staff
from services.booking.actions.phone import bookings
from services.booking.domain import (
    AlreadyBooked,
    GuardianNeeded,
    HoldExpired,
    LikeAnother,
    NotEligible,
)

from .city import BORN, DAY, City, at
from .clerks import Call, clerk

NAME = "オオイタ ハナコ"


async def call_at(city: City, hour: int, *procedures: str, name: str = "sato") -> Call:
    call = Call(city, clerk(name))
    await call.hold(at(hour), *procedures)
    return call


async def seen(city: City, number: str) -> StaffBookingDetail:
    booking_id = await city.pool.fetchval(
        "SELECT booking_id FROM booking WHERE number = $1", number
    )
    return await staff.see_booking(city.desk, clerk(), booking_id)


async def test_a_caller_finds_the_booking_with_number_and_birth_and_is_mailed(city: City) -> None:
    call = await call_at(city, 10, "slow", "pin")
    booked = await call.book(
        NAME, email="hanako@example.jp", phone="0975346111", language="en", needs=("wheelchair",)
    )
    found = await citizens.find_booking(city.desk, BookingProof(number=booked.number, born=BORN))
    assert (found.starts_at, found.minutes, found.also) == (at(10), 45, ("pin",))
    assert (found.has_email, found.has_phone, found.language) == (True, True, "en")
    (told,) = map(BookingConfirmed.model_validate_json, await city.facts("booking.confirmed.v1"))
    assert (told.channel, told.language) == ("phone", "en")
    assert told.contact and city.desk.contacts.open(told.contact) == "hanako@example.jp"
    assert told.link
    detail = await seen(city, booked.number)
    assert (detail.kana, detail.phone, detail.needs) == (NAME, "0975346111", ("wheelchair",))
    assert [(line.actor, line.what, line.reason) for line in detail.history] == [
        ("sato", "booked", None)
    ]


async def test_a_card_is_known_by_its_ticket_and_its_office(city: City) -> None:
    await city.import_card("card")
    call = await call_at(city, 10, "issuance")
    with pytest.raises(NotEligible):
        await call.book()
    with pytest.raises(NotEligible):
        await call.book(ticket=city.ticket("nobody"))
    booked = await call.book(ticket=city.ticket("card"), born=None, kana=None)
    assert (await seen(city, booked.number)).kana is None
    assert await city.pool.fetchval("SELECT card_key FROM booking") == "card"


async def test_the_same_person_is_refused_with_the_booking_that_stands(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(9))
    online = await city.book(session, NAME)
    call = await call_at(city, 10)
    with pytest.raises(AlreadyBooked) as refused:
        await call.book("おおいた はなこ")
    assert refused.value.facts["booking"]["number"] == online.number
    there = Call(city, clerk("kudo", "there"))
    await there.hold(at(10), office_id="there")
    with pytest.raises(AlreadyBooked) as refused:
        await there.book(NAME)
    assert refused.value.facts == {"person": 0}
    assert (await call.book(NAME, another_person=True)).number != online.number


async def test_a_namesake_is_booked_when_staff_say_so_and_the_history_says_it(city: City) -> None:
    first = await call_at(city, 10)
    await first.book(NAME)
    second = await call_at(city, 11)
    booked = await second.book(NAME, another_person=True)
    assert (await seen(city, booked.number)).history[0].reason == "別の方と確認"
    third = await call_at(city, 12)
    with pytest.raises(AlreadyBooked):
        await third.book(NAME)


async def test_phone_and_web_at_once_leave_one_booking_of_a_person(city: City) -> None:
    for hour in (9, 11, 13):
        call = await call_at(city, hour)
        session = uuid4()
        await city.hold(session, at(hour + 1))
        name = f"ドウジ{'アイウ'[hour % 3]}"
        results = await asyncio.gather(
            call.book(name), city.book(session, name), return_exceptions=True
        )
        assert sum(isinstance(one, AlreadyBooked) for one in results) == 1
        assert sum(hasattr(one, "number") for one in results) == 1


async def test_the_same_key_makes_one_booking(city: City) -> None:
    call = await call_at(city, 10)
    ask = call.wish(NAME)
    made = [await bookings.book(city.desk, call.caller, "k" * 32, ask) for _ in range(2)]
    assert made[0] == made[1]
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 1


async def test_what_is_booked_is_what_the_page_showed(city: City) -> None:
    call = await call_at(city, 10)
    for other in (
        {"starts_at": at(11)},
        {"office_id": "there"},
        {"procedure_ids": ("slow", "pin")},
        {"procedure_ids": ()},
    ):
        with pytest.raises(HoldExpired):
            await call.book(NAME, **other)
    assert (await call.book(NAME)).starts_at == at(10)


async def test_an_office_that_is_not_served_takes_no_booking(city: City) -> None:
    call = await call_at(city, 10)
    call.caller = clerk("sato", "there")
    with pytest.raises(NotFound):
        await call.book(NAME)


async def test_staff_book_for_a_proxy_who_is_told_to_phone_but_for_nobody_else(city: City) -> None:
    led = (VisitorRule(visitor="proxy", phone_reason="お電話ください。"),)
    await city.set_rules("slow", rules=led, asks_inquiry=True, email="required", phone="off")
    call = await call_at(city, 10)
    booked = await call.book(NAME, visitor="proxy", has_inquiry=False, phone="09012345678")
    assert (await seen(city, booked.number)).has_inquiry is False
    other = await call_at(city, 11, "pin")
    with pytest.raises(Malformed):
        await other.book(visitor="proxy")
    child = DAY - timedelta(days=365 * 10)
    with pytest.raises(GuardianNeeded):
        await other.book(born=child)
    assert (await other.book(born=child, visitor="guardian")).visitor == "guardian"


async def test_a_date_of_birth_and_a_name_are_always_needed(city: City) -> None:
    call = await call_at(city, 10)
    for missing in ({"born": None}, {"born": DAY + timedelta(days=1)}):
        with pytest.raises(Malformed):
            await call.book(NAME, **missing)
    with pytest.raises(Malformed):
        await call.book("大分太郎")
    with pytest.raises(Malformed):
        await call.book(NAME, unlinked=True)


async def test_somebody_at_the_counter_is_ticked_off_at_once(city: City) -> None:
    await city.shift_clock(at(10, 2))
    call = Call(city)
    await call.hold(None, "pin")
    booked = await call.book(channel="counter", arrived=True)
    assert (booked.channel, booked.status, booked.version) == ("counter", "arrived", 2)
    assert len(await city.facts("booking.confirmed.v1")) == 1
    assert len(await city.facts("booking.arrived.v1")) == 1
    detail = await seen(city, booked.number)
    assert [line.what for line in detail.history] == ["booked", "arrive"]
    assert detail.reception == 1


async def test_without_a_booking_id_the_booking_stands_and_is_listed_as_unlinked(
    city: City,
) -> None:
    call = await call_at(city, 10, "issuance")
    booked = await call.book(NAME, unlinked=True)
    detail = await seen(city, booked.number)
    assert (detail.kana, detail.unlinked) == (NAME, True)
    assert detail.history[0].reason == "予約ID未確認"
    listed = await bookings.list_unlinked(city.desk, clerk())
    assert [one.number for one in listed.bookings] == [booked.number]
    assert (await bookings.list_unlinked(city.desk, clerk("kudo", "there"))).bookings == ()
    proof = BookingProof(number=booked.number, born=BORN)
    await citizens.cancel_booking(city.desk, uuid4(), "c" * 32, proof)
    assert (await bookings.list_unlinked(city.desk, clerk())).bookings == ()


async def test_somebody_with_the_same_phone_number_and_birth_is_asked_about(city: City) -> None:
    await city.set_rules("issuance", phone="optional")
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(9), "issuance", ticket=ticket)
    online = await city.book(session, ticket=ticket, kana=None, born=None, phone="09012345678")
    call = await call_at(city, 10, "issuance")
    with pytest.raises(LikeAnother) as refused:
        await call.book(NAME, unlinked=True, phone="09012345678")
    assert refused.value.facts["booking"]["number"] == online.number
    assert (await call.book(NAME, unlinked=True, phone="09087654321")).number
    twin = await call_at(city, 11, "issuance")
    with pytest.raises(LikeAnother):
        await twin.book(NAME, unlinked=True)
    other_birth = date(1951, 2, 3)
    assert (await twin.book(NAME, unlinked=True, born=other_birth)).number
    said = await call_at(city, 12, "issuance")
    booked = await said.book(NAME, unlinked=True, another_person=True)
    assert (await seen(city, booked.number)).history[0].reason == "別の方と確認、予約ID未確認"


def test_what_a_form_of_staff_asks_is_what_citizens_are_asked_and_more() -> None:
    assert set(Person.model_fields) < set(CounterBooking.model_fields)
