"""Another address, phone number or needs: kept, told, and mailed to the new address only."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.errors import KeyReused, Malformed, NotFound
from libs.contracts.booking import (
    BookingConfirmed,
    BookingFact,
    BookingProof,
    BookingUpdated,
    CitizenBooking,
    ContactRequest,
)
from services.booking.actions.bookings import find_booking
from services.booking.actions.contact import change_contact
from services.booking.domain import NotActive, TooLate

from .city import BORN, City, at

SESSION = UUID(int=1)


async def a_booking(city: City) -> CitizenBooking:
    await city.set_rules("slow", phone="optional")
    session = uuid4()
    await city.hold(session, at(10))
    return await city.book(session, email="old@example.jp", phone="0975346111")


async def update(
    city: City, proof: BookingProof, key: str | None = None, **wanted: Any
) -> CitizenBooking:
    ask = ContactRequest.model_validate(proof.model_dump() | wanted)
    return await change_contact(city.desk, SESSION, key or str(uuid4()), ask)


def by_number(booking: CitizenBooking) -> BookingProof:
    return BookingProof(number=booking.number, born=BORN)


async def last(city: City, kind: type[BookingFact]) -> BookingFact:
    return kind.model_validate_json((await city.facts(kind.name))[-1])


async def address(city: City) -> str | None:
    sealed = await city.pool.fetchval("SELECT contact FROM booking")
    return city.desk.contacts.open(sealed) if sealed else None


def link_of(city: City, fact: BookingFact) -> BookingProof:
    return BookingProof(token=city.desk.contacts.open(fact.link or ""))


async def test_contact_and_needs_are_replaced_in_one_step_and_told(city: City) -> None:
    booking = await a_booking(city)
    updated = await update(
        city, by_number(booking), email="new@example.jp", needs=("wheelchair", "wheelchair")
    )
    assert (updated.version, updated.has_email, updated.has_phone) == (2, True, False)
    assert (updated.needs, updated.starts_at) == (("wheelchair",), booking.starts_at)
    assert await address(city) == "new@example.jp"
    assert updated.email_hint == "n•••@example.jp"
    told = await last(city, BookingUpdated)
    assert (told.version, city.desk.contacts.open(told.contact or "")) == (2, "new@example.jp")
    lines = await city.pool.fetch("SELECT what, actor FROM booking_history ORDER BY version")
    assert [tuple(line) for line in lines] == [("booked", "citizen"), ("updated", "citizen")]


async def test_what_is_kept_stays_as_it_is(city: City) -> None:
    booking = await a_booking(city)
    kept = await update(city, by_number(booking), keep=("email", "phone"))
    assert (kept.has_email, kept.has_phone) == (True, True)
    assert await address(city) == "old@example.jp"
    replaced = await update(city, by_number(booking), keep=("email",), email="new@example.jp")
    assert (replaced.has_phone, await address(city)) == (False, "new@example.jp")


async def test_a_mail_at_the_former_address_opens_the_booking_no_longer(city: City) -> None:
    """Somebody else's address may have been typed by mistake."""
    booking = await a_booking(city)
    old = link_of(city, await last(city, BookingConfirmed))
    await update(city, by_number(booking), keep=("email",), phone="09012345678")
    await find_booking(city.desk, old)
    await update(city, by_number(booking), email="new@example.jp")
    with pytest.raises(NotFound):
        await find_booking(city.desk, old)
    new = link_of(city, await last(city, BookingUpdated))
    assert (await find_booking(city.desk, new)).number == booking.number


async def test_whoever_changes_the_address_by_a_link_goes_on_with_it(city: City) -> None:
    booking = await a_booking(city)
    used = link_of(city, await last(city, BookingConfirmed))
    await update(city, used, email="new@example.jp")
    assert (await find_booking(city.desk, used)).number == booking.number


async def test_without_an_address_nothing_is_mailed_and_no_link_is_made(city: City) -> None:
    booking = await a_booking(city)
    await update(city, by_number(booking), phone="09012345678")
    told = await last(city, BookingUpdated)
    assert (told.contact, told.link) == (None, None)
    assert await city.pool.fetchval("SELECT count(*) FROM booking_link") == 0


@pytest.mark.parametrize(
    ("settings", "wanted", "field"),
    [
        ({"email": "required"}, {"phone": "09012345678"}, "email"),
        ({"phone": "off"}, {"phone": "09012345678"}, "phone"),
        ({}, {"email": "no address"}, "email"),
        ({"asks_needs": False}, {"needs": ("reading",)}, "needs"),
        ({}, {"needs": ("reading",), "interpreter": "vi"}, "interpreter"),
    ],
)
async def test_what_the_city_asks_for_holds_here_too(
    city: City, settings: dict[str, Any], wanted: dict[str, Any], field: str
) -> None:
    booking = await a_booking(city)
    await city.set_rules("slow", **settings)
    with pytest.raises(Malformed) as refused:
        await update(city, by_number(booking), **wanted)
    assert refused.value.facts["fields"] == [field]
    assert await address(city) == "old@example.jp"


async def test_the_language_of_an_interpreter_is_kept_and_replaced(city: City) -> None:
    proof = by_number(await a_booking(city))
    for spoken in ("ne", "th"):
        changed = await update(city, proof, needs=("interpreter",), interpreter=spoken)
        assert (changed.needs, changed.interpreter) == (("interpreter",), spoken)
    assert (await update(city, proof, needs=())).interpreter is None


async def test_what_must_be_given_may_be_kept(city: City) -> None:
    booking = await a_booking(city)
    await city.set_rules("slow", email="required", phone="off")
    kept = await update(city, by_number(booking), keep=("email",), needs=("stroller",))
    assert (kept.has_email, kept.has_phone, kept.needs) == (True, False, ("stroller",))


async def test_the_same_form_sent_twice_is_one_change(city: City) -> None:
    booking = await a_booking(city)
    answers = [
        await update(city, by_number(booking), key="one-key", email="new@example.jp")
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(await city.facts(BookingUpdated.name)) == 1
    with pytest.raises(KeyReused):
        await update(city, by_number(booking), key="one-key", email="other@example.jp")


async def test_a_booking_that_is_over_keeps_what_it_has(city: City) -> None:
    booking = await a_booking(city)
    await city.shift_clock(at(10) + timedelta(minutes=1))
    with pytest.raises(TooLate):
        await update(city, by_number(booking), email="new@example.jp")
    await city.shift_clock(at(9))
    await city.cancel(booking)
    with pytest.raises(NotActive):
        await update(city, by_number(booking), email="new@example.jp")
