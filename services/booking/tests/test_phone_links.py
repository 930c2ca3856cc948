"""Bookings made without a booking id get their card later, by hand."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import BookingProof, StaffBooking
from services.booking.actions import bookings as citizens
from services.booking.actions import staff
from services.booking.actions.phone import bookings
from services.booking.domain import (
    AlreadyBooked,
    NotEligible,
    OtherBirth,
    VersionConflict,
    WrongState,
)

from .city import BORN, DAY, City, at
from .clerks import Call, clerk

OTHER_BIRTH = date(1951, 2, 3)


async def unlinked(city: City, hour: int = 10, *procedures: str, **more: Any) -> StaffBooking:
    call = Call(city)
    await call.hold(at(hour), *(procedures or ("issuance",)))
    return await call.book(unlinked=True, **more)


async def test_a_linked_booking_is_that_of_the_cards_person(city: City) -> None:
    await city.import_card("card")
    booked = await unlinked(city)
    linked = await Call(city).link(booked, city.ticket("card"))
    assert (linked.version, linked.card_moved) == (2, False)
    assert (await bookings.list_unlinked(city.desk, clerk())).bookings == ()
    detail = await staff.see_booking(city.desk, clerk(), booked.booking_id)
    assert detail.unlinked is False
    assert [(line.actor, line.what) for line in detail.history] == [
        ("sato", "booked"),
        ("sato", "linked"),
    ]
    with pytest.raises(AlreadyBooked):
        await city.hold(uuid4(), at(11), "issuance", ticket=city.ticket("card"))
    by_card = BookingProof(ticket=city.ticket("card"))
    assert (await citizens.find_booking(city.desk, by_card)).number == booked.number


async def test_a_clash_is_shown_with_the_other_booking_and_nothing_is_merged(city: City) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(9), "issuance", ticket=ticket)
    online = await city.book(session, ticket=ticket, kana=None, born=None)
    booked = await unlinked(city)
    with pytest.raises(AlreadyBooked) as refused:
        await Call(city).link(booked, ticket)
    assert refused.value.facts["booking"]["number"] == online.number
    detail = await staff.see_booking(city.desk, clerk(), booked.booking_id)
    assert (detail.unlinked, detail.booking.version) == (True, 1)
    await city.cancel(online)
    assert (await Call(city).link(booked, ticket)).version == 2


async def test_a_forgotten_tick_keeps_no_booking_from_being_linked(city: City) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(9), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket, kana=None, born=None)
    tomorrow = DAY + timedelta(days=1)
    call = Call(city)
    await call.hold(at(10, day=tomorrow), "issuance")
    booked = await call.book(unlinked=True)
    with pytest.raises(AlreadyBooked):
        await call.link(booked, ticket)
    await city.shift_clock(at(8, day=tomorrow))
    assert (await call.link(booked, ticket)).version == 2


async def test_a_card_beside_another_procedure_takes_the_place_of_its_own_key_only(
    city: City,
) -> None:
    await city.import_card("card")
    booked = await unlinked(city, 10, "pin", "issuance", kana="オオイタ ハナコ")
    await Call(city).link(booked, city.ticket("card"))
    with pytest.raises(AlreadyBooked):
        await city.hold(uuid4(), at(11), "issuance", ticket=city.ticket("card"))
    again = Call(city)
    await again.hold(at(12), "pin")
    with pytest.raises(AlreadyBooked):
        await again.book("オオイタ ハナコ")


async def test_another_date_of_birth_is_refused_until_staff_say_it_was_misheard(
    city: City,
) -> None:
    await city.import_card("card")
    booked = await unlinked(city, born=OTHER_BIRTH)
    with pytest.raises(OtherBirth):
        await Call(city).link(booked, city.ticket("card"))
    linked = await Call(city).link(booked, city.ticket("card"), mend_birth=True)
    detail = await staff.see_booking(city.desk, clerk(), booked.booking_id)
    assert detail.history[-1].reason == "生年月日を訂正"
    found = await citizens.find_booking(city.desk, BookingProof(number=linked.number, born=BORN))
    assert found.number == linked.number


async def test_a_card_that_lies_elsewhere_flags_the_booking(city: City) -> None:
    await city.import_card("card", "there")
    assert (await Call(city).link(await unlinked(city), city.ticket("card"))).card_moved


async def test_only_what_waits_for_a_booking_id_takes_one_and_only_once(city: City) -> None:
    await city.import_card("card")
    booked, ticket = await unlinked(city), city.ticket("card")
    call = Call(city)
    with pytest.raises(NotEligible):
        await call.link(booked, city.ticket("nobody"))
    with pytest.raises(NotEligible):
        await call.link(booked, "no ticket")
    linked = await call.link(booked, ticket)
    with pytest.raises(VersionConflict):
        await call.link(booked, ticket)
    with pytest.raises(WrongState):
        await call.link(linked, ticket)
    await city.booked(at(15))
    (named,) = await city.pool.fetch("SELECT booking_id FROM booking WHERE starts_at = $1", at(15))
    other = linked.model_copy(update={"booking_id": named["booking_id"], "version": 1})
    with pytest.raises(WrongState):
        await call.link(other, ticket)


async def test_a_booking_of_another_office_cannot_be_linked(city: City) -> None:
    await city.import_card("card")
    booked = await unlinked(city)
    with pytest.raises(NotFound):
        await Call(city, clerk("kudo", "there")).link(booked, city.ticket("card"))
