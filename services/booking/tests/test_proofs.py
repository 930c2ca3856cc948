"""Guessing at a booking is pointless, and nobody can lock its owner out for good."""

import asyncio
from collections.abc import Awaitable
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from dev.puzzle import solve
from libs.common.errors import NotFound, Problem, Unavailable
from libs.common.tries import FREE_TRIES
from libs.contracts.booking import BookingProof, CitizenBooking
from services.booking.actions.bookings import find_booking
from services.booking.domain import Locked, NotEligible

from .city import BORN, NOON_BEFORE, City, at

WRONG = date(1950, 1, 3)
UNKNOWN = "0123456789"


async def look(
    city: City, number: str, born: date = BORN, challenge: str | None = None
) -> CitizenBooking | Problem:
    """What somebody gets who shows this; `challenge` is solved first."""
    work = solve(challenge) if challenge else None
    return await answer_of(
        find_booking(city.desk, BookingProof(number=number, born=born, work=work))
    )


async def answer_of(asked: Awaitable[CitizenBooking]) -> CitizenBooking | Problem:
    try:
        return await asked
    except Problem as problem:
        return problem


async def wrong_tries(city: City, number: str, count: int = FREE_TRIES) -> str | None:
    """Wrong dates in a row; the challenge of the last answer."""
    challenge = None
    for _ in range(count):
        refused = await look(city, number, WRONG)
        assert isinstance(refused, NotFound)
        challenge = refused.facts.get("challenge")
    return challenge


def challenge_of(refused: CitizenBooking | Problem) -> str:
    assert isinstance(refused, Problem)
    challenge: str = refused.facts["challenge"]
    return challenge


async def test_a_right_answer_is_never_counted(city: City) -> None:
    booking = await city.booked(at(10))
    for _ in range(FREE_TRIES + 1):
        assert isinstance(await look(city, booking.number), CitizenBooking)


async def test_after_five_wrong_tries_even_the_right_date_needs_a_puzzle(city: City) -> None:
    booking = await city.booked(at(10))
    assert await wrong_tries(city, booking.number, FREE_TRIES - 1) is None
    assert await wrong_tries(city, booking.number, 1)
    locked = await look(city, booking.number)
    assert isinstance(locked, Locked)
    found = await look(city, booking.number, challenge=challenge_of(locked))
    assert isinstance(found, CitizenBooking)


async def test_a_puzzle_buys_one_wrong_try_and_many_right_ones(city: City) -> None:
    booking = await city.booked(at(10))
    await wrong_tries(city, booking.number)
    work = solve(challenge_of(await look(city, booking.number)))
    right = BookingProof(number=booking.number, born=BORN, work=work)
    for _ in range(2):
        assert isinstance(await answer_of(find_booking(city.desk, right)), CitizenBooking)
    wrong = right.model_copy(update={"born": WRONG})
    assert isinstance(await answer_of(find_booking(city.desk, wrong)), NotFound)
    assert isinstance(await answer_of(find_booking(city.desk, right)), Locked)


async def test_others_wrong_tries_cost_whoever_opened_the_booking_nothing(city: City) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    booking = await city.book(session, ticket=ticket)
    by_card = await find_booking(city.desk, BookingProof(ticket=ticket))
    by_number = await look(city, booking.number)
    assert isinstance(by_number, CitizenBooking)
    await wrong_tries(city, booking.number)
    assert isinstance(await look(city, booking.number), Locked)
    for opened in (by_card.opened, by_number.opened):
        proof = BookingProof(number=booking.number, born=BORN, opened=opened)
        assert isinstance(await answer_of(find_booking(city.desk, proof)), CitizenBooking)


async def test_what_opened_a_booking_opens_no_other_and_none_for_ever(city: City) -> None:
    one, other = await city.booked(at(10)), await city.booked(at(11))
    found = await look(city, one.number)
    assert isinstance(found, CitizenBooking)
    for booking in (one, other):
        await wrong_tries(city, booking.number)
    proof = BookingProof(number=other.number, born=BORN, opened=found.opened)
    assert isinstance(await answer_of(find_booking(city.desk, proof)), Locked)
    later = NOON_BEFORE + timedelta(hours=11)
    await city.shift_clock(later)
    proof = proof.model_copy(update={"number": one.number})
    assert isinstance(await answer_of(find_booking(city.desk, proof)), CitizenBooking)
    await city.shift_clock(later + timedelta(hours=2))
    await wrong_tries(city, one.number)
    assert isinstance(await answer_of(find_booking(city.desk, proof)), Locked)


