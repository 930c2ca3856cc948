"""「別の方のご予約ですか」: asked of a name in Latin letters beside a like birth and contact."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.booking import CitizenBooking, Person
from services.booking.domain import AlreadyBooked, LikeAnother

from .city import BORN, DAY, City, at

KANA, LATIN, EMAIL, PHONE = "グエン アン", "NGUYEN VAN A", "an@example.jp", "09012345678"


@pytest.fixture(autouse=True)
async def phone_is_asked(city: City) -> None:
    await city.set_rules("slow", phone="optional")


async def books(city: City, name: str, hour: int = 10, **more: Any) -> CitizenBooking:
    session = uuid4()
    await city.hold(session, at(hour), more.pop("procedure", "slow"))
    return await city.book(session, name, **{"email": EMAIL} | more)


async def test_the_same_contact_and_birth_under_another_name_are_asked_about(city: City) -> None:
    await books(city, KANA)
    session = uuid4()
    await city.hold(session, at(11))
    with pytest.raises(LikeAnother) as asked:
        await city.book(session, LATIN, email="AN@example.jp")
    assert asked.value.facts == {"person": 0}
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 1
    booked = await city.book(session, LATIN, email=EMAIL, another_person=True)
    assert booked.starts_at == at(11)
    assert await city.pool.fetchval("SELECT count(DISTINCT person_key) FROM booking") == 2


async def test_a_telephone_number_is_a_contact_as_well(city: City) -> None:
    await books(city, KANA, email=None, phone=PHONE)
    with pytest.raises(LikeAnother):
        await books(city, LATIN, 11, email=None, phone=PHONE)


@pytest.mark.parametrize(
    "other",
    [
        {"email": "another@example.jp"},
        {"email": None},
        {"born": BORN + timedelta(days=1)},
        {"procedure": "pin"},
    ],
    ids=["another contact", "no contact", "another birth", "another kind of procedure"],
)
async def test_whoever_differs_is_not_asked(city: City, other: dict[str, Any]) -> None:
    await books(city, KANA)
    assert await books(city, LATIN, 11, **other)


async def test_twins_with_names_in_kana_are_not_asked(city: City) -> None:
    await books(city, "オオイタ タロウ")
    assert await books(city, "オオイタ ジロウ", 11)


async def test_one_name_is_one_person_and_no_question(city: City) -> None:
    await books(city, LATIN)
    with pytest.raises(AlreadyBooked):
        await books(city, "Nguyen Van  A", 11)


async def test_what_is_cancelled_or_past_asks_nothing(city: City) -> None:
    await city.cancel(await books(city, KANA))
    assert await books(city, LATIN, 11)
    await city.shift_clock(at(9, day=DAY + timedelta(days=1)))
    later = at(11, day=DAY + timedelta(days=1))
    session = uuid4()
    await city.hold(session, later)
    assert await city.book(session, "NGUYEN VAN BINH", email=EMAIL)


async def test_of_a_party_it_says_which_person_is_meant(city: City) -> None:
    await books(city, KANA)
    session = uuid4()
    await city.hold_all(session, at(11), "slow", "slow")
    party = [Person(visitor="self", kana=LATIN, born=BORN)]
    with pytest.raises(LikeAnother) as asked:
        await city.book(session, "オオイタ タロウ", email=EMAIL, party=party)
    assert asked.value.facts == {"person": 1}


async def test_nobody_learns_of_who_is_not_served_online(city: City) -> None:
    await books(city, KANA)
    await city.import_card("card", shielded=True)
    await city.pool.execute("UPDATE booking SET card_key = 'card'")
    assert await books(city, LATIN, 11)
