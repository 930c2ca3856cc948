"""An e-mail address or a phone number that staff put right."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    BookingConfirmed,
    BookingUpdated,
    StaffBooking,
    StaffContactChange,
    Tick,
)
from services.booking.actions import staff, ticking
from services.booking.actions.bookings import find_booking
from services.booking.actions.corrections.contact import correct_contact, see_contact
from services.booking.domain import NotActive, VersionConflict

from .city import City, at
from .test_contact import a_booking, last, link_of

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))


async def the_id(city: City) -> UUID:
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    return found


async def correct(
    city: City, email: str | None, phone: str | None, version: int = 1, key: str = ""
) -> StaffBooking:
    ask = StaffContactChange(version=version, email=email, phone=phone)
    return await correct_contact(city.desk, HERE, await the_id(city), key or str(uuid4()), ask)


async def test_staff_replace_both_and_the_new_address_gets_a_mail_with_a_new_link(
    city: City,
) -> None:
    await a_booking(city)
    old = link_of(city, await last(city, BookingConfirmed))
    saved = await correct(city, "new@example.jp", "09012345678")
    assert (saved.version, saved.has_email) == (2, True)
    seen = await see_contact(city.desk, HERE, saved.booking_id)
    assert (seen.version, seen.email, seen.phone) == (2, "new@example.jp", "09012345678")
    told = await last(city, BookingUpdated)
    assert told.contact
    assert city.desk.contacts.open(told.contact) == "new@example.jp"
    with pytest.raises(NotFound):
        await find_booking(city.desk, old)
    assert (await find_booking(city.desk, link_of(city, told))).version == 2
    line = (await staff.see_booking(city.desk, HERE, saved.booking_id)).history[-1]
    assert (line.actor, line.what, line.reason) == ("sato", "updated", "メールアドレス、電話番号")


async def test_who_changes_the_number_only_keeps_the_address_and_its_links(city: City) -> None:
    await a_booking(city)
    old = link_of(city, await last(city, BookingConfirmed))
    saved = await correct(city, "old@example.jp", "09012345678")
    assert (await find_booking(city.desk, old)).version == 2
    line = (await staff.see_booking(city.desk, HERE, saved.booking_id)).history[-1]
    assert line.reason == "電話番号"


async def test_what_the_city_does_not_ask_citizens_for_is_kept_all_the_same(city: City) -> None:
    await a_booking(city)
    await city.set_rules("slow", phone="off", email="required")
    saved = await correct(city, None, "09012345678")
    seen = await see_contact(city.desk, HERE, saved.booking_id)
    assert (seen.email, seen.phone) == (None, "09012345678")


async def test_a_new_address_has_not_failed_yet(city: City) -> None:
    await a_booking(city)
    async with city.desk.open_store() as store:
        await store.bookings.flag_mail_failed(await the_id(city), 1)
    same = await correct(city, "old@example.jp", "09012345678")
    assert same.mail_failed
    mended = await correct(city, "new@example.jp", "09012345678", version=2)
    assert not mended.mail_failed
    assert not await city.pool.fetchval("SELECT mail_failed FROM booking")


async def test_the_same_request_counts_once_and_what_changes_nothing_is_no_version(
    city: City,
) -> None:
    await a_booking(city)
    assert (await correct(city, "old@example.jp", "0975346111")).version == 1
    for _ in range(2):
        assert (await correct(city, "new@example.jp", None, key="k" * 16)).version == 2


async def test_nothing_is_overwritten_unseen(city: City) -> None:
    await a_booking(city)
    await correct(city, "new@example.jp", None)
    with pytest.raises(VersionConflict):
        await correct(city, "other@example.jp", None, version=1)


@pytest.mark.parametrize(("email", "phone"), [("no address", None), (None, "123")])
async def test_what_is_no_address_or_no_number_is_refused(
    city: City, email: str | None, phone: str | None
) -> None:
    await a_booking(city)
    with pytest.raises(Malformed):
        await correct(city, email, phone)


async def test_it_is_open_to_the_end_of_the_day_of_the_visit(city: City) -> None:
    await a_booking(city)
    await city.shift_clock(at(18))
    assert (await correct(city, "new@example.jp", None)).version == 2
    await city.shift_clock(at(0) + timedelta(days=1))
    with pytest.raises(NotActive):
        await correct(city, None, None, version=2)


async def test_what_is_over_gets_no_new_address(city: City) -> None:
    await a_booking(city)
    booking_id = await the_id(city)
    await city.morning()
    await ticking.tick(city.desk, HERE, booking_id, "miss", str(uuid4()), Tick(version=1))
    with pytest.raises(NotActive):
        await correct(city, None, None, version=2)
