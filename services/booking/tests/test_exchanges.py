"""差替え: another person for a booking."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import (
    BookingProof,
    BookingUpdated,
    StaffCancel,
    Tick,
)
from libs.rules.names import FORMER_VERSION, KEY_VERSION
from services.booking.actions import bookings, staff, ticking
from services.booking.domain import (
    AlreadyBooked,
    CardElsewhere,
    GuardianNeeded,
    NotActive,
    NotEligible,
    SamePerson,
)

from .city import BORN, DAY, City, at
from .clerks import Call
from .exchanging import (
    HERE,
    THERE,
    WIFE,
    active,
    booked,
    by_number,
    card_booked,
    outcome,
    replace,
    seen,
    swap,
    two,
)
from .test_never_twice import cells_disagreeing_with_bookings


async def test_another_person_takes_over_time_window_and_number(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    after = await replace(city, before)
    kept = {"number", "starts_at", "window_id", "office_id", "booking_id", "status"}
    assert after.model_dump(include=kept) == before.model_dump(include=kept)
    detail = await staff.see_booking(city.desk, HERE, before.booking_id)
    assert detail.kana == WIFE
    assert [(line.actor, line.what) for line in detail.history][1:] == [("sato", "replaced")]
    assert detail.booking.version == 2
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_the_former_person_may_book_again_and_the_new_one_may_not(city: City) -> None:
    await replace(city, await booked(city, "オオイタ タロウ"))
    await booked(city, "オオイタ タロウ", 11)
    with pytest.raises(AlreadyBooked):
        await booked(city, WIFE, 12)


async def test_a_card_is_exchanged_for_another_one_that_lies_here(city: City) -> None:
    before = await card_booked(city, "his")
    await city.import_card("hers")
    await replace(city, before, ticket=city.ticket("hers", date(1952, 3, 4)))
    proof = BookingProof(number=before.number, born=date(1952, 3, 4))
    assert (await bookings.find_booking(city.desk, proof)).number == before.number
    for former in (
        BookingProof(number=before.number, born=BORN),
        BookingProof(ticket=city.ticket("his")),
    ):
        with pytest.raises(NotFound):
            await bookings.find_booking(city.desk, former)
    await card_booked(city, "his", 11)


async def test_a_card_elsewhere_or_not_ready_or_not_shown_is_refused(city: City) -> None:
    before = await card_booked(city, "his")
    await city.import_card("far", "there")
    with pytest.raises(CardElsewhere):
        await replace(city, before, ticket=city.ticket("far"))
    with pytest.raises(NotEligible):
        await replace(city, before, ticket=city.ticket("unknown"))
    with pytest.raises(NotEligible):
        await replace(city, before)
    assert (await by_number(city, before.number)).version == 1


def named_keys(city: City, name: str) -> set[str]:
    """By both versions of the rule."""
    return {
        city.desk.named_person(name, BORN, version) for version in (KEY_VERSION, FORMER_VERSION)
    }


async def test_both_the_card_and_the_name_of_a_visit_for_two_procedures_change(city: City) -> None:
    await city.import_card("his")
    await city.import_card("hers")
    session, ticket = uuid4(), city.ticket("his")
    await city.hold_all(session, at(10), "pin+issuance", ticket=ticket)
    before = await seen(city, await city.book(session, "オオイタ タロウ", ticket=ticket))
    await replace(city, before, ticket=city.ticket("hers"), kana=WIFE)
    desk = city.desk
    keys = {desk.card_person("hers"), *named_keys(city, WIFE)}
    assert set(await active(city)) == keys


async def test_only_the_name_beside_the_same_card_may_change_too(city: City) -> None:
    await city.import_card("card")
    session, ticket = uuid4(), city.ticket("card")
    await city.hold_all(session, at(10), "issuance+pin", ticket=ticket)
    before = await seen(city, await city.book(session, "オオイタ ジロウ", ticket=ticket))
    await replace(city, before, ticket=ticket, kana="オオイタ タロウ")
    keys = {city.desk.card_person("card"), *named_keys(city, "オオイタ タロウ")}
    assert set(await active(city)) == keys


async def test_nothing_of_the_former_person_is_kept(city: City) -> None:
    before = await booked(city, "オオイタ タロウ", email="taro@example.jp", needs=("wheelchair",))
    await replace(city, before)
    detail = await staff.see_booking(city.desk, HERE, before.booking_id)
    assert (detail.booking.has_email, detail.phone, detail.needs) == (False, None, ())
    (body,) = await city.facts(BookingUpdated.name)
    told = BookingUpdated.model_validate_json(body)
    assert (told.contact, told.link, told.version) == (None, None, 2)
    assert await city.pool.fetchval("SELECT count(*) FROM booking_link") == 0


async def test_the_new_person_is_told_at_their_own_address(city: City) -> None:
    before = await booked(city, "オオイタ タロウ", email="taro@example.jp")
    await city.pool.execute("UPDATE booking SET mail_failed = true")
    after = await replace(city, before, email="hanako@example.jp", phone="09012345678")
    assert (after.has_email, after.mail_failed) == (True, False)
    (body,) = await city.facts(BookingUpdated.name)
    told = BookingUpdated.model_validate_json(body)
    assert told.contact and told.link
    assert city.desk.contacts.open(told.contact) == "hanako@example.jp"
    detail = await staff.see_booking(city.desk, HERE, before.booking_id)
    assert detail.phone == "09012345678"


async def test_a_child_comes_with_a_guardian(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    child: dict[str, Any] = {"kana": "オオイタ ジロウ", "born": date(2020, 1, 1)}
    with pytest.raises(GuardianNeeded):
        await replace(city, before, **child)
    after = await replace(city, before, visitor="guardian", **child)
    assert after.visitor == "guardian"


async def test_the_same_person_is_no_exchange(city: City) -> None:
    before = await booked(city, WIFE)
    with pytest.raises(SamePerson):
        await replace(city, before)


async def test_a_clash_shows_the_other_booking_to_whoever_may_see_it(city: City) -> None:
    other = await booked(city, WIFE, 14)
    before = await booked(city, "オオイタ タロウ")
    with pytest.raises(AlreadyBooked) as clash:
        await replace(city, before)
    assert clash.value.facts["booking"]["number"] == other.number
    await city.pool.execute(
        "UPDATE booking SET office_id = 'there' WHERE number = $1", other.number
    )
    with pytest.raises(AlreadyBooked) as hidden:
        await replace(city, before)
    assert hidden.value.facts == {}
    assert (await by_number(city, before.number)).version == 1


async def test_a_visit_of_a_past_day_that_nobody_ticked_is_no_clash(city: City) -> None:
    await booked(city, WIFE, 14)
    session = uuid4()
    await city.hold(session, at(10, day=DAY + timedelta(days=1)))
    before = await seen(city, await city.book(session, "オオイタ タロウ"))
    await city.shift_clock(at(8, day=DAY + timedelta(days=1)))
    await replace(city, before)
    assert (await active(city))[city.desk.named_person(WIFE, BORN)] == before.booking_id


async def test_whoever_is_here_already_may_be_another_person(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    await city.morning()
    arrived = await ticking.tick(
        city.desk, HERE, before.booking_id, "arrive", str(uuid4()), Tick(version=1)
    )
    assert (await replace(city, arrived)).status == "arrived"


async def test_what_is_over_is_nobodys_any_more(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    await city.shift_clock(at(9, day=DAY + timedelta(days=1)))
    with pytest.raises(NotActive):
        await replace(city, before)
    await city.shift_clock(at(9))
    missed = await ticking.tick(
        city.desk, HERE, before.booking_id, "miss", str(uuid4()), Tick(version=1)
    )
    with pytest.raises(NotActive):
        await replace(city, missed)


async def test_an_exchange_sent_twice_happens_once(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    for _ in range(2):
        after = await replace(city, before, key="one-key-of-a-form")
        assert after.version == 2


async def test_a_booking_of_another_office_is_absent(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    one, other = await two(city)
    with pytest.raises(NotFound):
        await replace(city, before, THERE)
    with pytest.raises(NotFound):
        await swap(city, one, other, THERE)


async def test_a_booking_whose_id_was_unknown_has_one_now(city: City) -> None:
    await city.import_card("hers")
    call = Call(city)
    await call.hold(at(10), "issuance")
    before = await call.book(unlinked=True)
    await replace(city, before, ticket=city.ticket("hers"))
    assert (await staff.see_booking(city.desk, HERE, before.booking_id)).unlinked is False


async def test_of_many_terminals_one_exchanges_the_person(city: City) -> None:
    before = await booked(city, "オオイタ タロウ")
    names = [f"オオイタ {kana}" for kana in "アイウエオカキクケコ"]
    results = await asyncio.gather(*(outcome(replace(city, before, kana=name)) for name in names))
    assert sorted(results) == ["done"] + ["version-conflict"] * 9
    assert set((await active(city)).values()) == {before.booking_id}


async def test_one_person_does_not_take_over_two_bookings_at_once(city: City) -> None:
    before = [await booked(city, f"オオイタ {kana}", 9 + n) for n, kana in enumerate("アイウエオ")]
    results = await asyncio.gather(*(outcome(replace(city, one)) for one in before))
    assert sorted(results) == ["already-booked"] * 4 + ["done"]
    wife = city.desk.named_person(WIFE, BORN)
    assert wife in await active(city)


async def test_an_exchange_and_a_cancellation_do_not_both_happen(city: City) -> None:
    for hour in (9, 10, 11, 12, 13, 14):
        before = await booked(city, f"オオイタ {'アイウエオカ'[hour - 9]}", hour)
        stop = StaffCancel(version=1, reason="ご本人からの申し出")
        cancelling = staff.cancel_for_citizen(
            city.desk, HERE, before.booking_id, str(uuid4()), stop
        )
        name = f"オオイタ {'サシスセソタ'[hour - 9]}"
        results = await asyncio.gather(
            outcome(replace(city, before, kana=name)), outcome(cancelling)
        )
        assert results.count("done") == 1
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_an_exchange_and_the_persons_own_booking_on_the_web_do_not_both_happen(
    city: City,
) -> None:
    for hour in (9, 10, 11, 12, 13, 14):
        before = await booked(city, f"オオイタ {'アイウエオカ'[hour - 9]}", hour)
        name, session = f"オオイタ {'サシスセソタ'[hour - 9]}", uuid4()
        await city.hold(session, at(hour, 30))
        exchange, own = await asyncio.gather(
            outcome(replace(city, before, kana=name)), outcome(city.book(session, name))
        )
        assert {exchange, own} == {"done", "already-booked"}
        key = city.desk.named_person(name, BORN)
        assert (key in await active(city)) is True
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_writing_the_person_without_the_key_does_leave_two_bookings(city: City) -> None:
    """Beside the rule: the same race over a check that nothing holds to."""
    await city.pool.execute("DELETE FROM active_person")
    other = await booked(city, WIFE, 14)
    before = await booked(city, "オオイタ タロウ")
    connection = await asyncpg.connect(city.owner_url)
    await connection.execute("ALTER TABLE booking DISABLE TRIGGER active_person_changed")
    await connection.close()
    await replace(city, before)
    standing = await city.pool.fetchval(
        "SELECT count(*) FROM booking WHERE person_key = $1 AND status = 'confirmed'",
        city.desk.named_person(WIFE, BORN),
    )
    assert standing == 2
    assert other.status == "confirmed"


async def test_two_who_are_put_in_each_others_place_at_once_are_both_refused_plainly(
    city: City,
) -> None:
    """Neither waits for what the other holds: nobody hears that it should be tried again."""
    husband, wife = await booked(city, "オオイタ タロウ"), await booked(city, WIFE, 11)
    await linger(city)
    results = await asyncio.gather(
        outcome(replace(city, husband)),
        outcome(replace(city, wife, kana="オオイタ タロウ", born=BORN)),
    )
    assert set(results) == {"already-booked"}
    assert (await by_number(city, husband.number)).version == 1
    assert await cells_disagreeing_with_bookings(city) == 0


async def linger(city: City) -> None:
    """From now on whoever lets a person go takes half a second before taking another one in."""
    owner: asyncpg.Connection = await asyncpg.connect(city.owner_url)
    try:
        await owner.execute("""
            CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
            CREATE TRIGGER linger AFTER DELETE ON active_person EXECUTE FUNCTION linger();
        """)
    finally:
        await owner.close()
