"""Who is the same person by name: in every way to write it, and across two versions of the rule."""

from uuid import uuid4

import pytest

from libs.contracts.booking import CitizenBooking
from services.booking.actions.rekeying import rekey_persons
from services.booking.domain import AlreadyBooked, PersonKey

from .city import BORN, City, at

_KEYS = """
    SELECT a.person_key FROM active_person a JOIN booking USING (booking_id) WHERE number = $1
"""


async def book(city: City, person: str, hour: int = 10) -> CitizenBooking:
    session = uuid4()
    await city.hold(session, at(hour))
    return await city.book(session, person)


async def as_before(city: City, booking: CitizenBooking, person: str) -> None:
    """What the release before wrote for this booking: the key of the first rule, and no other."""
    key = city.desk.index.digest(*PersonKey.parts_of_name(person, BORN, 1))
    done = await city.pool.execute(
        "UPDATE booking SET person_key = $2, former_keys = NULL WHERE number = $1",
        booking.number, key,
    )  # fmt: skip
    assert done == "UPDATE 1"
    rows = await city.pool.fetch(_KEYS, booking.number)
    assert [row["person_key"] for row in rows] == [key]


@pytest.mark.parametrize(
    ("one", "other"),
    [("オオノ ショウコ", "オーノ シヨウコ"), ("NGUYEN VAN A", "Nguyễn Văn A")],
)
async def test_one_person_is_known_however_the_name_is_written(
    city: City, one: str, other: str
) -> None:
    await book(city, one)
    with pytest.raises(AlreadyBooked):
        await book(city, other, 11)


async def test_two_names_are_two_people(city: City) -> None:
    await book(city, "NGUYEN VAN A")
    await book(city, "グエン ヴァン ア", 11)


async def test_a_booking_of_the_release_before_blocks_the_same_name_at_once(city: City) -> None:
    await as_before(city, await book(city, "オオノ ショウコ"), "オオノ ショウコ")
    with pytest.raises(AlreadyBooked):
        await book(city, "おおの しょうこ", 11)


async def test_a_new_booking_blocks_what_the_release_before_would_write(city: City) -> None:
    await book(city, "オオノ ショウコ")
    other = await book(city, "タナカ", 11)
    with pytest.raises(Exception, match="booking_active_person"):
        await as_before(city, other, "オオノ ショウコ")


async def test_after_re_keying_an_old_booking_blocks_every_way_to_write_the_name(
    city: City,
) -> None:
    await as_before(city, await book(city, "オオノ ショウコ"), "オオノ ショウコ")
    assert await rekey_persons(city.desk, rest_seconds=0) == 1
    assert await rekey_persons(city.desk, rest_seconds=0) == 0
    for name in ("オーノ シヨウコ", "オオノ ショウコ"):
        with pytest.raises(AlreadyBooked):
            await book(city, name, 11)


async def test_two_old_bookings_of_one_person_both_stand(city: City) -> None:
    for hour, name in ((10, "オオノ"), (11, "タナカ")):
        await as_before(city, await book(city, name, hour), "オオノ" if hour == 10 else "オーノ")
    await city.pool.execute(
        "UPDATE booking SET kana = $1 WHERE starts_at = $2",
        city.desk.persons.seal("オーノ"), at(11),
    )  # fmt: skip
    assert await rekey_persons(city.desk, rest_seconds=0) == 1
    count = "SELECT count(*) FROM booking WHERE status = 'confirmed' AND former_keys IS NOT NULL"
    assert await city.pool.fetchval(count) == 2
    for name in ("オオノ", "オーノ"):
        with pytest.raises(AlreadyBooked):
            await book(city, name, 13)


async def test_who_has_cancelled_may_book_again(city: City) -> None:
    await city.cancel(await book(city, "オオノ"))
    await book(city, "オーノ", 11)
