"""A forgotten visit turns out to be a handed-over card: the person's newer booking is shown."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import (
    EVERYWHERE,
    BookingCancelled,
    NewerBooking,
    StaffBooking,
    StaffCancel,
    StaffResultChange,
)
from services.booking.actions import staff
from services.booking.actions.corrections.results import correct_result

from .city import DAY, City, at
from .exchanging import card_booked, seen

RIGHTS = frozenset({"bookings.read", "bookings.tick", "bookings.cancel"})
HERE = Caller("lgwan", "sato", RIGHTS, frozenset({"here"}))
PHONE = Caller("lgwan", "abe", RIGHTS | {EVERYWHERE}, frozenset({"there"}))
NEXT = DAY + timedelta(days=1)


async def forgotten(city: City, newer_at: str = "here") -> tuple[StaffBooking, StaffBooking]:
    """A visit that nobody ticked, and what its person booked the day after."""
    one = await card_booked(city, "card")
    await city.shift_clock(at(8, 30, day=NEXT))
    await city.import_card("card", newer_at, version=2)
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(15, day=NEXT), "issuance", newer_at, ticket=ticket)
    again = await city.book(session, ticket=ticket, kana=None, born=None, email="a@example.jp")
    return one, await seen(city, again)


async def correct(city: City, one: StaffBooking, outcome: str, **more: Any) -> None:
    asked = {"version": one.version, "status": "finished", "outcome": outcome, "reason": "omission"}
    ask = StaffResultChange.model_validate(asked | more)
    await correct_result(city.desk, HERE, one.booking_id, str(uuid4()), ask)


async def newer(city: City, booking_id: UUID, caller: Caller = HERE) -> NewerBooking | None:
    return (await staff.see_booking(city.desk, caller, booking_id)).newer


async def test_the_newer_booking_is_shown_until_it_is_cancelled(city: City) -> None:
    one, again = await forgotten(city)
    assert await newer(city, one.booking_id) is None
    await correct(city, one, "collected")
    assert await newer(city, one.booking_id) == NewerBooking(booking=again)
    stop = StaffCancel(version=again.version, reason="重複した予約")
    await staff.cancel_for_citizen(city.desk, HERE, again.booking_id, str(uuid4()), stop)
    assert await newer(city, one.booking_id) is None
    (body,) = await city.facts(BookingCancelled.name)
    told = BookingCancelled.model_validate_json(body)
    assert (told.by_staff, told.contact is not None) == (True, True)


async def test_of_another_office_is_said_only_that_there_is_one(city: City) -> None:
    one, again = await forgotten(city, "there")
    await correct(city, one, "collected")
    assert await newer(city, one.booking_id) == NewerBooking(booking=None)
    assert await newer(city, one.booking_id, PHONE) == NewerBooking(booking=again)


async def test_who_did_not_get_the_card_may_have_booked_again(city: City) -> None:
    one, _ = await forgotten(city)
    await correct(city, one, "papers")
    assert await newer(city, one.booking_id) is None


async def test_the_card_may_have_been_a_further_procedure_of_the_visit(city: City) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold_all(session, at(10), "pin+issuance", ticket=ticket)
    one = await seen(city, await city.book(session, ticket=ticket))
    await city.shift_clock(at(8, 30, day=NEXT))
    await city.hold(session, at(15, day=NEXT), "issuance", ticket=ticket)
    again = await seen(city, await city.book(session, ticket=ticket, kana=None, born=None))
    await correct(city, one, "done", outcomes={"issuance": "collected"})
    assert await newer(city, one.booking_id) == NewerBooking(booking=again)
