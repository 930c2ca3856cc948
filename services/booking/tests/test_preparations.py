"""前日準備: the cards of a day, who laid them out, and which go back to their shelf."""

import asyncio
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import Preparation, PreparationList, PreparationTick, StaffCancel, Tick
from services.booking.actions import preparations, staff, ticking, today
from services.booking.domain import WrongState
from services.booking.store.cards import KnownCard

from .city import DAY, City, at
from .served import Asked, clerk

HERE = Caller("lgwan", "sato", frozenset(), frozenset({"here"}))
THERE = Caller("lgwan", "kudo", frozenset(), frozenset({"there"}))
BOTH = Caller("lgwan", "mori", frozenset(), frozenset({"here", "there"}))


async def book_card(city: City, card: str, hour: int, procedures: str = "issuance") -> None:
    await city.import_card(card)
    session, ticket = uuid4(), city.ticket(card)
    await city.hold_all(session, at(hour), procedures, ticket=ticket)
    await city.book(session, ticket=ticket)


async def cards(
    city: City, caller: Caller = HERE, day: date | None = DAY, office_id: str = "here"
) -> PreparationList:
    return await preparations.list_preparations(city.desk, caller, office_id, day, "time")


async def the_card(city: City) -> Preparation:
    return (await cards(city)).visits[0]


async def prepare(
    city: City, booking_id: UUID, ready: bool = True, caller: Caller = HERE, key: str = ""
) -> Preparation:
    ask = PreparationTick(day=DAY, ready=ready)
    return await preparations.prepare(city.desk, caller, booking_id, key or str(uuid4()), ask)


async def move(city: City, booking_id: UUID, **columns: object) -> None:
    """Change columns of a booking as any action would in the end."""
    assignments = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
    await city.pool.execute(
        f"UPDATE booking SET {assignments} WHERE booking_id = $1", booking_id, *columns.values()
    )


async def test_the_visits_of_the_day_that_need_a_card_are_listed(city: City) -> None:
    await city.booked(at(9))
    await book_card(city, "second", 11)
    await book_card(city, "first", 10, "pin+issuance")
    listed = await cards(city)
    assert [visit.starts_at for visit in listed.visits] == [at(10), at(11)]
    assert {visit.card for visit in listed.visits} == {"here"}
    assert (await cards(city, day=DAY + timedelta(days=1))).visits == ()


async def test_by_number_the_list_is_in_the_order_of_numbers(city: City) -> None:
    for hour in (9, 10, 11, 12, 13):
        await book_card(city, f"card {hour}", hour)
    listed = await preparations.list_preparations(city.desk, HERE, "here", DAY, "number")
    numbers = [visit.number for visit in listed.visits]
    assert numbers == sorted(numbers)
    assert len(numbers) == 5


async def test_without_a_day_it_is_the_next_one_with_places(city: City) -> None:
    await book_card(city, "card", 10)
    listed = await cards(city, day=None)
    assert (listed.day, len(listed.visits)) == (DAY, 1)
    await city.shift_clock(at(8))
    assert (await cards(city, day=None)).day == DAY + timedelta(days=1)
    assert (await cards(city, day=None, office_id="nowhere")).day == DAY + timedelta(days=1)


async def test_the_next_open_day_is_told_for_the_list_of_an_outage(asked: Asked) -> None:
    headers = clerk("bookings.read")
    told = await asked.client.get("/v1/staff/day/next?office=here", headers=headers)
    assert told.json() == {"office_id": "here", "day": DAY.isoformat()}


async def test_who_laid_a_card_out_first_stays_noted_and_it_can_go_back(city: City) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    first = await prepare(city, booking_id)
    assert (first.prepared_by, first.status) == ("sato", "confirmed")
    again = await prepare(city, booking_id, caller=BOTH)
    assert (again.prepared_by, again.prepared_at) == ("sato", first.prepared_at)
    assert (await the_card(city)).prepared_by == "sato"
    assert (await prepare(city, booking_id, ready=False)).prepared_by is None
    assert (await staff.see_booking(city.desk, HERE, booking_id)).booking.version == 1


async def test_a_tick_sent_twice_does_not_undo_what_came_between(city: City) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    await prepare(city, booking_id, key="one-key-of-a-form")
    await prepare(city, booking_id, ready=False)
    assert (await prepare(city, booking_id, key="one-key-of-a-form")).prepared_by is None


async def test_two_terminals_at_the_same_card_note_one_of_them(city: City) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    done = await asyncio.gather(
        *(prepare(city, booking_id, caller=caller) for caller in (HERE, BOTH) * 6)
    )
    assert len({one.prepared_by for one in done}) == 1


async def test_a_foreign_booking_is_absent_and_a_foreign_office_empty(city: City) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    assert (await cards(city, THERE)).visits == ()
    for unknown in (booking_id, uuid4()):
        with pytest.raises(NotFound):
            await prepare(city, unknown, caller=THERE)


