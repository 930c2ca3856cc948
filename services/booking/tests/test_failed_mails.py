"""Mails that did not arrive: whose address is in doubt, whenever the news comes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.booking import BookingUpdated
from libs.contracts.notify import MailFailed, ReminderFailed
from services.booking.handlers import SUBSCRIPTIONS

from .city import City
from .planning import apply, month
from .test_contact import a_booking, by_number, last, update
from .test_displaced import CLOSE


async def news(city: City, version: int, kind: type[Any] = MailFailed, **given: Any) -> None:
    """The mail of that version of the only booking failed."""
    said = {
        "booking_id": await booking_id(city), "version": version, "office_id": "here",
        "reason": "550 5.1.1", "at": datetime.now(UTC), "kind": "confirmed", **given,
    }  # fmt: skip
    async with city.desk.open_store() as store:
        await SUBSCRIPTIONS[kind](kind.model_validate(said), store)


async def booking_id(city: City) -> UUID:
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    return found


async def failed(city: City) -> bool:
    flag: bool = await city.pool.fetchval("SELECT mail_failed FROM booking")
    return flag


async def test_a_bounce_is_shown_although_the_booking_has_a_later_version(city: City) -> None:
    booking = await a_booking(city)
    await update(city, by_number(booking), keep=("email",), phone="09012345678")
    await news(city, version=1)
    assert await failed(city)


async def test_a_bounce_of_an_address_that_was_replaced_says_nothing_of_the_new_one(
    city: City,
) -> None:
    booking = await a_booking(city)
    await update(city, by_number(booking), keep=("email",), phone="09012345678")
    await update(city, by_number(booking), email="new@example.jp")
    await news(city, version=2)
    assert not await failed(city)
    await news(city, version=3)
    assert await failed(city)


async def test_the_same_address_typed_again_is_the_same_and_worth_another_try(city: City) -> None:
    booking = await a_booking(city)
    await news(city, version=1)
    await update(city, by_number(booking), email="old@example.jp")
    assert not await failed(city)
    told = await last(city, BookingUpdated)
    assert (told.contact_version, told.version) == (1, 2)
    assert isinstance(told, BookingUpdated)
    assert told.former_contact is None


async def test_a_replaced_address_is_named_to_notify_so_that_it_can_be_told(city: City) -> None:
    booking = await a_booking(city)
    await update(city, by_number(booking), email="new@example.jp")
    told = await last(city, BookingUpdated)
    assert isinstance(told, BookingUpdated)
    assert city.desk.contacts.open(told.former_contact or "") == "old@example.jp"
    assert (told.former_version, told.contact_version) == (1, 2)


async def test_a_new_address_of_a_displaced_booking_hears_what_is_proposed(city: City) -> None:
    await month(city)
    booking = await a_booking(city)
    await apply(city, CLOSE)
    await update(city, by_number(booking), email="new@example.jp")
    told = await last(city, BookingUpdated)
    assert isinstance(told, BookingUpdated)
    assert told.displaced
    assert told.proposed_starts_at is not None
    assert told.held_until is not None
    assert told.held_until - told.at < timedelta(days=10)


@pytest.mark.parametrize(("reason", "flag"), [("550 5.1.1", True), ("past", False)])
async def test_a_reminder_that_nobody_could_send_says_nothing_of_the_address(
    city: City, reason: str, flag: bool
) -> None:
    await a_booking(city)
    await news(city, version=1, kind=ReminderFailed, reason=reason)
    assert await failed(city) == flag
