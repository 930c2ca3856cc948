"""Who may come for what, and what the counter is told of a person."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import CitizenBooking, VisitorRule
from libs.rules.visits import is_under_age
from services.booking.actions import lists, staff
from services.booking.domain import ByPhone, CardElsewhere, GuardianNeeded, Paused
from services.booking.store.lists import Filter

from .city import DAY, City, at, procedure

CHILD = date(DAY.year - 10, 1, 1)
EVERYWHERE = Caller("lgwan", "admin", frozenset(), frozenset({"*"}))
NEEDS = ("wheelchair", "writing")


async def book(city: City, procedure_id: str = "slow", **said: Any) -> CitizenBooking:
    session = uuid4()
    await city.hold(session, at(10), procedure_id)
    return await city.book(session, **said)


@pytest.mark.parametrize(
    ("born", "under_age"),
    [
        (DAY.replace(year=DAY.year - 15), False),
        (DAY.replace(year=DAY.year - 15) + timedelta(days=1), True),
        (date(2012, 2, 29), False),
        (CHILD, True),
    ],
)
def test_fifteen_is_counted_on_the_day_of_the_visit(born: date, under_age: bool) -> None:
    assert is_under_age(born, DAY) is under_age


async def test_what_the_counter_should_know_is_kept_and_shown_to_staff(city: City) -> None:
    await city.set_rules("slow", phone="optional", asks_cards=True)
    booking = await book(city, phone="09012345678", needs=NEEDS, cards=3, language="vi")
    assert (booking.has_phone, booking.needs, booking.language) == (True, NEEDS, "vi")
    listed = (await lists.list_bookings(city.desk, EVERYWHERE, Filter())).bookings[0]
    seen = await staff.see_booking(city.desk, EVERYWHERE, listed.booking_id)
    assert (seen.phone, seen.needs, seen.cards) == ("09012345678", NEEDS, 3)
    assert (seen.language, seen.has_inquiry) == ("vi", None)
    assert "09012345678" not in str(await city.pool.fetch("SELECT * FROM booking"))


async def test_a_child_comes_with_a_guardian(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    with pytest.raises(GuardianNeeded):
        await city.book(session, born=CHILD)
    await city.book(session, born=CHILD, visitor="guardian")


async def test_a_childs_visit_that_must_fail_is_not_even_held(city: City) -> None:
    await city.import_card("card")
    alone = (VisitorRule(visitor="guardian", phone_reason="お電話ください。"),)
    for settings in ({"rules": alone}, {"rules": (), "visitors": ("self",)}):
        await city.set_rules("issuance", **settings)
        with pytest.raises(ByPhone):
            await city.hold(uuid4(), at(10), "issuance", ticket=city.ticket("card", CHILD))
    await city.hold(uuid4(), at(10), "issuance", ticket=city.ticket("card"))


async def test_who_is_led_to_the_phone_books_nothing(city: City) -> None:
    rules = (VisitorRule(visitor="proxy", phone_reason="二回お越しいただくことになります。"),)
    await city.set_rules("slow", visitors=("self", "proxy"), rules=rules)
    with pytest.raises(ByPhone) as refused:
        await book(city, visitor="proxy")
    assert refused.value.detail == rules[0].phone_reason
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 0


async def test_a_proxy_without_the_letter_of_inquiry_is_led_to_the_phone(city: City) -> None:
    await city.set_rules("slow", visitors=("self", "proxy"), asks_inquiry=True)
    session = uuid4()
    await city.hold(session, at(10))
    for has_inquiry in (None, False):
        with pytest.raises(ByPhone):
            await city.book(session, visitor="proxy", has_inquiry=has_inquiry)
    await city.book(session, visitor="proxy", has_inquiry=True)
    await book(city, has_inquiry=True)
    kept = await city.pool.fetch("SELECT has_inquiry FROM booking ORDER BY visitor")
    assert [row["has_inquiry"] for row in kept] == [True, None]


@pytest.mark.parametrize(
    ("settings", "said", "field"),
    [
        ({"email": "required"}, {}, "email"),
        ({"email": "off"}, {"email": "a@example.jp"}, "email"),
        ({"phone": "required"}, {}, "phone"),
        ({"phone": "off"}, {"phone": "09012345678"}, "phone"),
        ({"phone": "optional"}, {"phone": "123456789012"}, "phone"),
        ({"phone": "optional"}, {"phone": "12345"}, "phone"),
        ({"asks_needs": False}, {"needs": ("reading",)}, "needs"),
        ({"asks_cards": False}, {"cards": 2}, "cards"),
    ],
)
async def test_what_must_be_given_is_asked_and_nothing_else_is_kept(
    city: City, settings: dict[str, Any], said: dict[str, Any], field: str
) -> None:
    await city.set_rules("slow", **settings)
    with pytest.raises(Malformed) as refused:
        await book(city, **said)
    assert refused.value.facts["fields"] == [field]


async def test_a_procedure_that_is_paused_or_booked_by_phone_takes_no_time(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.set_rules("slow", online="paused")
    with pytest.raises(Paused):
        await city.hold(uuid4(), at(11))
    with pytest.raises(Paused):
        await city.book(session)
    await city.set_rules("slow", online="phone")
    with pytest.raises(ByPhone):
        await city.hold(uuid4(), at(11))


async def test_where_the_city_says_so_a_card_is_collected_at_any_office(city: City) -> None:
    await city.set_rules("issuance", any_office=True)
    await city.import_card("card", "there")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold(session, at(10), "issuance", "here", ticket)
    booking = await city.book(session, ticket=ticket, kana=None, born=None)
    assert booking.office_id == "here"
    async with city.desk.open_store() as store:
        await store.cards.flag_moved(["card"], await store.catalog.tied_procedures())
    assert await city.pool.fetchval("SELECT card_moved FROM booking") is False


VISITS = ("free", "tied", "free+tied", "tied+free", "pin+free", "free+pin", "pin+tied")


@pytest.mark.parametrize("asked", VISITS)
async def test_a_card_that_left_flags_a_visit_that_could_not_be_booked_there_any_more(
    city: City, asked: str
) -> None:
    """Whichever procedure leads; `free` may be done anywhere, `tied` where the card is."""
    async with city.desk.open_store() as store:
        for name in ("free", "tied"):
            for_a_card = procedure(name, 15, needs_card=True)
            anywhere = {"any_office": name == "free"}
            await store.catalog.save_procedure(for_a_card.model_copy(update=anywhere))
    both = "procedure_ids || '{free,tied}'::text[]"
    await city.pool.execute(f"UPDATE series SET procedure_ids = {both}")
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold_all(session, at(10), asked, ticket=ticket)
    await city.book(session, ticket=ticket)
    await city.import_card("card", "there", version=2)
    async with city.desk.open_store() as store:
        await store.cards.flag_moved(["card"], await store.catalog.tied_procedures())
    assert await city.pool.fetchval("SELECT card_moved FROM booking") is ("tied" in asked)
    await city.pool.execute("UPDATE booking SET status = 'cancelled'")
    bookable = "tied" not in asked
    with nullcontext() if bookable else pytest.raises(CardElsewhere):
        await city.hold_all(uuid4(), at(11), asked, ticket=ticket)
