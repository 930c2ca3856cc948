"""Staff find bookings whose number nobody has: exactly, within their offices, so often an hour."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.common.seal import KeyRing
from libs.contracts.booking import (
    CitizenBooking,
    ContactRequest,
    StaffFound,
    StaffSearch,
)
from services.booking.actions.contact import change_contact
from services.booking.actions.erasure import erase_persons
from services.booking.actions.search import index_bookings, search
from services.booking.domain.problems import SearchedEnough
from services.booking.store.search import Digest

from .city import BORN, City, at
from .clerks import clerk
from .served import Asked
from .served import clerk as headers_of
from .test_mailboxes import invent_all

NAME, PHONE, EMAIL = "オオイタ ハナコ", "09012345678", "hanako@example.jp"
CARD = "c" * 64
DIGESTS = "SELECT count(*) FROM search_index"
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


async def a_booking(city: City, hour: int = 10, name: str = NAME, **more: Any) -> CitizenBooking:
    await city.set_rules("slow", phone="optional")
    session = uuid4()
    await city.hold(session, at(hour))
    return await city.book(session, name, **{"email": EMAIL, "phone": PHONE} | more)


async def find(city: City, caller: Caller | None = None, **asked: Any) -> StaffFound:
    return await search(city.desk, caller or clerk(), StaffSearch(**asked))


async def numbers(city: City, caller: Caller | None = None, **asked: Any) -> list[str]:
    return [one.number for one in (await find(city, caller, **asked)).bookings]


@pytest.mark.parametrize(
    "asked",
    [
        {"name": NAME, "born": BORN},
        {"name": "おおいた　はなこ", "born": BORN},
        {"phone": PHONE},
        {"phone": "+81 90-1234-5678"},
        {"email": EMAIL},
        {"email": "Hanako@EXAMPLE.jp"},
    ],
)
async def test_a_booking_is_found_by_what_its_citizen_says(
    city: City, asked: dict[str, Any]
) -> None:
    booking = await a_booking(city)
    await a_booking(city, 11, "サトウ ジロウ", email="jiro@example.jp", phone="0975346111")
    assert await numbers(city, **asked) == [booking.number]


@pytest.mark.parametrize(
    "asked",
    [
        {"name": NAME, "born": BORN + timedelta(days=1)},
        {"name": "オオイタ", "born": BORN},
        {"name": "オオイタ ハナ", "born": BORN},
        {"phone": "0901234567"},
        {"email": "hanako@example.com"},
        {"number": "0000000000"},
        {"card_key": "d" * 64},
    ],
)
async def test_what_is_not_equal_finds_nobody(city: City, asked: dict[str, Any]) -> None:
    await a_booking(city)
    assert await numbers(city, **asked) == []


async def test_a_booking_is_found_by_its_number_and_by_its_card(city: City) -> None:
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold(session, at(10), "issuance", ticket=ticket)
    booking = await city.book(session, ticket=ticket)
    assert await numbers(city, card_key=CARD) == [booking.number]
    typed = f" {booking.number[:5].lower()}-{booking.number[5:]}"
    assert await numbers(city, number=typed) == [booking.number]


async def test_what_comes_next_stands_first_and_what_is_over_last(city: City) -> None:
    later = await a_booking(city, 14)
    sooner = await a_booking(city, 9, "サトウ ジロウ")
    assert await numbers(city, phone=PHONE) == [sooner.number, later.number]


async def test_bookings_of_other_offices_are_found_by_who_may_see_them(city: City) -> None:
    booking = await a_booking(city)
    for asked in ({"phone": PHONE}, {"number": booking.number}):
        assert await numbers(city, clerk("kudo", "there"), **asked) == []
        assert await numbers(city, clerk("sato", "here"), **asked) == [booking.number]
    everywhere = frozenset({"bookings.read", "bookings.everywhere"})
    assert await numbers(city, clerk("abe", "there", rights=everywhere), phone=PHONE)


async def test_a_former_address_finds_nobody_and_the_new_one_does(city: City) -> None:
    booking = await a_booking(city)
    assert await numbers(city, email=EMAIL)
    asked = ContactRequest(number=booking.number, born=BORN, email="new@example.jp", keep=())
    await change_contact(city.desk, uuid4(), str(uuid4()), asked)
    assert await city.pool.fetchval(DIGESTS) == 0, "gone together with what they were made of"
    assert await numbers(city, email=EMAIL) == []
    assert await numbers(city, phone=PHONE) == []
    assert await numbers(city, email="new@example.jp") == [booking.number]


async def test_an_address_that_waits_for_its_first_mail_to_be_opened_is_found(city: City) -> None:
    invented = await invent_all(city, 7)
    assert len(await numbers(city, email=EMAIL)) == len(invented)


async def test_what_the_release_before_wrote_is_found_after_the_first_start(city: City) -> None:
    """It writes no digests; nor has anybody for what stood when this release came."""
    booking = await a_booking(city)
    await city.pool.execute("DELETE FROM search_index")
    assert await index_bookings(city.desk) == 1
    assert await index_bookings(city.desk) == 0
    sealed = city.desk.contacts.seal("0975346111")
    await city.pool.execute(
        "UPDATE booking SET phone = $1 WHERE number = $2", sealed, booking.number
    )
    assert await numbers(city, phone="0975346111") == [booking.number]


async def test_nothing_is_left_of_who_is_erased(city: City) -> None:
    await a_booking(city)
    await index_bookings(city.desk)
    assert await city.pool.fetchval(DIGESTS) == 3
    await city.shift_clock(at(10) + timedelta(days=30, minutes=1))
    assert await erase_persons(city.desk.open_store) == 1
    assert await city.pool.fetchval(DIGESTS) == 0
    assert await index_bookings(city.desk) == 0
    assert await numbers(city, phone=PHONE) == []


async def test_a_booking_that_cannot_be_opened_holds_up_no_other(city: City) -> None:
    await a_booking(city)
    other = KeyRing("contact", {9: bytes(32)}).seal("0975346111")
    await city.pool.execute("UPDATE booking SET phone = $1", other)
    booking = await a_booking(city, 11, "サトウ ジロウ")
    assert await numbers(city, phone=PHONE) == [booking.number]


async def test_a_slow_hand_does_not_bring_back_a_former_number(city: City) -> None:
    """Each takes one note only, so that the two have none in common."""
    booking = await a_booking(city)
    async with city.desk.open_store() as slow:
        (read,) = await slow.search.take_unindexed(1)
        sealed = city.desk.contacts.seal("0975346111")
        await city.pool.execute("UPDATE booking SET phone = $1", sealed)
        quick = asyncio.create_task(make_findable(city, "0975346111"))
        await waits_or_ends(city, quick)
        digest = city.desk.search_keys.phone(PHONE)
        await slow.search.add_digests([Digest(read.booking_id, "phone", digest)])
    await quick
    assert not await digest_stands(city, PHONE)
    assert await numbers(city, phone="0975346111") == [booking.number]


async def make_findable(city: City, phone: str) -> None:
    async with city.desk.open_store() as store:
        (read,) = await store.search.take_unindexed(1)
        digest = city.desk.search_keys.phone(phone)
        await store.search.add_digests([Digest(read.booking_id, "phone", digest)])


async def waits_or_ends(city: City, task: asyncio.Task[None]) -> None:
    for _ in range(1000):
        if task.done() or await city.pool.fetchval(WAITING):
            return
        await asyncio.sleep(0.01)


async def digest_stands(city: City, phone: str) -> bool:
    digest = city.desk.search_keys.phone(phone)
    query = "SELECT EXISTS (SELECT FROM search_index WHERE digest = $1)"
    return bool(await city.pool.fetchval(query, digest))


async def test_digests_of_two_kinds_never_equal(city: City) -> None:
    keys = city.desk.search_keys
    assert len({keys.name("A B"), keys.phone("A B"), keys.email("A B")}) == 3


async def shielded_party(city: City) -> list[str]:
    """Somebody who is not served online, and who comes along."""
    await city.set_rules("issuance", phone="optional")
    await city.set_rules("slow", phone="optional")
    await city.import_card(CARD)
    session, ticket = uuid4(), city.ticket(CARD)
    await city.hold_all(session, at(10), "issuance", "slow", ticket=ticket)
    await city.book_all(session, NAME, "オオイタ ジロウ", ticket=ticket, phone=PHONE)
    await city.import_card(CARD, version=2, shielded=True)
    return [row["number"] for row in await city.pool.fetch("SELECT number FROM booking")]


async def test_who_is_shielded_is_found_by_number_alone_without_the_right_to_know(
    city: City,
) -> None:
    all_numbers = await shielded_party(city)
    asked: list[dict[str, Any]] = [
        {"phone": PHONE}, {"card_key": CARD}, {"name": "オオイタ ジロウ", "born": BORN},
    ]  # fmt: skip
    chief = clerk("abe", rights=frozenset({"bookings.read", "persons.shielded"}))
    for one in asked:
        assert await numbers(city, **one) == []
        assert await numbers(city, chief, **one)
    for number in all_numbers:
        assert await numbers(city, number=number) == [number]


async def test_an_account_searches_sixty_times_an_hour_and_by_number_always(city: City) -> None:
    booking = await a_booking(city)
    few = replace(city.desk, searches_an_hour=3)
    for left in (2, 1, 0):
        found = await search(few, clerk(), StaffSearch(phone=PHONE))
        assert (found.left, len(found.bookings)) == (left, 1)
    with pytest.raises(SearchedEnough) as refused:
        await search(few, clerk(), StaffSearch(email=EMAIL))
    assert refused.value.facts["again_at"]
    by_number = await search(few, clerk(), StaffSearch(number=booking.number))
    assert len(by_number.bookings) == 1
    assert (await search(few, clerk("kudo"), StaffSearch(phone=PHONE))).left == 2
    await city.shift_clock(at(9) - timedelta(days=6))
    assert (await search(few, clerk(), StaffSearch(phone=PHONE))).left == 2


async def test_of_many_searches_at_once_no_more_than_allowed_are_answered(city: City) -> None:
    few = replace(city.desk, searches_an_hour=5)

    async def one() -> bool:
        try:
            await search(few, clerk(), StaffSearch(phone=PHONE))
        except SearchedEnough:
            return False
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(12)))) == 5


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"name": NAME},
        {"born": BORN},
        {"phone": PHONE, "email": EMAIL},
        {"card_key": "ABC-123456"},
    ],
)
def test_one_way_at_a_time_is_asked_for(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StaffSearch(**asked)


async def test_an_individual_number_is_refused_and_not_counted(city: City) -> None:
    for field in ("number", "phone", "email"):
        asked: dict[str, Any] = {field: "123456789018"}
        with pytest.raises(Malformed) as refused:
            await find(city, **asked)
        assert refused.value.facts["fields"] == [field]
    assert await city.pool.fetchval("SELECT count(*) FROM search_made") == 0


async def test_the_log_says_of_what_kind_and_how_many_but_not_whom(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    await a_booking(asked.city)
    with caplog.at_level("INFO"):
        sent = {"name": NAME, "born": BORN.isoformat()}
        found = await asked.client.post(
            "/v1/staff/search", json=sent, headers=headers_of("bookings.read")
        )
    assert found.status_code == 200
    assert len(found.json()["bookings"]) == 1
    (line,) = [one for one in caplog.records if one.message == "bookings searched"]
    assert vars(line)["fields"] == {"kind": "name", "hits": 1}
    every = json.dumps([str(vars(one)) for one in caplog.records], ensure_ascii=False)
    assert "ハナコ" not in every


async def test_without_the_right_nothing_is_searched(asked: Asked) -> None:
    refused = await asked.client.post(
        "/v1/staff/search", json={"phone": PHONE}, headers=headers_of("counts.read")
    )
    assert refused.status_code == 403


async def test_what_was_found_is_shown_as_it_is_now_by_its_ids(asked: Asked) -> None:
    await a_booking(asked.city)
    other = await a_booking(asked.city, 11, "サトウ ジロウ")
    rows = await asked.city.pool.fetch("SELECT booking_id, number FROM booking")
    (wanted,) = [str(row["booking_id"]) for row in rows if row["number"] == other.number]
    path, headers = "/v1/staff/bookings?ids=", headers_of("bookings.read")
    answer = await asked.client.get(path + wanted, headers=headers)
    assert [one["number"] for one in answer.json()["bookings"]] == [other.number]
    foreign = headers_of("bookings.read", offices="there")
    assert (await asked.client.get(path + wanted, headers=foreign)).json()["bookings"] == []
    for wrong in ("me", ",".join([wanted] * 21)):
        assert (await asked.client.get(path + wrong, headers=headers)).status_code == 400
