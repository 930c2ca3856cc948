"""People who are not served online: their bookings are nobody's online, and no mail goes out."""

from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import (
    BookingConfirmed,
    BookingProof,
    BookingUpdated,
    CallNote,
    DisplacedAnswer,
    DisplacedCall,
    Person,
    PersonExchange,
    PutDay,
    StaffContactChange,
)
from libs.contracts.eligibility import CardHolder, PersonsImported
from services.booking.actions import lists, staff
from services.booking.actions.bookings import find_booking
from services.booking.actions.corrections.contact import correct_contact
from services.booking.actions.exchanges import replace_person
from services.booking.actions.people_to_call import note_call, people_to_call
from services.booking.actions.schedules import answers
from services.booking.domain import AlreadyBooked, ByChief, CardElsewhere, NotEligible
from services.booking.handlers import save_cards
from services.booking.store.lists import Filter

from .city import BORN, City, at
from .clerks import Call, clerk
from .planning import apply, closed, month
from .test_contact import last
from .test_links import links

HERE = Caller("lgwan", "sato", frozenset({"bookings.read"}), frozenset({"here"}))
CHIEF = Caller("lgwan", "mori", HERE.rights | {"persons.shielded"}, HERE.offices)
CARD, EMAIL = "card-1", "a@example.jp"


async def shield(city: City, version: int = 2) -> None:
    holder = CardHolder(
        card_key=CARD, office_id="here", state="ready", version=version, shielded=True
    )
    async with city.desk.open_store() as store:
        await save_cards(PersonsImported(batch_id=uuid4(), holders=(holder,)), store)


async def booked_online(city: City) -> str:
    """The number of a booking with an address, made before anybody knew."""
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold(session, at(10), "issuance", ticket=ticket)
    return (await city.book(session, ticket=ticket, email=EMAIL)).number


async def the_id(city: City) -> UUID:
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    return found


async def test_their_number_their_link_and_their_card_open_nothing(city: City) -> None:
    number = await booked_online(city)
    (link,) = await links(city)
    proofs = [
        BookingProof(number=number, born=BORN), link, BookingProof(ticket=city.ticket(CARD)),
    ]  # fmt: skip
    for proof in proofs:
        assert (await find_booking(city.desk, proof)).number == number
    await shield(city)
    for proof in proofs:
        with pytest.raises(NotFound):
            await find_booking(city.desk, proof)


async def test_a_known_number_of_theirs_is_refused_in_the_words_of_an_unknown_one(
    city: City,
) -> None:
    number = await booked_online(city)
    await shield(city)
    texts = []
    for asked in (number, "0000000000"):
        with pytest.raises(NotFound) as refused:
            await find_booking(city.desk, BookingProof(number=asked, born=BORN))
        texts.append((str(refused.value), refused.value.facts))
    assert texts[0] == texts[1]


async def test_from_the_flag_on_no_mail_goes_out(city: City) -> None:
    await booked_online(city)
    await shield(city)
    told = await last(city, BookingUpdated)
    assert (told.contact, told.link, told.version) == (None, None, 2)
    await shield(city, version=3)
    assert (await last(city, BookingUpdated)).version == 2
    seen = await staff.see_booking(city.desk, HERE, await the_id(city))
    assert not seen.booking.has_email
    line = seen.history[-1]
    assert (line.actor, line.what, line.reason) == ("system", "updated", None)


async def test_who_comes_along_with_them_gets_no_mail_either(city: City) -> None:
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold_all(session, at(10), "issuance", "slow", ticket=ticket)
    people = [Person(visitor="self", kana="オオイタ タロウ", born=BORN)]
    await city.book(session, ticket=ticket, email=EMAIL, party=people)
    alone = uuid4()
    await city.hold(alone, at(10))
    await city.book(alone, email=EMAIL)
    await shield(city)
    reached = await city.pool.fetch("SELECT party_id FROM booking WHERE contact IS NOT NULL")
    assert [row["party_id"] for row in reached] == [None]
    assert len(await city.facts(BookingUpdated.name)) == 2


async def test_an_older_message_silences_nobody(city: City) -> None:
    await booked_online(city)
    await city.import_card(CARD, version=5)
    await shield(city, version=4)
    assert (await staff.see_booking(city.desk, HERE, await the_id(city))).booking.has_email


async def test_a_ticket_of_before_books_nothing(city: City) -> None:
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await shield(city)
    with pytest.raises(NotEligible):
        await city.book(session, ticket=ticket)


async def test_staff_book_for_them_and_an_address_is_not_kept(city: City) -> None:
    await city.import_card(CARD, shielded=True)
    call = Call(city)
    await call.hold(at(10), "issuance", ticket=city.ticket(CARD))
    made = await call.book(ticket=city.ticket(CARD), email=EMAIL, phone="0975370000")
    assert not made.has_email
    assert (await last(city, BookingConfirmed)).contact is None
    ask = StaffContactChange(version=1, email=EMAIL, phone="0975370001")
    saved = await correct_contact(city.desk, HERE, made.booking_id, str(uuid4()), ask)
    assert not saved.has_email


async def test_a_booking_that_is_linked_to_their_card_loses_its_address(city: City) -> None:
    await city.import_card(CARD, shielded=True)
    call = Call(city)
    await call.hold(at(10), "issuance", unlinked=True)
    made = await call.book(unlinked=True, email=EMAIL)
    assert made.has_email
    linked = await call.link(made, city.ticket(CARD))
    assert not linked.has_email
    assert await city.pool.fetchval("SELECT contact FROM booking") is None
    told = await last(city, BookingUpdated)
    assert (told.contact, told.link, told.version) == (None, None, linked.version)


