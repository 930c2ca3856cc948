"""A visit whose day has passed is over, ticked or not: nothing about it is changed any more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import get_args
from uuid import uuid4

import pytest

from libs.contracts.booking import (
    STANDING,
    BookingProof,
    ChangeRequest,
    CounterLink,
    StaffBooking,
    StaffCancel,
    StaffContactChange,
    StaffMove,
    Status,
)
from libs.contracts.eligibility import CardHolder, PersonsImported
from services.booking.actions import bookings, staff
from services.booking.actions.corrections.contact import correct_contact
from services.booking.actions.corrections.moves import move_booking, see_times
from services.booking.actions.phone.links import link_card
from services.booking.actions.resend import resend_mail
from services.booking.domain import NotActive, standing
from services.booking.handlers import save_cards
from services.booking.store import standing as sql

from .city import BORN, DAY, City, at
from .exchanging import HERE, booked, by_number, replace, swap, two
from .test_contact import update
from .test_phone_links import unlinked

NEXT = DAY + timedelta(days=1)
MORNING = at(8, 30, day=NEXT)
Deed = Callable[[City, StaffBooking], Awaitable[object]]


async def moved(city: City, b: StaffBooking) -> object:
    ask = StaffMove(version=b.version, office_id="here", starts_at=at(15, day=NEXT))
    return await move_booking(city.desk, HERE, b.booking_id, str(uuid4()), ask)


async def times_seen(city: City, b: StaffBooking) -> object:
    return await see_times(city.desk, HERE, b.booking_id, "here", NEXT)


async def cancelled(city: City, b: StaffBooking) -> object:
    ask = StaffCancel(version=b.version, reason="ご本人からの申し出")
    return await staff.cancel_for_citizen(city.desk, HERE, b.booking_id, str(uuid4()), ask)


async def reached(city: City, b: StaffBooking) -> object:
    ask = StaffContactChange(version=b.version, email="new@example.jp")
    return await correct_contact(city.desk, HERE, b.booking_id, str(uuid4()), ask)


async def replaced(city: City, b: StaffBooking) -> object:
    return await replace(city, b)


async def swapped(city: City, b: StaffBooking) -> object:
    other = await city.pool.fetchval(
        "SELECT number FROM booking WHERE booking_id <> $1", b.booking_id
    )
    return await swap(city, b, await by_number(city, other))


async def own_cancelled(city: City, b: StaffBooking) -> object:
    return await bookings.cancel_booking(city.desk, uuid4(), str(uuid4()), proof(b))


async def own_moved(city: City, b: StaffBooking) -> object:
    """The time is held by hand: nobody can choose one for a visit that is over."""
    session, start = uuid4(), at(15, day=NEXT)
    await city.hold(session, start)
    await city.pool.execute("UPDATE hold SET change_of = $1", b.booking_id)
    ask = ChangeRequest(number=b.number, born=BORN, office_id="here", starts_at=start)
    return await bookings.change_booking(city.desk, session, str(uuid4()), ask)


async def own_contact(city: City, b: StaffBooking) -> object:
    return await update(city, proof(b), email="new@example.jp")


async def own_mail(city: City, b: StaffBooking) -> object:
    return await resend_mail(city.desk, uuid4(), str(uuid4()), proof(b))


def proof(b: StaffBooking) -> BookingProof:
    return BookingProof(number=b.number, born=BORN)


DEEDS: tuple[Deed, ...] = (
    moved, times_seen, cancelled, reached, replaced, swapped,
    own_cancelled, own_moved, own_contact, own_mail,
)  # fmt: skip


async def state(city: City) -> tuple[object, ...]:
    """Bookings and facts about them, as far as a change would show."""
    rows = await city.pool.fetch("SELECT booking_id, version, starts_at FROM booking ORDER BY 1")
    facts = await city.pool.fetchval("SELECT count(*) FROM outbox WHERE name LIKE 'booking.%'")
    return *map(tuple, rows), facts


async def test_nothing_is_changed_about_a_visit_of_yesterday(city: City) -> None:
    one, _ = await two(city)
    await city.shift_clock(MORNING)
    before = await state(city)
    for deed in DEEDS:
        with pytest.raises(NotActive):
            await deed(city, one)
        assert await state(city) == before, deed.__name__


@pytest.mark.parametrize("deed", [reached, replaced, moved, cancelled, swapped])
async def test_until_midnight_staff_change_a_visit_of_the_day(city: City, deed: Deed) -> None:
    """Somebody who is late may have another day."""
    one, _ = await two(city)
    await city.shift_clock(at(23, 50))
    await deed(city, one)


async def test_a_forgotten_visit_does_not_become_a_second_booking(city: City) -> None:
    forgotten = await booked(city, "オオイタ ジロウ")
    await city.shift_clock(MORNING)
    session = uuid4()
    await city.hold(session, at(11, day=NEXT))
    await city.book(session, "オオイタ ジロウ")
    with pytest.raises(NotActive):
        await moved(city, forgotten)
    standing = "SELECT count(*) FROM booking WHERE status = 'confirmed' AND starts_at > clock()"
    assert await city.pool.fetchval(standing) == 1


async def test_a_visit_of_yesterday_waits_for_no_booking_id(city: City) -> None:
    await city.import_card("card")
    one = await unlinked(city)
    await city.shift_clock(MORNING)
    ask = CounterLink(version=one.version, ticket=city.ticket("card"))
    with pytest.raises(NotActive):
        await link_card(city.desk, HERE, one.booking_id, str(uuid4()), ask)


async def test_a_shield_changes_no_visit_of_yesterday(city: City) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket, email="a@example.jp")
    await city.shift_clock(MORNING)
    before = await state(city)
    holder = CardHolder(card_key="card", office_id="here", state="ready", version=2, shielded=True)
    async with city.desk.open_store() as store:
        await save_cards(PersonsImported(batch_id=uuid4(), holders=(holder,)), store)
    assert await state(city) == before


async def test_the_rule_is_the_same_in_sql(city: City) -> None:
    await city.shift_clock(at(12))
    now = await city.pool.fetchval("SELECT clock()")
    for status in get_args(Status):
        for start in (
            at(23, 55, day=DAY - (NEXT - DAY)),
            at(0),
            at(9),
            at(23, 55),
            at(0, day=NEXT),
        ):
            row = await city.pool.fetchrow(
                f"SELECT {sql.stands()} AS stands, {sql.is_forgotten()} AS forgotten "
                "FROM (VALUES ($1::text, $2::timestamptz)) AS booking (status, starts_at)",
                status, start,
            )  # fmt: skip
            expected = standing.stands(status, start, now)
            past = standing.day_from(now, start) == "past"
            assert row and tuple(row) == (expected, past and status in STANDING)
