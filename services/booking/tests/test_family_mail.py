"""One mail for those who are booked together: whose fact brings it, and what it tells of whom."""

from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.booking import BookingConfirmed, Person
from libs.contracts.notify import MailFailed
from services.booking.domain.problems import OneWindow
from services.booking.handlers import flag_failed_mail

from .city import BORN, City, at, new_person


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
    assert await city.pool.fetchval("SELECT count(*) FROM person_to_call") == 1


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