async def test_only_the_booking_of_the_card_says_that_it_is_shielded(city: City) -> None:
    await booked_online(city)
    booking_id = await the_id(city)
    assert not (await staff.see_shield(city.desk, HERE, booking_id)).shielded
    await shield(city)
    assert (await staff.see_shield(city.desk, HERE, booking_id)).shielded
    with pytest.raises(NotFound):
        await staff.see_shield(city.desk, clerk("abe", "there"), booking_id)


async def test_what_is_over_keeps_its_version(city: City) -> None:
    await booked_online(city)
    await city.pool.execute("UPDATE booking SET status = 'finished', outcome = 'collected'")
    await shield(city)
    assert await city.pool.fetchval("SELECT version FROM booking") == 1


async def test_a_party_with_a_shielded_person_opens_to_nobody(city: City) -> None:
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold_all(
        session, at(10), "slow", party=[{"procedure_id": "issuance", "ticket": ticket}]
    )
    who = Person(visitor="self", ticket=ticket)
    made = await city.book(session, "オオイタ タロウ", party=[who], email=EMAIL)
    proof = BookingProof(number=made.number, born=BORN)
    (link, *_) = await links(city)
    assert (await find_booking(city.desk, proof)).number == made.number
    await shield(city)
    for shown in (proof, link):
        with pytest.raises(NotFound):
            await find_booking(city.desk, shown)


async def test_once_the_shielded_person_has_cancelled_the_others_are_served_again(
    city: City,
) -> None:
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold_all(
        session, at(10), "slow", party=[{"procedure_id": "issuance", "ticket": ticket}]
    )
    who = Person(visitor="self", ticket=ticket)
    made = await city.book(session, "オオイタ タロウ", party=[who])
    await shield(city)
    await city.pool.execute("UPDATE booking SET status = 'cancelled' WHERE card_key = $1", CARD)
    proof = BookingProof(number=made.number, born=BORN)
    assert (await find_booking(city.desk, proof)).number == made.number


async def test_search_list_and_file_have_them_for_those_who_may_see_it(city: City) -> None:
    number = await booked_online(city)
    other = await city.booked(at(11))
    await shield(city)

    async def numbers(caller: Caller, wanted: Filter) -> set[str]:
        listed = await lists.list_bookings(city.desk, caller, wanted)
        (in_file,) = [part async for part in lists.export_all(city.desk, caller, wanted)]
        found = {one.number for one in listed.bookings}
        assert found == {one.number for one in in_file.bookings}
        assert len(found) == in_file.total
        return found

    assert await numbers(HERE, Filter()) == {other.number}
    assert await numbers(HERE, Filter(number=number)) == {number}
    assert await numbers(CHIEF, Filter()) == {number, other.number}


async def test_the_list_of_calls_has_them_for_those_who_may_see_it(city: City) -> None:
    await booked_online(city)
    booking_id = await the_id(city)
    await city.pool.execute("UPDATE booking SET status = 'finished', outcome = 'outage'")
    await shield(city)
    assert (await people_to_call(city.desk, HERE, None, reached=False)).people == ()
    (called,) = (await people_to_call(city.desk, CHIEF, None, reached=False)).people
    assert called.booking_id == booking_id
    with pytest.raises(NotFound):
        await note_call(city.desk, HERE, booking_id, str(uuid4()), CallNote(result="done"))


async def test_who_may_not_see_it_neither_lists_nor_answers_for_them_when_their_time_is_closed(
    city: City,
) -> None:
    await month(city)
    await booked_online(city)
    booking_id = await the_id(city)
    await apply(city, PutDay(office_ids=("here",), day=closed()))
    await shield(city)

    async def listed(caller: Caller) -> list[UUID]:
        found = await answers.displaced_list(city.desk, caller, None, None, None)
        return [one.booking_id for one in found.displaced]

    assert await listed(HERE) == []
    assert await listed(CHIEF) == [booking_id]
    version = await city.pool.fetchval("SELECT version FROM booking")
    answer, call = DisplacedAnswer(version=version), DisplacedCall(result="done")
    with pytest.raises(NotFound):
        await answers.note_call(city.desk, HERE, booking_id, str(uuid4()), call)
    for doing in (answers.keep, answers.accept):
        with pytest.raises(NotFound):
            await doing(city.desk, HERE, booking_id, str(uuid4()), answer)
    called = await answers.note_call(city.desk, CHIEF, booking_id, str(uuid4()), call)
    assert called.called == "done"


async def test_only_who_may_see_it_puts_them_into_the_place_of_another(city: City) -> None:
    await city.import_card("card-2")
    session, ticket = uuid4(), city.ticket("card-2")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket, email=EMAIL)
    await city.import_card(CARD, office_id="there", shielded=True)
    booking_id = await the_id(city)
    ask = PersonExchange(version=1, visitor="self", ticket=city.ticket(CARD), email=EMAIL)
    with pytest.raises(ByChief):
        await replace_person(city.desk, HERE, booking_id, str(uuid4()), ask)
    with pytest.raises(CardElsewhere):
        await replace_person(city.desk, CHIEF, booking_id, str(uuid4()), ask)
    await city.pool.execute("UPDATE card SET office_id = 'here'")
    saved = await replace_person(city.desk, CHIEF, booking_id, str(uuid4()), ask)
    assert not saved.has_email


async def test_a_clash_does_not_show_their_booking_to_others(city: City) -> None:
    await booked_online(city)
    await shield(city)
    call = Call(city)
    with pytest.raises(AlreadyBooked) as refused:
        await call.hold(at(11), "issuance", ticket=city.ticket(CARD))
    assert "booking" not in refused.value.facts
