"""A request that comes twice has one effect, and a key stands for one wish."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from libs.common.errors import KeyReused
from libs.contracts.booking import (
    BookingProof,
    ChangeRequest,
    CitizenBooking,
    ContactRequest,
    HoldRequest,
)
from services.booking.actions import bookings, contact, holds, resend
from services.booking.actions.schedules import answers

from .city import BORN, City, at
from .test_displaced import NEXT, one_displaced, own
from .test_party_races import holds_without_their_cells

KEY = "the-key-of-one-form"
Own = Callable[[City, UUID, CitizenBooking], Awaitable[CitizenBooking]]


def proof_of(booking: CitizenBooking, **more: str) -> BookingProof:
    return BookingProof(number=booking.number, born=BORN, **more)


def to(booking: CitizenBooking, hour: int, **more: str) -> ChangeRequest:
    proof = proof_of(booking, **more).model_dump()
    return ChangeRequest(**proof, office_id="here", starts_at=at(hour))


async def test_a_change_that_comes_twice_keeps_what_the_session_holds_since(city: City) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    await city.hold(session, at(11), change=proof_of(booking))
    await bookings.change_booking(city.desk, session, KEY, to(booking, 11))
    await city.hold(session, at(12), change=proof_of(booking))
    again = await bookings.change_booking(city.desk, session, KEY, to(booking, 11))
    assert again.starts_at == at(11)
    assert await holds_without_their_cells(city) == []
    later = await bookings.change_booking(city.desk, session, str(uuid4()), to(booking, 12))
    assert later.starts_at == at(12)
    taken = await city.pool.fetchval("SELECT count(*) FROM cell WHERE taken_until > clock()")
    assert taken == 6


async def change(city: City, session: UUID, booking: CitizenBooking) -> CitizenBooking:
    await city.hold(session, at(11), change=proof_of(booking))
    return await bookings.change_booking(city.desk, session, KEY, to(booking, 11))


async def cancel(city: City, session: UUID, booking: CitizenBooking) -> CitizenBooking:
    return await bookings.cancel_booking(city.desk, session, KEY, proof_of(booking))


async def mail_again(city: City, session: UUID, booking: CitizenBooking) -> CitizenBooking:
    return await resend.resend_mail(city.desk, session, KEY, proof_of(booking))


async def reach(city: City, session: UUID, booking: CitizenBooking) -> CitizenBooking:
    ask = ContactRequest(**proof_of(booking).model_dump(), email="new@example.jp")
    return await contact.change_contact(city.desk, session, KEY, ask)


@pytest.mark.parametrize("do", [change, cancel, mail_again, reach])
async def test_a_key_does_not_serve_for_another_booking(city: City, do: Own) -> None:
    session, one = uuid4(), await mailed(city, 10)
    other = await mailed(city, 9)
    await do(city, session, one)
    with pytest.raises(KeyReused):
        await do(city, session, other)
    stands = await bookings.find_booking(city.desk, proof_of(other))
    assert (stands.status, stands.version) == ("confirmed", 1)


async def mailed(city: City, hour: int) -> CitizenBooking:
    session = uuid4()
    await city.hold(session, at(hour))
    return await city.book(session, email="a@example.jp")


async def test_a_key_of_a_change_does_not_serve_for_another_time(city: City) -> None:
    booking, session = await city.booked(at(10)), uuid4()
    await change(city, session, booking)
    await city.hold(session, at(12), change=proof_of(booking))
    with pytest.raises(KeyReused):
        await bookings.change_booking(city.desk, session, KEY, to(booking, 12))
    assert (await bookings.find_booking(city.desk, proof_of(booking))).starts_at == at(11)


async def test_a_key_of_an_acceptance_does_not_serve_for_another_time(city: City) -> None:
    booking, one = await one_displaced(city)
    session, ask = uuid4(), own(booking, one)
    await answers.accept_own(city.desk, session, KEY, ask)
    other = ask.model_copy(update={"starts_at": at(11, day=NEXT)})
    with pytest.raises(KeyReused):
        await answers.accept_own(city.desk, session, KEY, other)


async def test_a_repeat_may_come_from_another_network(city: City) -> None:
    booking, session = await mailed(city, 10), uuid4()
    for origin in ("a" * 64, "b" * 64):
        proof = proof_of(booking, origin=origin)
        await hold(city, session, proof)
        ask = ContactRequest(**proof.model_dump(), email="new@example.jp")
        assert (await contact.change_contact(city.desk, session, KEY, ask)).version == 2
    proof = proof_of(booking, origin="c" * 64)
    moved = await bookings.change_booking(city.desk, session, KEY, to(booking, 11, origin="c" * 64))
    assert moved.version == 3


async def hold(city: City, session: UUID, proof: BookingProof) -> None:
    ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(11), change=proof)
    await holds.hold_time(city.desk, session, city.desk.request(f"hold:{session}", KEY, ask), ask)