async def test_a_puzzle_of_another_number_buys_nothing(city: City) -> None:
    one, other = await city.booked(at(10)), await city.booked(at(11))
    for booking in (one, other):
        await wrong_tries(city, booking.number)
    challenge = challenge_of(await look(city, one.number))
    assert isinstance(await look(city, other.number, challenge=challenge), Locked)


async def test_an_unknown_number_and_a_wrong_date_are_refused_alike_also_when_locked(
    city: City,
) -> None:
    booking = await city.booked(at(10))
    told: dict[str, list[tuple[object, ...]]] = {}
    for number in (booking.number, UNKNOWN):
        for _ in range(FREE_TRIES + 2):
            refused = await look(city, number, WRONG)
            assert isinstance(refused, Problem)
            challenge = refused.facts.get("challenge", "")
            answer = (refused.slug, refused.detail, set(refused.facts), len(challenge))
            told.setdefault(number, []).append(answer)
    assert told[booking.number] == told[UNKNOWN]
    assert [slug for slug, *_ in told[UNKNOWN]] == ["not-found"] * FREE_TRIES + ["locked"] * 2


async def test_a_number_is_one_number_however_it_is_typed(city: City) -> None:
    number = (await city.booked(at(10))).number
    for typed in (number, number.lower(), f"{number[:5]}-{number[5:]}", f" {number}", number):
        assert isinstance(await look(city, typed, WRONG), NotFound)
    assert isinstance(await look(city, number), Locked)


async def test_many_tries_at_once_are_counted_one_by_one(city: City) -> None:
    booking = await city.booked(at(10))
    answers = await asyncio.gather(*(look(city, booking.number, WRONG) for _ in range(20)))
    assert [isinstance(answer, NotFound) for answer in answers].count(True) == FREE_TRIES


async def test_the_next_day_tries_are_free_again(city: City) -> None:
    booking = await city.booked(at(10))
    await wrong_tries(city, booking.number)
    await city.shift_clock(NOON_BEFORE + timedelta(days=1))
    assert isinstance(await look(city, booking.number), CitizenBooking)
    async with city.desk.open_store() as store:
        await store.proofs.forget_tries()
    assert await city.pool.fetchval("SELECT count(*) FROM wrong_try") == 0


async def test_what_was_typed_is_not_kept(city: City) -> None:
    await wrong_tries(city, "731946508270", 1)
    assert "731946508270" not in str(await city.pool.fetch("SELECT * FROM wrong_try"))


async def test_when_tries_cannot_be_counted_nothing_is_shown(city: City) -> None:
    booking = await city.booked(at(10))
    owner = await asyncpg.connect(city.owner_url)
    try:
        await owner.execute("ALTER TABLE wrong_try RENAME TO away")
    finally:
        await owner.close()
    with pytest.raises(Unavailable):
        await find_booking(city.desk, BookingProof(number=booking.number, born=BORN))


async def test_the_ticket_of_a_card_finds_the_booking_that_stands_for_it(city: City) -> None:
    await city.import_card("card")
    ticket = city.ticket("card")
    proof = BookingProof(ticket=ticket)
    with pytest.raises(NotFound):
        await find_booking(city.desk, proof)
    session = uuid4()
    await city.hold(session, at(10), "issuance", ticket=ticket)
    booking = await city.book(session, ticket=ticket)
    assert (await find_booking(city.desk, proof)).number == booking.number
    await city.cancel(booking)
    with pytest.raises(NotFound):
        await find_booking(city.desk, proof)


async def test_a_ticket_that_nobody_signed_finds_nothing(city: City) -> None:
    with pytest.raises(NotEligible):
        await find_booking(city.desk, BookingProof(ticket="forged"))
