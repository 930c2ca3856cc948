"""A booking is not moved to a day on which its person would need a guardian."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from libs.contracts.booking import BookingProof, CitizenBooking, Visitor
from libs.rules.visits import coming_of_age, is_under_age
from services.booking.domain import GuardianNeeded

from .city import DAY, City, at
from .test_bookings import send_change

NEXT = DAY + timedelta(days=1)
BIRTHDAY = date(NEXT.year - 15, NEXT.month, NEXT.day)
"""Somebody born then comes of age on the second of the two days."""


async def booked(
    city: City, born: date, visitor: Visitor = "self", *procedures: str
) -> CitizenBooking:
    session = uuid4()
    await city.hold_all(session, at(10, day=NEXT), "+".join(procedures or ("slow",)))
    return await city.book(session, born=born, visitor=visitor)


async def move(city: City, booking: CitizenBooking, born: date) -> CitizenBooking:
    session, proof = uuid4(), BookingProof(number=booking.number, born=born)
    ask = {"also": booking.also, "change": proof}
    await city.hold_all(session, at(11), booking.procedure_id, **ask)
    return await send_change(city, session, proof, at(11))


@pytest.mark.parametrize("procedures", [("slow",), ("slow", "pin")])
async def test_who_comes_of_age_in_between_is_not_moved_to_the_day_before(
    city: City, procedures: tuple[str, ...]
) -> None:
    booking = await booked(city, BIRTHDAY, "self", *procedures)
    with pytest.raises(GuardianNeeded):
        await move(city, booking, BIRTHDAY)


async def test_a_time_held_before_is_not_taken_either(city: City) -> None:
    """Whoever holds the time before the booking itself was moved."""
    booking = await booked(city, BIRTHDAY)
    proof, session = BookingProof(number=booking.number, born=BIRTHDAY), uuid4()
    await city.pool.execute("UPDATE booking SET visitor = 'guardian'")
    await city.hold(session, at(11), change=proof)
    await city.pool.execute("UPDATE booking SET visitor = 'self'")
    with pytest.raises(GuardianNeeded):
        await send_change(city, session, proof, at(11))


@pytest.mark.parametrize(
    ("born", "visitor"),
    [(BIRTHDAY - timedelta(days=1), "self"), (BIRTHDAY, "guardian"), (date(1950, 1, 2), "proxy")],
)
async def test_who_is_of_age_or_comes_with_a_guardian_is_moved(
    city: City, born: date, visitor: Visitor
) -> None:
    await city.set_rules("slow", visitors=("self", "guardian", "proxy"))
    moved = await move(city, await booked(city, born, visitor), born)
    assert moved.starts_at == at(11)


def test_those_who_come_of_age_between_two_days_are_all_found() -> None:
    for before in (date(2027, 2, 27), date(2028, 2, 27), date(2027, 12, 30)):
        until = before + timedelta(days=60)
        found = set(coming_of_age(before, until))
        for n in range(-400, 400):
            born = date(before.year - 15, 6, 1) + timedelta(days=n)
            changes = is_under_age(born, before) and not is_under_age(born, until)
            assert (born in found) == changes
    assert coming_of_age(date(2027, 3, 1), date(2027, 3, 1)) == []
    assert coming_of_age(date(2027, 3, 9), date(2027, 3, 1)) == []
