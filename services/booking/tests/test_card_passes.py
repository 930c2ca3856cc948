"""Who gets what opens card numbers: by right, office and day."""

import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.common.signing import Verifier
from libs.contracts.booking import CardPass
from libs.contracts.eligibility import NUMBERS_PURPOSE, CardPassClaims, digest_of_cards
from services.booking.actions import card_passes, lists, preparations, today
from services.booking.store.lists import Filter

from .city import DAY, PASS_KEY, City, at
from .served import Asked, clerk, public
from .test_preparations import book_card

READ = frozenset({"bookings.read", "bookings.export"})
NUMBERS = READ | {"cards.number"}


def who(*offices: str, rights: frozenset[str] = NUMBERS) -> Caller:
    return Caller("lgwan", "sato", rights, frozenset(offices or ("here",)))


def claims_of(shown: CardPass | None, now: float) -> CardPassClaims:
    assert shown
    read = Verifier(public(PASS_KEY), NUMBERS_PURPOSE).read(shown.ticket, now=now)
    return CardPassClaims.model_validate(read)


async def every_answer(city: City, caller: Caller, day: date = DAY) -> dict[str, Any]:
    """All that staff are shown of the one booking, by the use of its number."""
    wanted = Filter(cards=True)
    exported = [part async for part in lists.export_all(city.desk, caller, wanted)]
    return {
        "preparations": await preparations.list_preparations(
            city.desk, caller, "here", day, "time"
        ),
        "today": await today.day_list(city.desk, caller, "here", day),
        "outage": await today.day_list(city.desk, caller, "here", day, "outage"),
        "list": await lists.list_bookings(city.desk, caller, wanted),
        "file": exported[0],
    }


async def test_with_the_right_each_list_brings_a_pass_for_its_cards_and_its_use(
    city: City,
) -> None:
    await book_card(city, "card one", 10)
    await city.booked(at(11))
    for use, listed in (await every_answer(city, who())).items():
        claims = claims_of(listed.cards, at(0).timestamp() - 10**7)
        assert list(listed.cards.keys.values()) == ["card one"], use
        assert (claims.actor, claims.use) == ("" if use == "today" else "sato", use)
        assert claims.digest == digest_of_cards(["card one"])


async def test_without_the_right_no_answer_says_which_card_it_is(city: City) -> None:
    await book_card(city, "card one", 10, "issuance+pin")
    everything = {
        **await every_answer(city, who(rights=READ)),
    }
    for use, listed in everything.items():
        assert listed.cards is None, use
        assert "card one" not in listed.model_dump_json()
    assert everything["preparations"].visits[0].kana is None


async def test_lists_bring_it_only_where_they_were_asked_for_it(city: City) -> None:
    await book_card(city, "card one", 10)
    assert (await lists.list_bookings(city.desk, who(), Filter())).cards is None
    (part,) = [part async for part in lists.export_all(city.desk, who(), Filter())]
    assert part.cards is None


async def test_other_offices_have_no_cards_here(city: City) -> None:
    await book_card(city, "card one", 10)
    for listed in (await every_answer(city, who("there"))).values():
        assert not listed.cards.keys


async def test_the_card_of_one_booking_is_within_its_offices(city: City) -> None:
    await book_card(city, "card one", 10)
    booking_id: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    found = await card_passes.pass_for_one(city.desk, who(), booking_id)
    assert found.keys == {booking_id: "card one"}
    everywhere = who("there", rights=NUMBERS | {"bookings.everywhere"})
    assert await card_passes.pass_for_one(city.desk, everywhere, booking_id)
    for caller, asked in ((who("there"), booking_id), (who(), uuid4())):
        with pytest.raises(NotFound):
            await card_passes.pass_for_one(city.desk, caller, asked)


async def test_a_booking_without_a_card_has_no_number(city: City) -> None:
    await city.booked(at(9))
    booking_id: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    with pytest.raises(NotFound):
        await card_passes.pass_for_one(city.desk, who(), booking_id)


async def test_the_machine_gets_the_coming_day_for_outages_and_nothing_else(city: City) -> None:
    machine = Caller(
        "lgwan", "offline-lists", frozenset({"bookings.read", "cards.outage"}), frozenset("*")
    )
    await book_card(city, "card one", 10)
    for ahead, opens in ((0, True), (1, True), (2, False), (-1, False)):
        await city.shift_clock(at(18) - timedelta(days=ahead))
        listed = await today.day_list(city.desk, machine, "here", DAY, "outage")
        assert (listed.cards is not None) is opens, ahead
    await city.shift_clock(at(18) - timedelta(days=1))
    answers = await every_answer(city, machine)
    assert answers.pop("outage").cards.keys
    assert all(listed.cards is None for listed in answers.values())


async def test_within_a_minute_the_page_of_the_day_gets_the_same_pass(city: City) -> None:
    """So that terminals which ask again see that nothing changed."""
    await city.shift_clock(at(8) + timedelta(seconds=20))
    await book_card(city, "card one", 10)
    another = Caller("lgwan", "abe", NUMBERS, frozenset({"here"}))
    first, second = [
        await today.day_list(city.desk, caller, "here", DAY) for caller in (who(), another)
    ]
    assert first == second
    assert claims_of(first.cards, time.time()).use == "today"


async def test_a_name_helps_to_find_the_card_where_the_booking_has_one(city: City) -> None:
    await book_card(city, "card one", 10)
    await book_card(city, "card two", 11, "pin+issuance")
    await city.pool.execute("UPDATE booking SET kana = NULL WHERE card_key = 'card one'")
    listed = await preparations.list_preparations(city.desk, who(), "here", DAY, "time")
    first, second = listed.visits
    assert first.kana is None
    assert second.kana
    assert second.kana.startswith("タロウ")


async def test_the_route_of_one_card_needs_the_right(asked: Asked) -> None:
    await book_card(asked.city, "card one", 10)
    booking_id = await asked.city.pool.fetchval("SELECT booking_id FROM booking")
    path = f"/v1/staff/bookings/{booking_id}/card"
    allowed = await asked.client.get(path, headers=clerk("cards.number"))
    assert allowed.json()["keys"] == {str(booking_id): "card one"}
    refused = await asked.client.get(path, headers=clerk("bookings.read", "bookings.tick"))
    assert (refused.status_code, "card one" in refused.text) == (403, False)


async def test_lists_over_http_bring_it_when_asked(asked: Asked) -> None:
    await book_card(asked.city, "card one", 10)
    headers = clerk("bookings.read", "cards.number")
    plain = await asked.client.get("/v1/staff/bookings", headers=headers)
    assert plain.json()["cards"] is None
    headers = clerk("bookings.read", "cards.number")
    more = await asked.client.get("/v1/staff/bookings?cards=1", headers=headers)
    assert list(more.json()["cards"]["keys"].values()) == ["card one"]
