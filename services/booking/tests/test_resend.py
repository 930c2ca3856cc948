"""The mail that confirms a booking is sent once more to whoever asks, and not without end."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import BookingProof, BookingResent, CitizenBooking
from services.booking.actions.bookings import find_booking
from services.booking.actions.resend import MOST_A_DAY, resend_mail
from services.booking.domain import MailedEnough, NotActive, TooLate

from .city import BORN, NOON_BEFORE, City, at
from .test_contact import last, link_of

SESSION = UUID(int=1)


async def mailed(city: City, email: str | None = "hanako@example.jp") -> BookingProof:
    session = uuid4()
    await city.hold(session, at(10))
    booking = await city.book(session, email=email)
    return BookingProof(number=booking.number, born=BORN)


async def resend(city: City, proof: BookingProof, key: str = "") -> CitizenBooking:
    return await resend_mail(city.desk, SESSION, key or str(uuid4()), proof)


async def test_the_mail_goes_to_the_same_address_with_a_link_that_opens(city: City) -> None:
    proof = await mailed(city)
    again = await resend(city, proof)
    told = await last(city, BookingResent)
    assert (told.version, told.status, told.starts_at) == (2, "confirmed", at(10))
    assert city.desk.contacts.open(told.contact or "") == "hanako@example.jp"
    assert (await find_booking(city.desk, link_of(city, told))).number == again.number
    what = await city.pool.fetch("SELECT actor, what FROM booking_history ORDER BY version")
    assert [tuple(row) for row in what] == [("citizen", "booked"), ("citizen", "resent")]


async def test_two_clicks_are_one_mail(city: City) -> None:
    proof, key = await mailed(city), str(uuid4())
    for _ in range(2):
        await resend(city, proof, key)
    assert len(await city.facts(BookingResent.name)) == 1


async def test_a_mailbox_is_not_filled_and_tomorrow_is_another_day(city: City) -> None:
    proof = await mailed(city)
    for _ in range(MOST_A_DAY):
        await resend(city, proof)
    with pytest.raises(MailedEnough):
        await resend(city, proof)
    assert len(await city.facts(BookingResent.name)) == MOST_A_DAY
    await city.shift_clock(NOON_BEFORE + timedelta(days=1))
    await resend(city, proof)


async def test_there_is_nothing_to_send_without_an_address_or_a_standing_booking(
    city: City,
) -> None:
    with pytest.raises(NotActive):
        await resend(city, await mailed(city, email=None))
    proof = await mailed(city)
    await city.shift_clock(at(10, 1))
    with pytest.raises(TooLate):
        await resend(city, proof)
    await city.pool.execute("UPDATE booking SET status = 'cancelled'")
    with pytest.raises(NotActive):
        await resend(city, proof)
    assert await city.facts(BookingResent.name) == []


async def test_the_citizen_is_told_that_a_mail_was_not_delivered(city: City) -> None:
    proof = await mailed(city)
    assert not (await find_booking(city.desk, proof)).mail_failed
    await city.pool.execute("UPDATE booking SET mail_failed = true")
    assert (await find_booking(city.desk, proof)).mail_failed


async def test_an_address_that_failed_is_not_said_to_fail_while_it_is_tried_again(
    city: City,
) -> None:
    proof = await mailed(city)
    await city.pool.execute("UPDATE booking SET mail_failed = true")
    assert (await find_booking(city.desk, proof)).mail_failed
    assert not (await resend(city, proof)).mail_failed
    assert not (await find_booking(city.desk, proof)).mail_failed
