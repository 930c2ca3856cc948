"""A stranger whose address is given for invented people gets a handful of mails a day."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import (
    BookingChanged,
    BookingConfirmed,
    BookingProof,
    BookingResent,
    BookingUpdated,
    ChangeRequest,
    CitizenBooking,
    ContactRequest,
)
from services.booking.actions.bookings import cancel_booking, change_booking, find_booking
from services.booking.actions.contact import change_contact
from services.booking.actions.erasure import erase_persons
from services.booking.actions.resend import resend_mail
from services.booking.domain import UnopenedMails
from services.booking.domain.mailboxes import FREE_BOOKINGS, FREE_MAILS, Mailbox, may_mail

from .city import BORN, DAY, NOON_BEFORE, City, at, new_person
from .test_contact import last, link_of

STRANGER = "hanako@example.jp"


async def invent(city: City, number: int, email: str = STRANGER, **more: Any) -> CitizenBooking:
    """A booking by name, at the `number`th time of the day."""
    session = uuid4()
    await city.hold(session, at(9) + timedelta(minutes=30 * (number % 16)))
    return await city.book(session, email=email, **more)


async def invent_all(city: City, count: int = FREE_BOOKINGS) -> list[CitizenBooking]:
    return [await invent(city, number) for number in range(count)]


async def mails(city: City) -> int:
    """Facts that a mail follows, whatever their kind."""
    names = ["confirmed", "changed", "updated", "resent", "cancelled"]
    found: int = await city.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE split_part(name, '.', 2) = ANY ($1)"
        " AND body::jsonb ->> 'contact' IS NOT NULL",
        names,
    )
    return found


async def confirmed(city: City, place: int) -> BookingConfirmed:
    """What was told about the booking at this place in their order."""
    return BookingConfirmed.model_validate_json((await city.facts(BookingConfirmed.name))[place])


def proof(booking: CitizenBooking) -> BookingProof:
    return BookingProof(number=booking.number, born=BORN)


async def resend(city: City, booking: CitizenBooking) -> CitizenBooking:
    return await resend_mail(city.desk, UUID(int=1), uuid4().hex, proof(booking))


async def contact(city: City, booking: CitizenBooking, **ask: Any) -> CitizenBooking:
    wanted = ContactRequest(number=booking.number, born=BORN, **ask)
    return await change_contact(city.desk, UUID(int=1), uuid4().hex, wanted)


async def test_a_family_of_six_is_served_at_once_and_a_seventh_booking_waits(city: City) -> None:
    family = await invent_all(city)
    assert all(booking.has_email and not booking.mail_waits for booking in family)
    seventh = await invent(city, 7)
    assert (seventh.has_email, seventh.mail_waits) == (False, True)
    assert (await find_booking(city.desk, proof(seventh))).mail_waits
    assert await mails(city) == FREE_BOOKINGS


async def test_opening_one_mail_sends_what_waited_and_lets_further_ones_pass(city: City) -> None:
    await invent_all(city)
    seventh = await invent(city, 7)
    opened = link_of(city, await confirmed(city, 0))
    await find_booking(city.desk, opened)
    told = await last(city, BookingResent)
    assert told.number == seventh.number
    assert city.desk.contacts.open(told.contact or "") == STRANGER
    assert (await find_booking(city.desk, link_of(city, told))).has_email
    assert (await invent(city, 8)).has_email
    assert await mails(city) == FREE_BOOKINGS + 2


async def test_a_party_waits_as_a_whole_and_then_gets_a_mail_each(city: City) -> None:
    await invent_all(city, 4)
    session = uuid4()
    await city.hold_all(session, at(14), "slow", "slow", "slow")
    party = await city.book_all(session, *(new_person() for _ in range(3)), email=STRANGER)
    assert party.mail_waits
    assert await mails(city) == 4
    await find_booking(city.desk, link_of(city, await confirmed(city, 0)))
    assert await mails(city) == 7


@pytest.mark.parametrize(
    "written", ["HANAKO@example.jp", "ha.nako@example.jp", "hanako+x@example.jp"]
)
async def test_other_ways_to_write_a_mailbox_are_the_same(city: City, written: str) -> None:
    await invent_all(city)
    assert (await invent(city, 7, written)).mail_waits
    assert (await invent(city, 8, "taro@example.jp")).has_email


async def test_who_comes_with_a_card_always_gets_a_mail(city: City) -> None:
    await invent_all(city)
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(15), "issuance", ticket=ticket)
    assert (await city.book(session, email=STRANGER, ticket=ticket)).has_email


async def test_cancelling_makes_no_room_on_the_same_day_and_is_always_told(city: City) -> None:
    for booking in await invent_all(city):
        await cancel_booking(city.desk, UUID(int=1), uuid4().hex, proof(booking))
    assert await mails(city) == 2 * FREE_BOOKINGS
    assert (await invent(city, 7)).mail_waits
    await city.shift_clock(NOON_BEFORE + timedelta(days=1))
    assert (await invent(city, 8)).has_email


async def test_what_causes_mails_waits_for_one_to_be_opened(city: City) -> None:
    one, *_ = await invent_all(city)
    for _ in range(FREE_MAILS - FREE_BOOKINGS):
        await resend(city, one)
    with pytest.raises(UnopenedMails):
        await resend(city, one)
    with pytest.raises(UnopenedMails):
        await contact(city, one, keep=("email",))
    with pytest.raises(UnopenedMails):
        await move(city, one)
    assert await mails(city) == FREE_MAILS
    await find_booking(city.desk, link_of(city, await last(city, BookingResent)))
    await move(city, one)
    assert (await last(city, BookingChanged)).number == one.number


async def move(city: City, booking: CitizenBooking) -> None:
    session = uuid4()
    await city.hold(session, at(16), change=proof(booking))
    ask = ChangeRequest(number=booking.number, born=BORN, office_id="here", starts_at=at(16))
    await change_booking(city.desk, session, uuid4().hex, ask)


async def test_an_address_that_is_changed_to_counts_there(city: City) -> None:
    await invent_all(city)
    other = await invent(city, 7, "taro@example.jp")
    changed = await contact(city, other, email=STRANGER)
    assert (changed.has_email, changed.mail_waits) == (False, True)
    assert await mails(city) == FREE_BOOKINGS + 1


async def test_a_link_that_was_sent_elsewhere_opens_nothing_there(city: City) -> None:
    """One's own mail, used to give a stranger's address, says nothing about the stranger."""
    await invent_all(city, FREE_BOOKINGS - 1)
    await invent(city, 7, "taro@example.jp")
    own = link_of(city, await confirmed(city, -1))
    ask = ContactRequest(token=own.token, email=STRANGER)
    await change_contact(city.desk, UUID(int=1), uuid4().hex, ask)
    await find_booking(city.desk, own)
    assert (await invent(city, 8)).mail_waits
    await find_booking(city.desk, link_of(city, await last(city, BookingUpdated)))
    assert (await invent(city, 9)).has_email


async def test_eight_at_once_do_not_pass_together(city: City) -> None:
    booked = await asyncio.gather(*(invent(city, number) for number in range(8)))
    assert sum(booking.has_email for booking in booked) == FREE_BOOKINGS


async def test_what_waits_is_forgotten_with_the_booking(city: City) -> None:
    await invent_all(city, 7)
    await city.shift_clock(at(12, 0, DAY + timedelta(days=31)))
    await erase_persons(city.desk.open_store)
    assert await city.pool.fetchval("SELECT count(*) FROM address_use") == 0


def test_a_stranger_gets_no_more_than_a_handful_a_day() -> None:
    for bookings in range(20):
        for sent in range(20):
            allowed = may_mail(Mailbox(False, bookings, sent), 1)
            assert not allowed or (bookings < FREE_BOOKINGS and sent < FREE_MAILS)
    assert FREE_BOOKINGS <= 6
    assert FREE_MAILS <= 8
    assert may_mail(Mailbox(True, 100, 100), 4)
