"""Choosing a time for several people: all of it or nothing, and one hold as ever."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from libs.common.errors import KeyReused, Malformed, Problem
from libs.contracts.booking import CellsChanged, Hold, HoldRequest, PartyLine
from services.booking.actions import holds
from services.booking.domain import (
    AlreadyBooked,
    CardElsewhere,
    HoldExpired,
    NotEligible,
    NotOffered,
    SlotFull,
)

from .city import NOON_BEFORE, City, at, procedure


async def taken(city: City) -> list[tuple[int, str, int]]:
    """(window, time of the first cell, how many cells) of everything that is taken now."""
    rows: list[asyncpg.Record] = await city.pool.fetch("""
        SELECT window_id, min(starts_at) AS first, count(*) AS cells FROM cell
        WHERE taken_until > clock() GROUP BY office_id, window_id, taken_by ORDER BY 1, 2""")
    return [(r["window_id"], f"{r['first'] + timedelta(hours=9):%H:%M}", r["cells"]) for r in rows]


async def test_a_family_gets_neighbouring_windows_at_the_same_time(city: City) -> None:
    await city.hold(uuid4(), at(10))
    held = await city.hold_all(uuid4(), at(10), "slow", "pin", "slow", "pin")
    assert [(line.procedure_id, line.starts_at, line.minutes) for line in held.lines] == [
        ("slow", at(10), 30),
        ("pin", at(10), 15),
        ("slow", at(10), 30),
        ("pin", at(10), 15),
    ]
    assert (held.procedure_id, held.starts_at, held.minutes) == ("slow", at(10), 30)
    lengths = [6, 6, 3, 6, 3]
    assert await taken(city) == [(n + 1, "10:00", cells) for n, cells in enumerate(lengths)]


async def test_one_window_takes_them_in_turn(city: City) -> None:
    held = await city.hold_all(uuid4(), at(10), "slow", "pin+slow", arrangement="in_turn")
    assert [(line.starts_at, line.minutes, line.also) for line in held.lines] == [
        (at(10), 30, ()),
        (at(10, 30), 45, ("slow",)),
    ]
    assert await taken(city) == [(1, "10:00", 15)]


async def test_several_procedures_of_one_person_are_one_visit(city: City) -> None:
    held = await city.hold_all(uuid4(), at(10), "slow+pin")
    assert (held.minutes, len(held.lines)) == (45, 1)
    assert held.lines[0].also == ("pin",)
    assert await taken(city) == [(1, "10:00", 9)]


async def test_what_is_done_beside_takes_no_longer(city: City) -> None:
    beside = procedure("pin", 15).model_copy(update={"joins": "max"})
    async with city.desk.open_store() as store:
        await store.catalog.save_procedure(beside)
    assert (await city.hold_all(uuid4(), at(10), "slow+pin")).minutes == 30
    assert await taken(city) == [(1, "10:00", 6)]


async def test_a_party_that_does_not_fit_takes_nothing_and_keeps_its_hold(city: City) -> None:
    for _ in range(6):
        await city.hold(uuid4(), at(10))
    session = uuid4()
    kept = await city.hold_all(session, at(11), "slow", "slow", "slow")
    with pytest.raises(SlotFull):
        await city.hold_all(session, at(10), "slow", "slow", "slow")
    assert await shown(city, session) == kept
    assert len(await taken(city)) == 9
    await city.hold_all(session, at(10), "slow", "slow")
    assert len(await taken(city)) == 8


async def test_choosing_again_gives_back_the_times_of_all(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow", "slow", "slow")
    await city.hold_all(session, at(10, 30), "slow", "pin")
    assert await taken(city) == [(1, "10:30", 6), (2, "10:30", 3)]
    await city.hold(session, at(10))
    assert await taken(city) == [(1, "10:00", 6)]


async def test_a_party_moves_within_its_own_times(city: City) -> None:
    session, everybody = uuid4(), ("slow",) * 4
    await city.hold_all(session, at(10), *everybody)
    for _ in range(4):
        await city.hold(uuid4(), at(10))
    await city.hold_all(session, at(10), *everybody)
    assert len(await taken(city)) == 8
    await city.hold_all(session, at(10), *everybody, arrangement="in_turn")
    assert await taken(city) == [(1, "10:00", 24)] + [(n, "10:00", 6) for n in range(5, 9)]


async def test_the_hold_of_a_party_ends_for_all_at_once(city: City) -> None:
    session = uuid4()
    await city.hold_all(session, at(10), "slow", "slow", "slow", "slow")
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    assert await taken(city) == []
    with pytest.raises(HoldExpired):
        await shown(city, session)
    for _ in range(8):
        await city.hold(uuid4(), at(10))


async def test_extending_keeps_the_times_of_all(city: City) -> None:
    session = uuid4()
    before = await city.hold_all(session, at(10), "slow", "slow", "pin")
    after = await holds.extend_hold(city.desk, session, city.desk.request("extend", "key"))
    assert after.expires_at - before.expires_at == timedelta(minutes=5)
    assert (after.extensions_left, after.lines) == (9, before.lines)
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=14))
    assert await taken(city) == [(1, "10:00", 6), (2, "10:00", 6), (3, "10:00", 3)]


async def test_the_same_request_twice_holds_the_same_once(city: City) -> None:
    session = uuid4()
    party = (PartyLine(procedure_id="pin"),)
    ask = HoldRequest(procedure_id="slow", office_id="here", starts_at=at(10), party=party)
    first = await holds.hold_time(city.desk, session, city.desk.request("hold", "key", ask), ask)
    again = await holds.hold_time(city.desk, session, city.desk.request("hold", "key", ask), ask)
    assert again == first
    assert len(await taken(city)) == 2
    more = ask.model_copy(update={"party": (*party, *party)})
    with pytest.raises(KeyReused):
        await holds.hold_time(city.desk, session, city.desk.request("hold", "key", more), more)


async def test_more_people_than_the_procedure_takes_are_refused(city: City) -> None:
    with pytest.raises(Malformed):
        await city.hold_all(uuid4(), at(10), *("slow",) * 5)
    async with city.desk.open_store() as store:
        await store.catalog.save_procedure(
            procedure("pin", 15).model_copy(update={"party_limit": 2})
        )
    with pytest.raises(Malformed):
        await city.hold_all(uuid4(), at(10), "slow", "slow", "pin")
    await city.hold_all(uuid4(), at(10), "slow", "pin")


@pytest.mark.parametrize("people", [("slow", "unknown"), ("slow+unknown",), ("slow+slow",)])
async def test_unknown_and_doubled_procedures_are_refused(
    city: City, people: tuple[str, ...]
) -> None:
    with pytest.raises(Malformed):
        await city.hold_all(uuid4(), at(10), *people)


async def test_every_procedure_can_be_booked_on_that_day(city: City) -> None:
    async with city.desk.open_store() as store:
        soon = procedure("pin", 15).model_copy(update={"opens_days_before": 3})
        await store.catalog.save_procedure(soon)
    with pytest.raises(NotOffered):
        await city.hold_all(uuid4(), at(10), "slow", "pin")


async def test_a_refusal_says_whose_card_lies_elsewhere(city: City) -> None:
    await city.import_card("mother", "here")
    await city.import_card("child", "there")
    refused = await refusal(city, "mother", "child")
    assert isinstance(refused, CardElsewhere)
    assert refused.facts["person"] == 1
    assert await taken(city) == []


async def test_a_refusal_says_whose_card_is_unknown_or_booked_already(city: City) -> None:
    for card in ("mother", "child"):
        await city.import_card(card, "here")
    unknown = await refusal(city, "mother", "child", "nobody")
    assert isinstance(unknown, NotEligible)
    assert unknown.facts["person"] == 2
    session = uuid4()
    await city.hold(session, at(9), "issuance", ticket=city.ticket("child"))
    await city.book(session, ticket=city.ticket("child"))
    booked = await refusal(city, "mother", "child")
    assert isinstance(booked, AlreadyBooked)
    assert booked.facts["person"] == 1


async def test_nobody_is_in_a_party_twice(city: City) -> None:
    await city.import_card("mother", "here")
    refused = await refusal(city, "mother", "mother")
    assert isinstance(refused, AlreadyBooked)
    assert refused.facts["person"] == 1


async def test_a_newer_ticket_is_no_other_request(city: City) -> None:
    for card in ("mother", "child"):
        await city.import_card(card, "here")
    session = uuid4()
    first = await send(city, session, "one-key", "mother", "child")
    party = (PartyLine(procedure_id="issuance", ticket="expired meanwhile"),)
    ask = HoldRequest(procedure_id="issuance", office_id="here", starts_at=at(10), party=party)
    request = city.desk.request(f"hold:{session}", "one-key", ask)
    assert await holds.hold_time(city.desk, session, request, ask) == first


async def test_the_doors_are_told_of_every_window(city: City) -> None:
    session = uuid4()
    held = await city.hold_all(session, at(10), "slow", "pin")
    await city.hold(session, at(11))
    facts = [CellsChanged.model_validate_json(b) for b in await city.facts(CellsChanged.name)]
    runs = [fact.runs[0] for fact in facts if fact.runs[0].starts_at == at(10)]
    assert sorted((run.window_id, run.versions, run.taken_until) for run in runs) == [
        (1, (1,) * 6, held.expires_at.timestamp()),
        (1, (2,) * 6, 0),
        (2, (1,) * 3, held.expires_at.timestamp()),
        (2, (2,) * 3, 0),
    ]


async def shown(city: City, session: UUID) -> Hold:
    async with city.desk.open_store() as store:
        held = await store.holds.find(session)
    if held is None:
        raise HoldExpired
    return held.to_contract()


async def refusal(city: City, *cards: str) -> Problem:
    with pytest.raises(Problem) as refused:
        await send(city, uuid4(), str(uuid4()), *cards)
    return refused.value


async def send(city: City, session: UUID, key: str, *cards: str) -> Hold:
    """A hold for people whose cards wait, each with a ticket."""
    first, *others = (
        PartyLine(procedure_id="issuance", ticket=city.ticket(card)) for card in cards
    )
    ask = HoldRequest(
        procedure_id="issuance",
        office_id="here",
        starts_at=at(10),
        ticket=first.ticket,
        party=tuple(others),
    )
    request = city.desk.request(f"hold:{session}", key, ask)
    return await holds.hold_time(city.desk, session, request, ask)
