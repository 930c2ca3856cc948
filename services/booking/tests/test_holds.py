"""Choosing a time: who comes first has it, and a choice can move."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from libs.contracts.booking import CellsChanged, HoldRequest
from services.booking.actions import holds
from services.booking.domain import (
    AlreadyBooked,
    CardElsewhere,
    HoldExpired,
    NoMoreExtensions,
    NotEligible,
    NotOffered,
    Paused,
    SlotFull,
)
from services.booking.store.base import Request

from .city import DAY, NOON_BEFORE, City, at


async def test_a_chosen_time_is_held_for_ten_minutes(city: City) -> None:
    held = await city.hold(uuid4(), at(10))
    assert held.starts_at == at(10)
    assert held.minutes == 30
    assert timedelta(minutes=9) < held.expires_at - NOON_BEFORE < timedelta(minutes=11)


async def test_eight_people_fit_and_the_ninth_is_told_that_it_is_full(city: City) -> None:
    for _ in range(8):
        await city.hold(uuid4(), at(10))
    with pytest.raises(SlotFull):
        await city.hold(uuid4(), at(10))
    await city.hold(uuid4(), at(10, 30))


async def test_choosing_again_moves_the_hold_and_frees_the_first_time(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.hold(session, at(11))
    assert await taken_cells(city) == 6
    for _ in range(8):
        await city.hold(uuid4(), at(10))


async def test_a_hold_can_move_by_less_than_its_own_length(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10), "pin")
    for _ in range(7):
        await city.hold(uuid4(), at(10), "slow")
    await city.hold(session, at(10), "slow")
    assert await taken_cells(city) == 8 * 6


async def test_nothing_is_held_at_a_hidden_office(city: City) -> None:
    async with city.desk.open_store() as store:
        [here, _] = await store.catalog.offices()
        await store.catalog.save_office(here.model_copy(update={"hidden": True}))
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(10))
    with pytest.raises(NotOffered):
        await city.hold_all(uuid4(), at(10), "slow", "slow")
    await city.hold(uuid4(), at(10), office_id="there")


async def test_nothing_is_held_for_a_hidden_procedure(city: City) -> None:
    await city.set_rules("slow", hidden=True)
    with pytest.raises(Paused):
        await city.hold(uuid4(), at(10))
    await city.hold(uuid4(), at(10), "pin")


async def test_a_hold_moves_to_another_office(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.hold(session, at(10), office_id="there")
    rows = await city.pool.fetch("SELECT DISTINCT office_id FROM cell WHERE taken_by IS NOT NULL")
    assert [row["office_id"] for row in rows] == ["there"]


async def test_a_failed_move_keeps_the_hold(city: City) -> None:
    session = uuid4()
    kept = await city.hold(session, at(10))
    for _ in range(8):
        await city.hold(uuid4(), at(11))
    with pytest.raises(SlotFull):
        await city.hold(session, at(11))
    async with city.desk.open_store() as store:
        held = await store.holds.find(session)
    assert held is not None
    assert held.to_contract() == kept


async def test_an_expired_hold_frees_its_time_by_itself(city: City) -> None:
    first = [uuid4() for _ in range(8)]
    for session in first:
        await city.hold(session, at(10))
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    await city.hold(uuid4(), at(10))
    with pytest.raises(HoldExpired):
        await city.book(first[0])


async def test_the_same_request_twice_holds_once(city: City) -> None:
    session = uuid4()
    ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(10))
    request = city.desk.request("hold", "a-key-of-the-form", ask)
    first = await holds.hold_time(city.desk, session, request, ask)
    again = await holds.hold_time(city.desk, session, request, ask)
    assert again == first
    assert await taken_cells(city) == 6


async def test_a_key_with_another_request_is_refused(city: City) -> None:
    from libs.common.errors import KeyReused

    session = uuid4()
    ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(10))
    await holds.hold_time(city.desk, session, Request("hold", "key", "one"), ask)
    with pytest.raises(KeyReused):
        await holds.hold_time(city.desk, session, Request("hold", "key", "other"), ask)


@pytest.mark.parametrize(
    "starts_at",
    [
        at(10, 5),
        at(8, 30),
        at(17),
        at(16, 45),
        at(10, day=DAY + timedelta(days=4)),
        at(10, day=DAY + timedelta(days=70)),
        at(10, day=DAY - timedelta(days=14)),
    ],
    ids=["off the grid", "too early", "closed", "too long", "Saturday", "too far", "past"],
)
async def test_times_that_are_not_offered_are_refused(city: City, starts_at: datetime) -> None:
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), starts_at)


async def test_fifteen_minute_visits_start_at_other_times_on_the_same_windows(city: City) -> None:
    await city.hold(uuid4(), at(10, 15), "pin")
    for _ in range(7):
        await city.hold(uuid4(), at(10), "slow")
    with pytest.raises(SlotFull):
        await city.hold(uuid4(), at(10), "slow")
    await city.hold(uuid4(), at(10), "pin")


async def test_issuance_needs_a_ticket_and_the_office_of_the_card(city: City) -> None:
    await city.import_card("card-1", "there")
    with pytest.raises(NotEligible):
        await city.hold(uuid4(), at(10), "issuance")
    with pytest.raises(NotEligible):
        await city.hold(uuid4(), at(10), "issuance", ticket=city.ticket("unknown"))
    with pytest.raises(CardElsewhere):
        await city.hold(uuid4(), at(10), "issuance", ticket=city.ticket("card-1"))
    await city.hold(uuid4(), at(10), "issuance", office_id="there", ticket=city.ticket("card-1"))


async def test_who_has_a_card_booked_is_told_before_choosing_again(city: City) -> None:
    await city.import_card("card-1")
    session, ticket = uuid4(), city.ticket("card-1")
    await city.hold(session, at(10), "issuance", ticket=ticket)
    await city.book(session, ticket=ticket)
    with pytest.raises(AlreadyBooked):
        await city.hold(uuid4(), at(11), "issuance", ticket=ticket)


async def test_a_hold_is_extended_ten_times_and_no_more(city: City) -> None:
    session = uuid4()
    before = await city.hold(session, at(10))
    for n in range(10):
        request = city.desk.request("extend", f"key-{n}")
        extended = await holds.extend_hold(city.desk, session, request)
    assert extended.expires_at - before.expires_at == timedelta(minutes=50)
    assert extended.extensions_left == 0
    with pytest.raises(NoMoreExtensions):
        await holds.extend_hold(city.desk, session, city.desk.request("extend", "key-11"))


async def test_extending_keeps_the_cells_as_long_as_the_hold(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await holds.extend_hold(city.desk, session, city.desk.request("extend", "key"))
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=14))
    for _ in range(7):
        await city.hold(uuid4(), at(10))
    with pytest.raises(SlotFull):
        await city.hold(uuid4(), at(10))
    await city.book(session)


async def test_the_doors_are_told_which_cells_changed_and_until_when(city: City) -> None:
    session = uuid4()
    held = await city.hold(session, at(10))
    await city.hold(session, at(11))
    first, second, freed = [
        CellsChanged.model_validate_json(b) for b in await city.facts(CellsChanged.name)
    ]
    assert first.runs[0].starts_at == at(10)
    assert first.runs[0].versions == (1,) * 6
    assert abs(first.runs[0].taken_until - held.expires_at.timestamp()) < 0.001
    assert second.runs[0].starts_at == at(11)
    assert freed.runs[0].starts_at == at(10)
    assert (freed.runs[0].versions, freed.runs[0].taken_until) == ((2,) * 6, 0)


async def test_the_board_folds_cells_into_runs(city: City) -> None:
    await city.hold(uuid4(), at(10))
    async with city.desk.open_store() as store:
        board = await store.boards.of("here")
    window = next(d for d in board.days if d.window_id == 1 and d.day == DAY)
    assert [run[:3] for run in window.runs] == [(108, 12, 0), (120, 6, 1), (126, 78, 0)]


async def taken_cells(city: City) -> int:
    count: int = await city.pool.fetchval("SELECT count(*) FROM cell WHERE taken_until > clock()")
    return count


async def test_two_tabs_of_one_session_hold_one_time(city: City) -> None:
    session = uuid4()
    await asyncio.gather(*(city.hold(session, at(hour)) for hour in range(9, 17)))
    assert await taken_cells(city) == 6