async def test_only_a_card_of_a_visit_still_to_come_on_that_day_is_laid_out(city: City) -> None:
    await city.booked(at(9))
    without_card = await city.pool.fetchval("SELECT booking_id FROM booking")
    with pytest.raises(WrongState):
        await prepare(city, without_card)
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    with pytest.raises(WrongState):
        ask = PreparationTick(day=DAY + timedelta(days=1), ready=True)
        await preparations.prepare(city.desk, HERE, booking_id, str(uuid4()), ask)
    cancelled = StaffCancel(version=1, reason="重複した予約")
    await staff.cancel_for_citizen(city.desk, HERE, booking_id, str(uuid4()), cancelled)
    with pytest.raises(WrongState):
        await prepare(city, booking_id)


async def test_a_card_that_was_laid_out_and_is_not_needed_is_to_be_returned(city: City) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    await prepare(city, booking_id)
    assert (await cards(city)).to_return == ()
    await city.morning()
    missed = await ticking.tick(city.desk, HERE, booking_id, "miss", str(uuid4()), Tick(version=1))
    listed = await cards(city)
    assert (listed.visits, [one.status for one in listed.to_return]) == ((), ["missed"])
    await prepare(city, missed.booking_id, ready=False)
    assert (await cards(city)).to_return == ()


async def test_the_card_of_a_visit_goes_back_by_the_outcome_of_its_own_procedure(
    city: City,
) -> None:
    await book_card(city, "card", 10, "pin+issuance")
    booking_id = (await the_card(city)).booking_id
    await prepare(city, booking_id)
    await city.morning()
    done = Tick(version=1, outcome="done", outcomes={"issuance": "papers"})
    await ticking.tick(city.desk, HERE, booking_id, "finish", str(uuid4()), done)
    assert [one.outcome for one in (await cards(city)).to_return] == ["papers"]


@pytest.mark.parametrize(
    "change",
    [{"starts_at": at(10, day=DAY + timedelta(days=1))}, {"office_id": "there"}, {"card_key": "x"}],
    ids=["another day", "another office", "another card"],
)
async def test_a_visit_that_changed_wants_its_card_laid_out_anew(
    city: City, change: dict[str, object]
) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    await prepare(city, booking_id)
    await move(city, booking_id, **change)
    assert [one.booking_id for one in (await cards(city)).to_return] == [booking_id]
    now = await preparations.list_preparations(
        city.desk,
        BOTH,
        str(change.get("office_id", "here")),
        DAY + timedelta(days=1) if "starts_at" in change else DAY,
        "number",
    )
    assert [visit.prepared_by for visit in now.visits] == [None]


async def test_another_time_of_the_same_day_keeps_the_card_ready(city: City) -> None:
    await book_card(city, "card", 10)
    booking_id = (await the_card(city)).booking_id
    await prepare(city, booking_id)
    await move(city, booking_id, starts_at=at(14))
    assert (await the_card(city)).prepared_by == "sato"
    assert (await cards(city)).to_return == ()


async def test_a_card_elsewhere_handed_over_or_unknown_is_said(city: City) -> None:
    for hour, card in ((9, "moved"), (10, "collected"), (11, "unlisted"), (12, "here")):
        await book_card(city, card, hour)
    async with city.desk.open_store() as store:
        await store.cards.save(
            [
                KnownCard("moved", "there", "ready", 2),
                KnownCard("collected", "here", "collected", 2),
            ]
        )
    await city.pool.execute("UPDATE booking SET card_key = NULL WHERE card_key = 'unlisted'")
    found = [(visit.card, visit.card_office_id) for visit in (await cards(city)).visits]
    assert found == [
        ("elsewhere", "there"), ("gone", "here"), ("unknown", None), ("here", "here"),
    ]  # fmt: skip


async def test_lists_of_long_ago_are_forgotten(city: City) -> None:
    await book_card(city, "card", 10)
    await prepare(city, (await the_card(city)).booking_id)
    for days, kept in ((30, 1), (31, 0)):
        await city.shift_clock(at(12) + timedelta(days=days))
        async with city.desk.open_store() as store:
            await store.preparations.prune_preparations()
        assert await city.pool.fetchval("SELECT count(*) FROM preparation") == kept


async def test_the_list_of_the_day_says_which_cards_are_laid_out(city: City) -> None:
    """None stands for a visit that needs no card."""
    await city.booked(at(9))
    await book_card(city, "first", 10, "pin+issuance")
    await book_card(city, "second", 11)
    assert await laid_out(city) == [None, False, False]
    visit = await the_card(city)
    await prepare(city, visit.booking_id)
    assert await laid_out(city) == [None, True, False]
    await move(city, visit.booking_id, starts_at=at(10, day=DAY + timedelta(days=1)))
    assert await laid_out(city) == [None, False]
    assert await laid_out(city, DAY + timedelta(days=1)) == [False]


async def laid_out(city: City, day: date = DAY) -> list[bool | None]:
    found = await today.day_list(city.desk, HERE, "here", day)
    return [one.prepared for one in found.bookings]
