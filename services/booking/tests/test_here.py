"""今日・ここで受け付ける: who comes on another day or to another office is served now."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import (
    EVERYWHERE,
    BookingArrived,
    BookingCancelled,
    BookingChanged,
    BookingReopened,
    ReceiveHere,
    StaffBooking,
    StaffBookingDetail,
    Stamps,
    Tick,
)
from services.booking.actions import staff, ticking, today
from services.booking.actions.here import receive_here
from services.booking.domain import (
    AlreadyBooked,
    CardElsewhere,
    NotActive,
    NotEligible,
    NotOffered,
    VersionConflict,
    WrongState,
)

from .city import DAY, City, at
from .exchanging import booked, card_booked, seen, two
from .test_never_twice import cells_disagreeing_with_bookings
from .test_staff_moves import taken_at

RIGHTS = frozenset({"bookings.read", "bookings.tick"})
HERE = Caller("lgwan", "sato", RIGHTS, frozenset({"here"}))
THERE = Caller("lgwan", "kudo", RIGHTS, frozenset({"there"}))
PHONE = Caller("lgwan", "abe", RIGHTS | {EVERYWHERE}, frozenset({"there"}))
BOTH = Caller("lgwan", "mori", RIGHTS, frozenset({"here", "there"}))
BEFORE = DAY - timedelta(days=1)
NEXT = DAY + timedelta(days=1)


async def receive(
    city: City, booking: StaffBooking, office_id: str = "here", caller: Caller = HERE, key: str = ""
) -> StaffBooking:
    ask = ReceiveHere(version=booking.version, office_id=office_id)
    return await receive_here(city.desk, caller, booking.booking_id, key or str(uuid4()), ask)


async def detail(city: City, booking_id: UUID, caller: Caller = HERE) -> StaffBookingDetail:
    return await staff.see_booking(city.desk, caller, booking_id)


async def stamps_of(city: City, booking: StaffBooking) -> Stamps:
    async with city.desk.open_store() as store:
        found = await store.visits.stamps_of(await store.bookings.get(booking.booking_id))
    assert found is not None
    return found


async def tomorrow(city: City, now: datetime) -> StaffBooking:
    """Somebody who is expected tomorrow at ten, and comes `now`."""
    session = uuid4()
    await city.hold(session, at(10, day=NEXT))
    one = await seen(city, await city.book(session, email="a@example.jp"))
    await city.shift_clock(now)
    return one


async def test_who_comes_a_day_early_is_received_in_one_step(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    received = await receive(city, one)
    assert (received.status, received.version, received.minutes) == ("arrived", 2, 30)
    assert (received.office_id, received.starts_at) == ("here", at(10, 5))
    assert (await taken_at(city, at(10, day=NEXT)), await taken_at(city, at(10, 30))) == (0, 1)
    assert await cells_disagreeing_with_bookings(city) == 0
    found = await detail(city, one.booking_id)
    last = found.history[-1]
    assert (len(found.history), last.what, last.reason, last.actor) == (2, "received", None, "sato")
    assert (found.reception, found.here) == (1, ())
    (body,) = await city.facts(BookingArrived.name)
    told = BookingArrived.model_validate_json(body)
    assert (told.reception, told.version, told.starts_at) == (1, 2, at(10, 5))
    assert (told.previous_office_id, told.previous_starts_at) == ("here", at(10, day=NEXT))


async def test_no_mail_follows_and_only_one_fact_tells_of_it(city: City) -> None:
    """Of these facts one alone would be a mail: its person stands at the counter."""
    one = await tomorrow(city, at(10, 2))
    await receive(city, one)
    told = await city.pool.fetch("SELECT name FROM outbox WHERE name LIKE 'booking.%' ORDER BY id")
    assert [row["name"] for row in told] == ["booking.confirmed.v1", "booking.arrived.v1"]
    assert await city.facts(BookingChanged.name) == await city.facts(BookingCancelled.name) == []


async def test_who_comes_to_another_office_is_received_there(city: City) -> None:
    await city.morning()
    one = await booked(city, "オオイタ タロウ", 11)
    await city.shift_clock(at(10, 58))
    received = await receive(city, one, "there", PHONE)
    assert (received.office_id, received.starts_at) == ("there", at(11))
    assert (await taken_at(city, at(11)), await taken_at(city, at(11), "there")) == (0, 1)
    day = await today.day_list(city.desk, PHONE, "there", DAY)
    assert [(b.booking.status, b.stamps.reception) for b in day.bookings] == [("arrived", 1)]
    assert (await today.day_list(city.desk, HERE, "here", DAY)).bookings == ()


async def test_where_all_windows_are_taken_one_is_opened_for_this_visit(city: City) -> None:
    for _ in range(8):
        await city.booked(at(10))
    one = await tomorrow(city, at(10, 2))
    received = await receive(city, one)
    assert (received.window_id, received.starts_at) == (9, at(10, 5))
    assert (await detail(city, one.booking_id)).history[-1].reason == "枠外"
    assert await city.double_taken() == []
    assert await cells_disagreeing_with_bookings(city) == 0


@pytest.mark.parametrize("clock", [(7, 0), (16, 40), (19, 58), (23, 57)])
async def test_near_closing_and_after_hours_whoever_stands_there_is_served(
    city: City, clock: tuple[int, int]
) -> None:
    one = await tomorrow(city, at(*clock))
    received = await receive(city, one)
    assert received.starts_at.astimezone(at(0).tzinfo).date() == DAY
    assert (await detail(city, one.booking_id)).history[-1].reason == "枠外"
    assert (await stamps_of(city, received)).reception == 1
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_the_card_must_lie_at_the_office(city: City) -> None:
    one = await card_booked(city, "card", 15)
    await city.shift_clock(at(10, day=BEFORE))
    offers = {o.office_id: o.refused for o in (await detail(city, one.booking_id, BOTH)).here}
    assert offers == {"here": None, "there": "card-elsewhere"}
    with pytest.raises(CardElsewhere):
        await receive(city, one, "there", BOTH)
    await city.import_card("card", "there", version=2)
    async with city.desk.open_store() as store:
        await store.cards.flag_moved(["card"], await store.catalog.tied_procedures())
    with pytest.raises(CardElsewhere):
        await receive(city, one)
    received = await receive(city, one, "there", BOTH)
    assert (received.office_id, received.card_moved) == ("there", False)


async def test_a_card_that_cannot_be_collected_is_refused(city: City) -> None:
    one = await card_booked(city, "card", 15)
    await city.shift_clock(at(10, day=BEFORE))
    await city.pool.execute("UPDATE card SET state = 'discarded'")
    (offer,) = (await detail(city, one.booking_id)).here
    assert offer.refused == "not-eligible"
    with pytest.raises(NotEligible):
        await receive(city, one)


async def test_what_is_over_here_or_expected_here_is_not_received_so(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    await city.shift_clock(at(9, day=NEXT))
    with pytest.raises(WrongState):
        await receive(city, one)
    assert (await detail(city, one.booking_id)).here == ()
    await city.shift_clock(at(9, day=NEXT + timedelta(days=1)))
    with pytest.raises(NotActive):
        await receive(city, one)
    await city.shift_clock(at(9))
    await city.pool.execute("UPDATE booking SET status = 'cancelled'")
    with pytest.raises(NotActive):
        await receive(city, one)
    assert (await detail(city, one.booking_id)).here == ()


async def test_only_at_an_office_of_ones_own_that_does_the_procedure(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    for caller, office_id in ((HERE, "there"), (HERE, "nowhere"), (THERE, "there")):
        with pytest.raises(NotFound):
            await receive(city, one, office_id, caller)
    assert [o.office_id for o in (await detail(city, one.booking_id, PHONE)).here] == ["there"]
    await city.pool.execute("UPDATE series SET procedure_ids = '{pin}' WHERE office_id = 'there'")
    assert (await detail(city, one.booking_id, PHONE)).here == ()
    with pytest.raises(NotOffered):
        await receive(city, one, "there", PHONE)
    blind = Caller("lgwan", "viewer", frozenset({"bookings.read"}), frozenset({"here"}))
    assert (await detail(city, one.booking_id, blind)).here == ()


async def test_pressed_twice_it_happens_once(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    for _ in range(2):
        assert (await receive(city, one, key="k" * 16)).version == 2
    with pytest.raises(VersionConflict):
        await receive(city, one)


async def test_of_two_clerks_at_once_one_receives(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    results = await asyncio.gather(
        receive(city, one), receive(city, one, "there", BOTH), return_exceptions=True
    )
    assert sorted(type(r).__name__ for r in results) == ["StaffBooking", "VersionConflict"]
    assert len(await city.facts(BookingArrived.name)) == 1
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_many_at_once_all_get_a_window_and_a_number_of_their_own(city: City) -> None:
    ones = [await tomorrow(city, at(12, day=BEFORE)) for _ in range(8)]
    for _ in range(5):
        await city.booked(at(10))
    await city.shift_clock(at(10, 2))
    received = await asyncio.gather(*(receive(city, one) for one in ones))
    assert len({(r.window_id, r.starts_at) for r in received}) == 8
    assert await city.double_taken() == []
    numbers = [(await stamps_of(city, one)).reception for one in received]
    assert sorted(n or 0 for n in numbers) == list(range(1, 9))
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_one_of_a_party_comes_alone_and_the_others_keep_their_times(city: City) -> None:
    one, other = await two(city)
    await city.shift_clock(at(10, day=BEFORE))
    await receive(city, one)
    left = await detail(city, other.booking_id)
    assert (left.booking.starts_at, left.booking.version) == (other.starts_at, 1)
    assert (left.party_size, await taken_at(city, other.starts_at)) == (2, 1)
    assert await taken_at(city, one.starts_at) == 0


async def ticked(city: City, booking: StaffBooking, what: str) -> StaffBooking:
    window = 1 if what == "call" else None
    ask, key = Tick(version=booking.version, window=window), str(uuid4())
    return await ticking.tick(city.desk, BOTH, booking.booking_id, what, key, ask)


async def test_taken_back_the_booking_has_its_old_time_again(city: City) -> None:
    """Whoever pressed on the booking of somebody else has done no harm."""
    one = await tomorrow(city, at(10, 2))
    called = await ticked(city, await receive(city, one, "there", BOTH), "call")
    back = await ticked(city, await ticked(city, called, "undo"), "undo")
    assert (back.status, back.office_id, back.starts_at) == ("confirmed", "here", one.starts_at)
    assert (back.window_id, await taken_at(city, at(10, 5), "there")) == (one.window_id, 0)
    assert await cells_disagreeing_with_bookings(city) == 0
    told = BookingReopened.model_validate_json((await city.facts(BookingReopened.name))[-1])
    assert (told.starts_at, told.previous_office_id) == (one.starts_at, "there")
    await city.shift_clock(at(9, 50, day=NEXT))
    assert (await stamps_of(city, await ticked(city, back, "arrive"))).reception == 1


async def test_where_the_old_time_is_taken_it_is_booked_for_today_here(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    received = await receive(city, one)
    for _ in range(8):
        await city.booked(at(10, day=NEXT))
    back = await ticked(city, received, "undo")
    assert (back.status, back.starts_at) == ("confirmed", at(10, 5))
    assert (await stamps_of(city, back)).arrived_at is None
    told = BookingReopened.model_validate_json((await city.facts(BookingReopened.name))[-1])
    assert (told.starts_at, told.previous_office_id) == (at(10, 5), None)
    assert await cells_disagreeing_with_bookings(city) == 0


async def test_a_time_that_has_come_is_not_given_back(city: City) -> None:
    """Who came to the wrong office while their time went by stays here."""
    await city.morning()
    one = await booked(city, "オオイタ タロウ", 10)
    received = await receive(city, one, "there", BOTH)
    await city.shift_clock(at(10, 1))
    assert (await ticked(city, received, "undo")).office_id == "there"


async def test_a_card_that_has_gone_is_flagged_when_its_booking_goes_back(city: City) -> None:
    one = await card_booked(city, "card", 15)
    await city.shift_clock(at(10, day=BEFORE))
    received = await receive(city, one)
    await city.import_card("card", "there", version=2)
    back = await ticked(city, received, "undo")
    assert (back.starts_at, back.card_moved) == (one.starts_at, True)


async def test_a_card_that_was_received_here_has_no_second_booking(city: City) -> None:
    one = await card_booked(city, "card", 15)
    await city.shift_clock(at(10, day=BEFORE))
    await receive(city, one)
    with pytest.raises(AlreadyBooked):
        await city.hold(uuid4(), at(16), "issuance", ticket=city.ticket("card"))


async def test_what_may_be_done_is_said_with_the_booking(city: City) -> None:
    one = await tomorrow(city, at(10, 2))
    open_ = {"move", "swap", "cancel", "reach", "replace", "link"}
    for day, may in (
        (DAY, open_ | {"receive"}),
        (NEXT, open_ | {"receive", "tick", "correct"}),
        (NEXT + timedelta(days=1), {"correct"}),
    ):
        await city.shift_clock(at(10, day=day))
        assert set((await detail(city, one.booking_id)).may) == may
