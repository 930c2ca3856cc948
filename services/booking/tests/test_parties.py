"""People who come together: booked all or not at all, afterwards each for themselves."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Malformed, Problem
from libs.contracts.booking import (
    BookingChanged,
    BookingConfirmed,
    BookingProof,
    ChangeRequest,
    CitizenBooking,
    Person,
)
from services.booking.actions import bookings, confirm
from services.booking.domain import (
    AlreadyBooked,
    CardElsewhere,
    GuardianNeeded,
    HoldExpired,
    NotActive,
    PartyFull,
)
from services.booking.domain.problems import OneWindow

from .city import BORN, NOON_BEFORE, STANDING_PERSONS, City, at, new_person, procedure
from .test_party_holds import send, taken


async def booked_party(city: City, *people: str, **more: object) -> CitizenBooking:
    """A party that comes at 10:00, booked."""
    session = uuid4()
    await city.hold_all(session, at(10), *people, **more)
    return await city.book_all(session, *(new_person() for _ in people))


def proof_of(number: str) -> BookingProof:
    return BookingProof(number=number, born=BORN)


async def find(city: City, number: str) -> CitizenBooking:
    return await bookings.find_booking(city.desk, proof_of(number))


async def counts(city: City) -> tuple[int, int, int]:
    """(bookings, lines of history, cells that are booked)"""
    row = await city.pool.fetchrow("""
        SELECT (SELECT count(*) FROM booking) AS bookings,
            (SELECT count(*) FROM booking_history) AS lines,
            (SELECT count(*) FROM cell WHERE taken_until = 'infinity') AS cells""")
    assert row is not None
    return row["bookings"], row["lines"], row["cells"]


async def test_everybody_has_a_booking_with_a_number_of_their_own(city: City) -> None:
    first = await booked_party(city, "slow", "pin+slow", "pin")
    others = first.party
    assert [(other.procedure_id, other.also, other.minutes) for other in others] == [
        ("pin", ("slow",), 45),
        ("pin", (), 15),
    ]
    assert len({first.number, *(other.number for other in others)}) == 3
    assert (first.party_size, first.can_add) == (3, True)
    assert await counts(city) == (3, 3, 6 + 9 + 3)
    facts = [
        BookingConfirmed.model_validate_json(b) for b in await city.facts("booking.confirmed.v1")
    ]
    assert {(fact.number, fact.procedure_id, fact.also) for fact in facts} == {
        (first.number, "slow", ()),
        *((other.number, other.procedure_id, other.also) for other in others),
    }
    assert await city.double_taken() == []


async def test_in_turn_each_booking_has_its_own_time_at_one_window(city: City) -> None:
    first = await booked_party(city, "slow", "pin", "slow", arrangement="in_turn")
    assert first.starts_at == at(10)
    assert [other.starts_at for other in first.party] == [at(10, 30), at(10, 45)]
    rows = await city.pool.fetch("SELECT DISTINCT window_id FROM booking")
    assert [row["window_id"] for row in rows] == [1]
    assert await taken(city) == [(1, "10:00", 6), (1, "10:30", 3), (1, "10:45", 6)]


async def test_several_procedures_of_one_person_are_one_booking(city: City) -> None:
    booking = await booked_party(city, "slow+pin")
    assert (booking.procedure_id, booking.also, booking.minutes) == ("slow", ("pin",), 45)
    assert (booking.party, booking.party_size) == ((), 1)
    assert (await find(city, booking.number)).also == ("pin",)
    assert await city.pool.fetchval("SELECT party_id FROM booking") is None


async def test_the_same_request_twice_answers_the_same_party(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "pin", "slow")
    people = [Person(visitor="self", kana=new_person(), born=BORN) for _ in range(2)]
    ask = await city.booking_request(session, party=people)
    request = city.desk.request("book", "one-key", ask)
    first = await confirm.book(city.desk, session, request, ask)
    again = await confirm.book(city.desk, session, request, ask)
    assert again == first
    assert [other.procedure_id for other in again.party] == ["pin", "slow"]
    assert (await counts(city))[0] == 3


async def test_who_has_a_booking_stops_the_whole_party(city: City) -> None:
    await city.hold(uuid := uuid4(), at(9))
    await city.book(uuid, person="サキ")
    before = await counts(city)
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow", "slow")
    with pytest.raises(AlreadyBooked) as refused:
        await city.book_all(session, new_person(), new_person(), "サキ")
    assert refused.value.facts["person"] == 2
    assert await counts(city) == before
    await city.book_all(session, *(new_person() for _ in range(3)))
    assert (await counts(city))[0] == before[0] + 3


async def test_the_same_person_is_not_booked_twice_in_one_party(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    with pytest.raises(AlreadyBooked) as refused:
        await city.book_all(session, "オナジ", "オナジ")
    assert refused.value.facts["person"] == 1
    assert await counts(city) == (0, 0, 0)


async def test_a_child_without_a_guardian_stops_the_whole_party(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    child = Person(visitor="self", kana="コドモ", born=date(2020, 1, 1))
    with pytest.raises(GuardianNeeded) as refused:
        await city.book(session, party=[child])
    assert refused.value.facts["person"] == 1
    assert await counts(city) == (0, 0, 0)
    await city.book(session, party=[child.model_copy(update={"visitor": "guardian"})])


async def test_a_card_that_moved_meanwhile_stops_the_whole_party(city: City) -> None:
    for card in ("mother", "child"):
        await city.import_card(card)
    session = uuid4()
    await send(city, session, "key", "mother", "child")
    await city.import_card("child", "there", version=2)
    child = Person(visitor="guardian", ticket=city.ticket("child"))
    with pytest.raises(CardElsewhere) as refused:
        await city.book(session, ticket=city.ticket("mother"), party=[child])
    assert refused.value.facts["person"] == 1
    assert await counts(city) == (0, 0, 0)
    await city.import_card("child", "here", version=3)
    booking = await city.book(session, ticket=city.ticket("mother"), party=[child])
    assert booking.party[0].visitor == "guardian"


async def test_a_hold_that_ran_out_books_nobody(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow")
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    with pytest.raises(HoldExpired):
        await city.book_all(session, new_person(), new_person())
    assert await counts(city) == (0, 0, 0)


@pytest.mark.parametrize(
    "more",
    [
        {"party": []},
        {"party": [Person(visitor="self", kana="ヒト", born=BORN)] * 2},
        {"procedure_ids": ("slow", "pin")},
        {"party": [Person(visitor="self", kana="ヒト", born=BORN, procedure_ids=("slow",))]},
    ],
    ids=["fewer", "more", "another wish", "another wish of the other"],
)
async def test_only_what_the_page_showed_is_booked(city: City, more: dict[str, Any]) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "pin")
    with pytest.raises(HoldExpired):
        await city.book(session, **more)
    right = Person(visitor="self", kana="ヒト", born=BORN, procedure_ids=("pin",))
    await city.book(session, party=[right], procedure_ids=("slow",))


async def test_a_party_of_which_no_line_is_named_is_not_booked_as_one_visit(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow+pin")
    with pytest.raises(HoldExpired):
        await city.book(session, procedure_ids=("slow",))
    await city.book(session, procedure_ids=("slow", "pin"))


async def test_one_of_a_party_cancels_alone(city: City) -> None:
    first = await booked_party(city, "slow", "slow", "slow")
    number = first.party[0].number
    cancelled = await bookings.cancel_booking(city.desk, uuid4(), str(uuid4()), proof_of(number))
    assert cancelled.status == "cancelled"
    assert (await find(city, first.number)).party_size == 2
    assert (await find(city, number)).party_size == 3
    assert (await find(city, first.party[1].number)).status == "confirmed"
    assert await taken(city) == [(1, "10:00", 6), (3, "10:00", 6)]


async def test_one_of_a_party_moves_alone_and_keeps_all_procedures(city: City) -> None:
    first = await booked_party(city, "slow", "pin+slow")
    number = first.party[0].number
    moved = await move(city, number, at(11))
    assert (moved.starts_at, moved.minutes, moved.also) == (at(11), 45, ("slow",))
    assert (moved.party_size, moved.number) == (2, number)
    assert await taken(city) == [(1, "10:00", 6), (1, "11:00", 9)]
    (fact,) = [
        BookingChanged.model_validate_json(b) for b in await city.facts("booking.changed.v1")
    ]
    assert (fact.also, fact.minutes) == (("slow",), 45)


async def test_somebody_is_added_while_there_is_room(city: City) -> None:
    alone = await city.booked(at(10))
    assert (alone.party_size, alone.can_add) == (1, True)
    for size in (2, 3, 4):
        added = await add(city, alone.number, at(11))
        assert (added.party_size, added.can_add) == (size, size < 4)
    assert (await find(city, alone.number)).can_add is False
    with pytest.raises(PartyFull):
        await add(city, alone.number, at(11))
    assert await city.pool.fetchval("SELECT count(DISTINCT party_id) FROM booking") == 1
    await city.cancel(alone)
    assert (await add(city, added.number, at(11))).party_size == 4


async def test_several_are_added_at_once_if_all_fit(city: City) -> None:
    first = await booked_party(city, "slow", "slow")
    session = uuid4()
    await city.hold_all(session, at(11), "slow", "slow", "slow")
    with pytest.raises(PartyFull):
        await city.book_all(
            session, *(new_person() for _ in range(3)), joins=proof_of(first.number)
        )
    await city.hold_all(session, at(11), "slow", "slow")
    added = await city.book_all(session, new_person(), new_person(), joins=proof_of(first.number))
    assert (added.party_size, len(added.party)) == (4, 1)


async def test_a_guardian_who_joins_a_child_of_theirs_is_at_no_other_window_then(
    city: City,
) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    first = await city.book(session, visitor="guardian")
    joins, wish = proof_of(first.number), {"visitor": "guardian"}
    await city.hold(session, at(10))
    with pytest.raises(OneWindow):
        await city.book(session, joins=joins, **wish)
    await city.hold(session, at(10, 30))
    added = await city.book(session, joins=joins, **wish)
    assert added.party_size == 2


async def test_nobody_joins_what_is_cancelled_or_not_theirs(city: City) -> None:
    booking = await city.booked(at(10))
    with pytest.raises(Problem) as refused:
        await add(city, booking.number, at(11), born=date(1990, 1, 1))
    assert refused.value.slug == "not-found"
    await city.cancel(booking)
    with pytest.raises(NotActive):
        await add(city, booking.number, at(11))


async def test_a_person_stands_in_every_group_of_a_visit(city: City) -> None:
    await book_as(city, "ヒト", at(10), "slow+pin")
    for wish in ("pin", "slow"):
        with pytest.raises(AlreadyBooked):
            await book_as(city, "ヒト", at(11), wish)
    await book_as(city, "ベツノヒト", at(11), "pin")
    with pytest.raises(AlreadyBooked):
        await book_as(city, "ベツノヒト", at(12), "slow+pin")
    await book_as(city, "ベツノヒト", at(12), "slow")


async def test_beside_a_card_the_name_says_who_comes_for_the_rest(city: City) -> None:
    """Somebody who has a visit for the PIN adds none to the pickup of a card, nor the other way."""
    await city.import_card("card")
    ticket, session = city.ticket("card"), uuid4()
    await book_as(city, "ヒト", at(10), "pin")
    await city.hold_all(session, at(11), "issuance+pin", ticket=ticket)
    with pytest.raises(AlreadyBooked):
        await city.book(session, "ヒト", ticket=ticket)
    with pytest.raises(Malformed):
        await city.book(session, ticket=ticket, kana=None)
    booking = await city.book(session, "ベツノヒト", ticket=ticket)
    with pytest.raises(AlreadyBooked):
        await book_as(city, "ベツノヒト", at(12), "pin")
    await city.cancel(booking)
    await book_as(city, "ベツノヒト", at(12), "pin")


async def test_a_cancelled_visit_frees_all_its_groups_and_no_other(city: City) -> None:
    visit = await book_as(city, "ヒト", at(10), "slow+pin")
    await city.cancel(visit)
    await book_as(city, "ヒト", at(11), "pin")
    await book_as(city, "ヒト", at(11), "slow")
    assert await city.pool.fetchval(STANDING_PERSONS) == 2


async def test_a_visit_that_is_over_blocks_nobody(city: City) -> None:
    """A forgotten tick: the day has passed, the booking still says 'confirmed'."""
    await book_as(city, "ヒト", at(10), "slow+pin")
    await city.shift_clock(at(18))
    with pytest.raises(AlreadyBooked):
        await book_as(city, "ヒト", at(10) + timedelta(days=1), "pin")
    await city.shift_clock(at(0, 1) + timedelta(days=1))
    await book_as(city, "ヒト", at(10) + timedelta(days=1), "pin")


async def test_people_of_a_party_count_by_the_rules_of_all_procedures(city: City) -> None:
    async with city.desk.open_store() as store:
        await store.catalog.save_procedure(
            procedure("pin", 15).model_copy(update={"party_limit": 2})
        )
    alone = await city.booked(at(10))
    session = uuid4()
    await city.hold(session, at(11), "pin")
    await city.book(session, joins=proof_of(alone.number))
    await city.hold(session, at(12))
    await city.book(session, joins=proof_of(alone.number))
    await city.hold(session, at(12), "pin")
    with pytest.raises(PartyFull):
        await city.book(session, joins=proof_of(alone.number))


async def move(city: City, number: str, starts_at: datetime) -> CitizenBooking:
    session, proof = uuid4(), proof_of(number)
    await city.hold_all(session, starts_at, "pin+slow", change=proof)
    ask = ChangeRequest(**proof.model_dump(), office_id="here", starts_at=starts_at)
    return await bookings.change_booking(city.desk, session, str(uuid4()), ask)


async def add(city: City, number: str, starts_at: datetime, born: date = BORN) -> CitizenBooking:
    session = uuid4()
    await city.hold(session, starts_at)
    return await city.book(session, joins=BookingProof(number=number, born=born))


async def book_as(city: City, person: str, starts_at: datetime, wish: str) -> CitizenBooking:
    session = uuid4()
    await city.hold_all(session, starts_at, wish)
    return await city.book(session, person=person)
