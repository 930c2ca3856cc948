"""The link of a mail opens one booking, says nothing to whoever reads our tables, and dies."""

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from libs.common.errors import NotFound, Problem
from libs.contracts.booking import (
    BookingChanged,
    BookingConfirmed,
    BookingFact,
    BookingProof,
    ChangeRequest,
    CitizenBooking,
)
from services.booking.actions import bookings
from services.booking.actions.erasure import erase_persons

from .city import City, at

A_MONTH = timedelta(days=30)
SMALL = pytest.param(40, id="small")
FULL = pytest.param(1000, id="full", marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


async def a_booking(city: City, starts_at: datetime | None = None) -> CitizenBooking:
    """Of somebody who left an address."""
    session = uuid4()
    await city.hold(session, starts_at or at(10))
    return await city.book(session, email="a@example.jp")


async def links(city: City, kind: type[BookingFact] = BookingConfirmed) -> list[BookingProof]:
    """What the links in the mails of these facts show."""
    facts = [kind.model_validate_json(body) for body in await city.facts(kind.name)]
    return [BookingProof(token=city.desk.contacts.open(f.link)) for f in facts if f.link]


async def change(city: City, proof: BookingProof, starts_at: datetime) -> CitizenBooking:
    session = uuid4()
    await city.hold(session, starts_at, change=proof)
    ask = ChangeRequest(**proof.model_dump(), office_id="here", starts_at=starts_at)
    return await bookings.change_booking(city.desk, session, str(uuid4()), ask)


async def test_the_link_of_a_confirmation_opens_the_booking_and_cancels_it(city: City) -> None:
    booking = await a_booking(city)
    (proof,) = await links(city)
    assert (await bookings.find_booking(city.desk, proof)).version == booking.version
    cancelled = await bookings.cancel_booking(city.desk, uuid4(), str(uuid4()), proof)
    assert cancelled.status == "cancelled"
    assert (await bookings.find_booking(city.desk, proof)).version == cancelled.version


async def test_who_gets_no_mail_has_no_link(city: City) -> None:
    await city.booked(at(10))
    assert await links(city) == []
    assert await city.pool.fetchval("SELECT count(*) FROM booking_link") == 0


async def test_a_link_is_a_secret_of_256_bits_and_we_keep_its_digest_only(city: City) -> None:
    await a_booking(city)
    (proof,) = await links(city)
    token = proof.token or ""
    assert len(token) == 43
    for table in ("booking_link", "outbox", "booking"):
        assert token not in str(await city.pool.fetch(f"SELECT * FROM {table}"))


async def test_each_mail_has_a_link_of_its_own_and_all_of_them_open(city: City) -> None:
    await a_booking(city)
    (first,) = await links(city)
    moved = await change(city, first, at(11))
    (second,) = await links(city, BookingChanged)
    assert second != first
    for proof in (first, second):
        assert (await bookings.find_booking(city.desk, proof)).version == moved.version


async def test_a_link_opens_no_other_booking(city: City) -> None:
    booked = [await a_booking(city, at(hour)) for hour in (10, 11)]
    found = [await bookings.find_booking(city.desk, proof) for proof in await links(city)]
    assert [booking.number for booking in found] == [booking.number for booking in booked]


async def test_a_month_after_the_visit_a_link_opens_nothing(city: City) -> None:
    await a_booking(city)
    (proof,) = await links(city)
    await city.shift_clock(at(10) + A_MONTH - timedelta(minutes=1))
    await bookings.find_booking(city.desk, proof)
    await city.shift_clock(at(10) + A_MONTH + timedelta(minutes=1))
    with pytest.raises(NotFound):
        await bookings.find_booking(city.desk, proof)
    await erase_persons(city.desk.open_store)
    assert await city.pool.fetchval("SELECT count(*) FROM booking_link") == 0


async def test_a_link_that_nobody_was_sent_opens_nothing_and_closes_nothing(city: City) -> None:
    for _ in range(7):
        with pytest.raises(NotFound):
            await bookings.find_booking(city.desk, BookingProof(token="x" * 43))
    assert await city.pool.fetchval("SELECT count(*) FROM wrong_try") == 0


@pytest.mark.parametrize("uses", [SMALL, FULL])
async def test_many_uses_of_one_change_link_leave_one_living_booking(city: City, uses: int) -> None:
    await a_booking(city)
    (proof,) = await links(city)
    times = [at(hour, half) for hour in range(11, 17) for half in (0, 30)]

    async def use() -> bool:
        try:
            await change(city, proof, random.choice(times))
        except (Problem, TimeoutError):
            return False
        return True

    moves = sum(await asyncio.gather(*(use() for _ in range(uses))))
    assert moves > 0
    (kept,) = await city.pool.fetch("SELECT * FROM booking")
    assert (kept["status"], kept["version"]) == ("confirmed", 1 + moves)
    assert await city.pool.fetchval("SELECT count(*) FROM booking_history") == 1 + moves
    own = await city.pool.fetch("SELECT * FROM cell WHERE taken_until = 'infinity'")
    assert {cell["taken_by"] for cell in own} == {kept["booking_id"]}
    assert {cell["window_id"] for cell in own} == {kept["window_id"]}
    wanted = {kept["starts_at"] + timedelta(minutes=5 * n) for n in range(6)}
    assert {cell["starts_at"] for cell in own} == wanted
    assert len(own) == 6
    await no_cell_is_lost(city)
    with suppress(Problem):
        await change(city, proof, kept["starts_at"])
    await no_cell_is_lost(city)


async def no_cell_is_lost(city: City) -> None:
    """Whatever is taken for now is what a hold is for. A hold over the booking's own time leaves it
    the cells that it has."""
    taken = await city.pool.fetch(
        "SELECT window_id, starts_at, taken_by FROM cell "
        "WHERE taken_until > clock() AND taken_until < 'infinity'"
    )
    held = await city.pool.fetch(
        "SELECT c.window_id, c.starts_at, c.taken_by FROM hold h JOIN cell c USING (office_id) "
        "WHERE c.window_id = h.window_id AND c.starts_at >= h.starts_at "
        "AND c.starts_at < h.starts_at + h.cells * interval '5 minutes' "
        "AND c.taken_by IS DISTINCT FROM h.change_of"
    )
    assert sorted(map(tuple, taken)) == sorted(map(tuple, held))
