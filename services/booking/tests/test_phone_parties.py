"""A family that calls: held at once, each as they are, and all of them booked or nobody."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Malformed
from libs.contracts.booking import (
    Arrangement,
    BookingConfirmed,
    BookingProof,
    Hold,
    StaffBooking,
    StaffBookingDetail,
)
from services.booking.actions import bookings as citizens
from services.booking.actions import staff
from services.booking.actions.phone import bookings, holds
from services.booking.domain import (
    AlreadyBooked,
    CardElsewhere,
    GuardianNeeded,
    HoldExpired,
    LikeAnother,
    NotEligible,
    NotOffered,
    SlotFull,
)
from services.booking.domain.problems import OneWindow

from .city import BORN, DAY, City, at
from .clerks import Call, clerk
from .test_phone_holds import for_staff, windows_taken

FATHER, MOTHER, CHILD = "オオイタ タロウ", "オオイタ ハナコ", "オオイタ ケン"


def named(kana: str, **more: Any) -> dict[str, Any]:
    return {"kana": kana, **more}


async def a_call(city: City, hour: int, *people: str, **more: Any) -> Call:
    call = Call(city)
    await call.hold_all(at(hour), *people, **more)
    return call


async def family_of(city: City, first: StaffBooking) -> list[StaffBookingDetail]:
    """Everybody, the first person first."""
    seen = await staff.see_booking(city.desk, clerk(), first.booking_id)
    others = [await staff.see_booking(city.desk, clerk(), b.booking_id) for b in seen.party]
    return [seen, *others]


async def test_a_guardian_of_two_is_booked_at_one_window_in_turn_only(city: City) -> None:
    """Whatever the form offered: the owner refuses."""
    guardians = (named(FATHER, visitor="guardian"), named(CHILD, visitor="guardian"))
    call = await a_call(city, 10, "slow", "slow")
    with pytest.raises(OneWindow):
        await call.book_all(*guardians)
    assert await count(city, "booking") == 0
    call = await a_call(city, 10, "slow", "slow", arrangement="in_turn")
    first = await call.book_all(*guardians)
    assert len(await family_of(city, first)) == 2


async def test_the_words_of_a_family_are_seen_by_staff_and_told_to_notify(city: City) -> None:
    call = await a_call(city, 10, "slow", "slow")
    first = await call.book_all(named(FATHER, relation="parent"), named(CHILD, relation="child"))
    seen = [one.booking.relation for one in await family_of(city, first)]
    assert seen == ["parent", "child"]
    bodies = await city.facts(BookingConfirmed.name)
    facts = [BookingConfirmed.model_validate_json(body) for body in bodies]
    assert {(fact.relation, fact.party_id is None) for fact in facts} == {
        ("parent", False),
        ("child", False),
    }


def times_of(hold: Hold) -> list[tuple[str, int, int]]:
    return [(f"{line.starts_at:%H:%M}", line.minutes, len(line.also)) for line in hold.lines]


async def count(city: City, table: str) -> int:
    found: int = await city.pool.fetchval(f"SELECT count(*) FROM {table}")
    return found


async def test_a_family_is_held_and_booked_in_one_go_each_with_a_number_and_a_mail(
    city: City,
) -> None:
    await city.import_card("card")
    call = await a_call(city, 10, "slow", "pin+slow", "issuance")
    assert times_of(call.held or pytest.fail()) == [
        ("10:00", 30, 0),
        ("10:00", 45, 1),
        ("10:00", 30, 0),
    ]
    assert await windows_taken(city) == [1, 2, 3]
    first = await call.book_all(
        named(FATHER, email="taro@example.jp", phone="0975346111", language="en"),
        named(MOTHER, needs=("wheelchair",)),
        {"kana": None, "born": None, "ticket": city.ticket("card")},
    )
    family = await family_of(city, first)
    assert [one.kana for one in family] == [FATHER, MOTHER, None]
    assert [one.booking.procedure_id for one in family] == ["slow", "pin", "issuance"]
    assert [one.needs for one in family] == [(), ("wheelchair",), ()]
    assert {one.phone for one in family} == {"0975346111"}
    assert {one.party_size for one in family} == {3}
    assert len({one.booking.number for one in family}) == 3
    told = [
        BookingConfirmed.model_validate_json(fact)
        for fact in await city.facts("booking.confirmed.v1")
    ]
    assert len({one.link for one in told}) == 3
    assert {city.desk.contacts.open(one.contact or "") for one in told} == {"taro@example.jp"}
    for one in family[:2]:
        proof = BookingProof(number=one.booking.number, born=BORN)
        assert (await citizens.find_booking(city.desk, proof)).party_size == 3


async def test_in_turn_they_sit_at_one_window_one_after_the_other(city: City) -> None:
    call = await a_call(city, 10, "slow", "pin", "slow", arrangement="in_turn")
    assert times_of(call.held or pytest.fail()) == [
        ("10:00", 30, 0),
        ("10:30", 15, 0),
        ("10:45", 30, 0),
    ]
    first = await call.book_all({}, {}, {})
    family = await family_of(city, first)
    assert {one.booking.window_id for one in family} == {1}


async def test_windows_of_staff_come_first_where_the_family_still_sits_side_by_side(
    city: City,
) -> None:
    await for_staff(city, 4, 7, 8)
    await a_call(city, 10, "slow", "slow")
    assert await windows_taken(city) == [7, 8]
    await a_call(city, 11, "slow", "slow", "slow")
    assert await windows_taken(city, 11) == [6, 7, 8]
    await a_call(city, 12, "slow", "slow", arrangement="in_turn")
    assert await windows_taken(city, 12) == [4]
    for _ in range(5):
        await city.hold(uuid4(), at(13))
    await a_call(city, 13, "slow", "slow", "slow")
    assert len(await windows_taken(city, 13)) == 8


async def test_free_times_are_those_at_which_there_is_room_for_all(city: City) -> None:
    for _ in range(5):
        await city.hold(uuid4(), at(10))
    asked: list[tuple[list[list[str]], Arrangement, int]] = [
        ([["slow"]] * 3, "together", 1),
        ([["slow"]] * 4, "together", 0),
        ([["slow"], ["pin"]], "together", 1),
        ([["slow"]] * 4, "in_turn", 3),
    ]
    for people, how, free in asked:
        found = await holds.openings(city.desk, clerk(), "here", people, DAY, 1, how)
        starts = {start.starts_at: start.free for start in found.days[0].starts}
        assert starts[at(10)] == free
        call = Call(city)
        lines = ["+".join(one) for one in people]
        if free:
            await call.hold_all(at(10), *lines, arrangement=how)
            await holds.drop(city.desk, call.caller, call.form)
        else:
            with pytest.raises(SlotFull):
                await call.hold_all(at(10), *lines, arrangement=how)


async def test_a_person_more_moves_the_hold_or_leaves_it_as_it_was(city: City) -> None:
    call = await a_call(city, 10, "slow", "slow")
    await call.hold_all(at(10), "slow", "slow", "pin")
    assert await windows_taken(city) == [1, 2, 3]
    for _ in range(5):
        await city.hold(uuid4(), at(10))
    with pytest.raises(SlotFull):
        await call.hold_all(at(10), "slow", "slow", "pin", "pin")
    kept = await holds.keep(city.desk, call.caller, call.form)
    assert len(kept.lines) == 3
    await call.hold_all(at(10), "slow")
    assert len(await windows_taken(city)) == 6


async def test_a_hold_of_a_family_is_kept_on_for_all(city: City) -> None:
    call = await a_call(city, 10, "slow", "slow", "slow")
    for minutes in (8, 16, 24):
        await city.shift_clock(at(12, minutes, day=DAY - timedelta(days=7)))
        await holds.keep(city.desk, call.caller, call.form)
    assert await windows_taken(city) == [1, 2, 3]
    assert (await call.book_all({}, {}, {})).number


async def test_the_citys_limit_holds_for_callers_too(city: City) -> None:
    with pytest.raises(Malformed):
        await a_call(city, 10, *["slow"] * 5)
    await city.set_rules("pin", party_limit=2)
    with pytest.raises(Malformed):
        await a_call(city, 10, "slow", "slow", "pin")
    await a_call(city, 10, "slow", "pin")
    with pytest.raises(Malformed):
        await a_call(city, 10, "slow", "unheard of")


async def test_who_has_a_booking_stops_the_whole_family_and_is_named_with_it(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(9))
    online = await city.book(session, MOTHER)
    call = await a_call(city, 10, "slow", "slow", "slow")
    with pytest.raises(AlreadyBooked) as refused:
        await call.book_all(named(FATHER), named(MOTHER), named(CHILD))
    assert refused.value.facts["person"] == 1
    assert refused.value.facts["booking"]["number"] == online.number
    assert await count(city, "booking") == 1
    assert await city.facts("booking.confirmed.v1") != []
    kept = await holds.keep(city.desk, call.caller, call.form)
    assert len(kept.lines) == 3
    first = await call.book_all(named(FATHER), named(MOTHER, another_person=True), named(CHILD))
    reasons = [one.history[0].reason for one in await family_of(city, first)]
    assert reasons == [None, "別の方と確認", None]


async def test_nobody_is_in_a_family_twice_unless_they_are_namesakes(city: City) -> None:
    call = await a_call(city, 10, "slow", "pin", "slow")
    with pytest.raises(AlreadyBooked) as refused:
        await call.book_all(named(FATHER), named(FATHER), named("おおいた　たろう"))
    assert refused.value.facts == {"person": 2, "same_as": 0}
    assert await count(city, "booking") == 0
    await call.book_all(named(FATHER), named(FATHER), named(FATHER, another_person=True))
    assert await count(city, "booking") == 3


async def test_a_card_is_in_a_family_once_and_lies_at_the_office(city: City) -> None:
    await city.import_card("here it lies")
    await city.import_card("far away", "there")
    tickets = [city.ticket("here it lies"), city.ticket("far away")]
    for ticket, refusal in zip(tickets, (AlreadyBooked, CardElsewhere), strict=True):
        line = {"procedure_id": "issuance", "ticket": ticket}
        with pytest.raises(refusal) as refused:
            await Call(city).hold(at(10), "issuance", ticket=tickets[0], party=[line])
        assert refused.value.facts["person"] == 1
    call = await a_call(city, 10, "issuance", "issuance")
    no_name = {"kana": None, "born": None}
    with pytest.raises(AlreadyBooked) as refused:
        await call.book_all(*[no_name | {"ticket": tickets[0]}] * 2)
    assert refused.value.facts == {"person": 1, "same_as": 0}
    for ticket, refusal in ((tickets[1], CardElsewhere), (city.ticket("no card"), NotEligible)):
        with pytest.raises(refusal) as refused:
            await call.book_all(no_name | {"ticket": tickets[0]}, no_name | {"ticket": ticket})
        assert refused.value.facts["person"] == 1
    assert await count(city, "booking") == 0


async def test_one_of_a_family_without_a_booking_id_waits_for_it_alone(city: City) -> None:
    await city.import_card("card")
    call = await a_call(city, 10, "issuance", "issuance", "issuance")
    by_card = {"kana": None, "born": None, "ticket": city.ticket("card")}
    unknown = named(MOTHER, unlinked=True)
    with pytest.raises(AlreadyBooked) as refused:
        await call.book_all(by_card, unknown, unknown)
    assert refused.value.facts == {"person": 2, "same_as": 1}
    first = await call.book_all(by_card, unknown, named(CHILD, unlinked=True))
    family = await family_of(city, first)
    assert [one.unlinked for one in family] == [False, True, True]
    assert [one.history[0].reason for one in family] == [None] + ["予約ID未確認"] * 2
    listed = await bookings.list_unlinked(city.desk, clerk())
    assert {one.number for one in listed.bookings} == {one.booking.number for one in family[1:]}
    again = await a_call(city, 11, "slow", "issuance")
    with pytest.raises(LikeAnother) as like:
        await again.book_all(named(FATHER), unknown)
    assert like.value.facts["person"] == 1
    assert like.value.facts["booking"]["number"] == family[1].booking.number


async def test_nobody_who_comes_along_with_a_shielded_person_is_mailed(city: City) -> None:
    await city.import_card("card", shielded=True)
    call = await a_call(city, 10, "slow", "issuance")
    by_card = {"kana": None, "born": None, "ticket": city.ticket("card")}
    first = await call.book_all(named(FATHER, email="taro@example.jp"), by_card)
    assert {one.booking.has_email for one in await family_of(city, first)} == {False}
    facts = map(BookingConfirmed.model_validate_json, await city.facts("booking.confirmed.v1"))
    assert {one.contact for one in facts} == {None}


async def test_a_child_without_a_guardian_stops_the_whole_family(city: City) -> None:
    call = await a_call(city, 10, "slow", "slow")
    child = named(CHILD, born=DAY - timedelta(days=365 * 10))
    with pytest.raises(GuardianNeeded) as refused:
        await call.book_all(named(FATHER), child)
    assert refused.value.facts["person"] == 1
    assert await count(city, "booking") == 0
    first = await call.book_all(named(FATHER), child | {"visitor": "guardian"})
    assert [one.booking.visitor for one in await family_of(city, first)] == ["self", "guardian"]


async def test_what_is_booked_is_what_the_page_showed_of_everybody(city: City) -> None:
    call = await a_call(city, 10, "slow", "pin")
    asked = call.wish_of_all({}, {}).party
    for party in (
        (),
        (asked[0].model_copy(update={"procedure_ids": ("slow",)}),),
        (asked[0].model_copy(update={"procedure_ids": ()}),),
        asked * 2,
    ):
        with pytest.raises(HoldExpired):
            await call.book_all({}, {}, party=party)
    assert await count(city, "booking") == 0
    assert (await call.book_all({}, {})).number


async def test_the_same_key_books_a_family_once(city: City) -> None:
    call = await a_call(city, 10, "slow", "pin")
    ask = call.wish_of_all(named(FATHER), named(MOTHER))
    made = [await bookings.book(city.desk, call.caller, "k" * 32, ask) for _ in range(2)]
    assert made[0] == made[1]
    assert await count(city, "booking") == 2


async def test_a_family_at_the_counter_is_received_at_once_with_a_number_each(city: City) -> None:
    await city.shift_clock(at(10, 2))
    for _ in range(7):
        await Call(city).hold(None, "pin")
    call = Call(city)
    held = await call.hold_all(None, "pin", "pin")
    assert [line.starts_at for line in held.lines] == [at(10, 20)] * 2
    held = await call.hold_all(None, "pin", "pin", arrangement="in_turn")
    assert [line.starts_at for line in held.lines] == [at(10, 5), at(10, 20)]
    first = await call.book_all({}, {}, channel="counter", arrived=True)
    family = await family_of(city, first)
    assert [one.booking.status for one in family] == ["arrived", "arrived"]
    assert {one.reception for one in family} == {1, 2}
    assert len(await city.facts("booking.arrived.v1")) == 2


async def test_over_capacity_opens_windows_side_by_side_for_the_family_alone(city: City) -> None:
    for _ in range(8):
        await city.hold(uuid4(), at(10))
    call = await a_call(city, 10, "slow", "pin", extra=True)
    in_turn = await a_call(city, 10, "slow", "pin", arrangement="in_turn", extra=True)
    first, other = await call.book_all({}, {}), await in_turn.book_all({}, {})
    family = [*await family_of(city, first), *await family_of(city, other)]
    assert [one.booking.window_id for one in family] == [9, 10, 11, 11]
    assert [one.history[0].reason for one in family] == ["枠外"] * 4
    assert await city.double_taken() == []
    with pytest.raises(NotOffered):
        await a_call(city, 16, "slow", "slow", "slow", arrangement="in_turn", extra=True)
