"""One mail for those who are booked together: whose fact brings it, and what it tells of whom."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import BookingConfirmed, BookingProof, CallNote, ContactRequest, Person
from libs.contracts.notify import MailedBooking, MailFailed, ReminderFailed
from services.booking.actions.bookings import cancel_booking
from services.booking.actions.contact import change_contact
from services.booking.actions.people_to_call import note_call, people_to_call
from services.booking.domain.problems import OneWindow
from services.booking.handlers import call_instead, flag_failed_mail

from .city import BORN, City, at, new_person
from .clerks import clerk

CLERK = clerk("sato", "here")


async def confirmations(city: City) -> list[BookingConfirmed]:
    """The facts of one party, that with the mail first."""
    bodies = await city.facts("booking.confirmed.v1")
    facts = [BookingConfirmed.model_validate_json(body) for body in bodies]
    return sorted(facts, key=lambda fact: not fact.mail)


async def booked(city: City, **more: Any) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "pin+slow")
    await city.book_all(session, new_person(), new_person(), **more)


async def test_the_first_one_s_fact_brings_the_mail_and_names_the_others(city: City) -> None:
    await booked(city, email="hana@example.jp", relations=("self", "child"))
    first, other = await confirmations(city)
    assert (first.mail, first.relation, other.mail, other.party) == (True, "self", False, ())
    (told,) = first.party
    assert (told.number, told.procedure_ids) == (other.number, ("pin", "slow"))
    assert (told.relation, told.starts_at) == ("child", other.starts_at)


async def test_one_alone_and_a_party_without_an_address_need_no_word_of_others(city: City) -> None:
    await booked(city)
    assert [(fact.mail, fact.party) for fact in await confirmations(city)] == [(True, ())] * 2


async def test_a_family_s_mail_that_did_not_arrive_is_shown_on_each_booking_and_called_for_once(
    city: City,
) -> None:
    await booked(city, email="hana@example.jp")
    first, _ = await confirmations(city)
    failed = MailFailed(
        booking_id=first.booking_id, version=1, kind="confirmed", office_id="here", reason="550",
        at=first.at,
    )  # fmt: skip
    async with city.desk.open_store() as store:
        await flag_failed_mail(failed, store)
    assert await city.pool.fetchval("SELECT count(*) FROM booking WHERE mail_failed") == 2
    assert (await people_to_call(city.desk, CLERK, None, False)).total == 1


async def family(city: City) -> list[BookingConfirmed]:
    await booked(city, email="hana@example.jp", relations=("self", "child"))
    return await confirmations(city)


async def unreminded(city: City, first: BookingConfirmed, *others: BookingConfirmed) -> None:
    """The one reminder of these was not delivered by the hour of calls."""
    told = tuple(MailedBooking(booking_id=one.booking_id, version=1) for one in others)
    fact = ReminderFailed(
        booking_id=first.booking_id, version=1, office_id="here", reason="450", at=first.at,
        others=told,
    )  # fmt: skip
    async with city.desk.open_store() as store:
        await call_instead(fact, store)


async def cancel(city: City, one: BookingConfirmed) -> None:
    proof = BookingProof(number=one.number, born=BORN)
    await cancel_booking(city.desk, uuid4(), str(uuid4()), proof)


async def called(city: City) -> list[UUID]:
    found = await people_to_call(city.desk, CLERK, None, False)
    return [person.booking_id for person in found.people]


async def test_a_family_that_nobody_reminded_is_called_once(city: City) -> None:
    first, other = await family(city)
    await unreminded(city, first, other)
    assert await called(city) == [first.booking_id]
    note = CallNote(result="done")
    await note_call(city.desk, CLERK, first.booking_id, str(uuid4()), note)
    assert await called(city) == []


@pytest.mark.parametrize("withdraws", ["cancels", "changes the address"])
async def test_where_one_withdrew_meanwhile_the_others_are_called_all_the_same(
    city: City, withdraws: str
) -> None:
    first, other = await family(city)
    if withdraws == "cancels":
        await cancel(city, first)
    else:
        proof = {"number": first.number, "born": BORN}
        ask = ContactRequest.model_validate({**proof, "email": "new@example.jp"})
        await change_contact(city.desk, uuid4(), str(uuid4()), ask)
    await unreminded(city, first, other)
    assert await called(city) == [other.booking_id]


async def test_who_withdrew_after_the_call_was_due_leaves_it_to_the_others(city: City) -> None:
    first, other = await family(city)
    await unreminded(city, first, other)
    await cancel(city, first)
    assert await called(city) == [other.booking_id]


async def test_a_guardian_of_two_is_at_one_window_after_the_other(city: City) -> None:
    guardians = {"visitor": "guardian"}
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    party = [Person(visitor="guardian", kana=new_person(), born=BORN)]
    with pytest.raises(OneWindow):
        await city.book(session, new_person(), party=party, **guardians)
    await city.hold_all(session, at(10), "slow", "slow", arrangement="in_turn")
    booking = await city.book(session, new_person(), party=party, **guardians)
    assert booking.party_size == 2
