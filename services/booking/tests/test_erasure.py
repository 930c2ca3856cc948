"""30 days after a visit or its cancellation nothing of the person is left."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import BookingErased, BookingProof, CitizenBooking
from services.booking.actions.bookings import find_booking
from services.booking.actions.erasure import erase_persons

from .city import BORN, City, at

A_MONTH = timedelta(days=30)
PERSONAL = ("kana", "contact", "phone", "interpreter")


async def a_booking(city: City) -> CitizenBooking:
    await city.set_rules("slow", phone="optional")
    session = uuid4()
    await city.hold(session, at(10))
    about = {"phone": "0975346111", "needs": ("interpreter",), "interpreter": "ne"}
    return await city.book(session, "オオイタ", email="a@example.jp", **about)


async def kept(city: City, booking: CitizenBooking) -> dict[str, object]:
    (row,) = await city.pool.fetch("SELECT * FROM booking WHERE number = $1", booking.number)
    return dict(row)


async def test_a_month_after_the_visit_the_person_is_forgotten_and_the_booking_counts(
    city: City,
) -> None:
    booking = await a_booking(city)
    await city.shift_clock(at(10) + A_MONTH - timedelta(minutes=1))
    assert await erase_persons(city.desk.open_store) == 0
    before = await kept(city, booking)
    await city.shift_clock(at(10) + A_MONTH + timedelta(minutes=1))
    assert await erase_persons(city.desk.open_store) == 1
    after = await kept(city, booking)
    assert [after[name] for name in PERSONAL] == [None] * 4
    assert after["needs"] == []
    assert {before["person_key"], before["birth_digest"]} & set(map(str, after.values())) == set()
    assert (after["procedure_id"], after["starts_at"]) == ("slow", at(10))


async def test_a_month_after_a_cancellation_the_person_is_forgotten(city: City) -> None:
    await city.shift_clock(at(9) - timedelta(days=50))
    await city.set_rules("slow", opens_days_before=60)
    booking, standing = await a_booking(city), await city.booked(at(11))
    await city.cancel(booking)
    await city.shift_clock(at(9) - timedelta(days=50) + A_MONTH + timedelta(minutes=1))
    assert await erase_persons(city.desk.open_store) == 1
    assert (await kept(city, booking))["erased_at"] is not None
    assert (await kept(city, standing))["erased_at"] is None


async def test_others_are_told_once_and_without_a_person(city: City) -> None:
    await a_booking(city)
    await city.shift_clock(at(11) + A_MONTH)
    assert [await erase_persons(city.desk.open_store) for _ in range(2)] == [1, 0]
    (body,) = await city.facts(BookingErased.name)
    booking_id: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    assert BookingErased.model_validate_json(body).booking_id == booking_id


async def test_an_erased_booking_opens_to_nobody(city: City) -> None:
    booking = await a_booking(city)
    await city.shift_clock(at(11) + A_MONTH)
    await erase_persons(city.desk.open_store)
    with pytest.raises(NotFound):
        await find_booking(city.desk, BookingProof(number=booking.number, born=BORN))


async def test_a_cancelled_and_a_forgotten_visit_of_one_person_are_both_erased(city: City) -> None:
    first = await a_booking(city)
    await city.cancel(first)
    await a_booking(city)
    await city.shift_clock(at(11) + A_MONTH)
    assert await erase_persons(city.desk.open_store) == 2
