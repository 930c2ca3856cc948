"""One origin that takes much goes slower, even where fifty of its choices come together."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dev.puzzle import solve
from libs.contracts.booking import Hold, HoldRequest
from services.booking.actions import holds
from services.booking.actions.ceilings import OVER, measure_origins
from services.booking.domain import Busy, NoMoreExtensions, SlotFull, Slowed
from services.booking.domain.ceilings import FREE_CELLS, FREE_CELLS_A_DAY

from .city import DAY, NOON_BEFORE, City, at, new_person

ORIGIN, YESTERDAY, OTHER = "a" * 64, "b" * 64, "c" * 64
NEXT_DAY = DAY + timedelta(days=1)
FREE_A_DAY = FREE_CELLS_A_DAY // 6


async def hold(
    city: City,
    start: datetime,
    session: UUID | None = None,
    origins: tuple[str, ...] = (ORIGIN,),
    key: str = "",
    **more: Any,
) -> Hold:
    """Somebody of the origin chooses a time."""
    session = session or uuid4()
    asked = {"procedure_id": "slow", "office_id": "here", "starts_at": start, "origins": origins}
    ask = HoldRequest.model_validate(asked | more)
    request = city.desk.request(f"hold:{session}", key or uuid4().hex, ask)
    return await holds.hold_time(city.desk, session, request, ask)


async def slowed(city: City, start: datetime, **more: Any) -> dict[str, Any]:
    """What the refusal says."""
    with pytest.raises(Slowed) as refused:
        await hold(city, start, **more)
    return refused.value.facts


def starts(day: date = DAY) -> list[datetime]:
    return [at(9 + n // 2, n % 2 * 30, day) for n in range(16)]


async def fill(city: City, count: int, day: date = DAY, **more: Any) -> None:
    for start in starts(day)[:count]:
        await hold(city, start, **more)


async def fill_the_free(city: City) -> None:
    """All that the origin has without paying: six on each of two days."""
    await fill(city, FREE_A_DAY)
    await fill(city, FREE_A_DAY, NEXT_DAY)


async def test_beyond_the_ceiling_a_choice_costs_a_puzzle_and_is_held_for_three_minutes(
    city: City,
) -> None:
    await fill_the_free(city)
    session, start = uuid4(), at(9, 0, DAY)
    facts = await slowed(city, start, session=session, office_id="there")
    work = solve(facts["challenge"])
    held = await hold(city, start, session, office_id="there", work=work)
    assert held.expires_at - NOON_BEFORE < timedelta(minutes=4)
    assert held.extensions_left == 0
    with pytest.raises(NoMoreExtensions):
        await holds.extend_hold(city.desk, session, city.desk.request("extend", uuid4().hex))


async def test_without_scripts_it_costs_a_minute(city: City) -> None:
    await fill_the_free(city)
    session, start = uuid4(), at(9)
    first = await slowed(city, start, session=session, office_id="there")
    assert first["seconds"] in (60, 61)
    early = await slowed(city, start, session=session, office_id="there", work=first["wait"])
    assert early["wait"] == first["wait"]
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=1, seconds=5))
    await hold(city, start, session, office_id="there", work=first["wait"])


async def test_a_pass_buys_one_choice(city: City) -> None:
    await fill_the_free(city)
    work = solve((await slowed(city, at(9), office_id="there"))["challenge"])
    await hold(city, at(9), office_id="there", work=work)
    again = await slowed(city, at(9), office_id="there", work=work)
    assert again["challenge"] not in work


async def test_a_request_that_comes_twice_pays_once(city: City) -> None:
    await fill_the_free(city)
    session = uuid4()
    facts = await slowed(city, at(9), session=session, office_id="there")
    paid: dict[str, Any] = {
        "session": session,
        "office_id": "there",
        "work": solve(facts["challenge"]),
        "key": "k",
    }
    assert await hold(city, at(9), **paid) == await hold(city, at(9), **paid)


async def test_nobody_pays_for_a_time_that_is_full(city: City) -> None:
    for _ in range(8):
        await hold(city, at(9), origins=(), office_id="there")
    await fill_the_free(city)
    with pytest.raises(SlotFull):
        await hold(city, at(9), office_id="there")


async def test_on_one_day_of_an_office_time_has_to_pass_as_well(city: City) -> None:
    await fill(city, FREE_A_DAY)
    facts = await slowed(city, at(15))
    opens = datetime.fromisoformat(facts["opens_at"])
    assert timedelta(minutes=20) < opens - NOON_BEFORE < timedelta(minutes=22)
    assert "challenge" not in facts
    await hold(city, at(9, 0, NEXT_DAY))


async def test_other_origins_and_staff_are_not_concerned(city: City) -> None:
    await fill_the_free(city)
    await hold(city, at(15), origins=(OTHER,))
    await hold(city, at(15), origins=())


async def test_a_session_that_chooses_again_counts_once(city: City) -> None:
    session = uuid4()
    for start in starts():
        await hold(city, start, session)
    await fill(city, FREE_A_DAY - 1)


async def test_what_is_booked_by_name_goes_on_counting_and_leads_to_no_booking(city: City) -> None:
    sessions = [uuid4() for _ in range(FREE_A_DAY)]
    for session, start in zip(sessions, starts(), strict=False):
        await hold(city, start, session)
        await city.book(session)
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=15))
    await slowed(city, at(15))
    rows = await city.pool.fetch("SELECT holder FROM origin_time")
    assert len(rows) == FREE_A_DAY
    assert not {row["holder"] for row in rows} & set(sessions)
    await city.shift_clock(NOON_BEFORE + timedelta(hours=3, minutes=1))
    await hold(city, at(15))


async def test_who_came_with_a_card_counts_only_while_choosing(city: City) -> None:
    for number, start in enumerate(starts()[:10]):
        await city.import_card(f"card{number}")
        session, ticket = uuid4(), city.ticket(f"card{number}")
        card: dict[str, Any] = {"procedure_id": "issuance", "ticket": ticket}
        await hold(city, start, session, **card)
        await city.book(session, ticket=ticket)
    assert await city.pool.fetchval("SELECT count(*) FROM origin_time") == 0


async def test_a_hold_that_ends_no_longer_counts(city: City) -> None:
    await fill(city, FREE_A_DAY)
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=11))
    await fill(city, FREE_A_DAY)


async def test_an_extended_hold_counts_as_long_as_it_is_held(city: City) -> None:
    sessions = [uuid4() for _ in range(FREE_A_DAY)]
    for session, start in zip(sessions, starts(), strict=False):
        await hold(city, start, session)
        await holds.extend_hold(city.desk, session, city.desk.request("extend", uuid4().hex))
    await city.shift_clock(NOON_BEFORE + timedelta(minutes=12))
    await slowed(city, at(15))


async def test_midnight_forgets_nothing(city: City) -> None:
    await fill(city, FREE_A_DAY, origins=(YESTERDAY,))
    await slowed(city, at(15), origins=(ORIGIN, YESTERDAY))
    await hold(city, at(15), origins=(ORIGIN,))


async def test_a_party_counts_with_all_its_time(city: City) -> None:
    family: dict[str, Any] = {"party": [{"procedure_id": "slow"}] * 3}
    session = uuid4()
    await hold(city, at(9), session, **family)
    await city.book_all(session, *(new_person() for _ in range(4)))
    await hold(city, at(10))
    await hold(city, at(10))
    await slowed(city, at(10))
    facts = await slowed(city, at(9), **family)
    assert "opens_at" in facts


async def test_a_party_that_comes_alone_is_held_like_anybody(city: City) -> None:
    held = await hold(city, at(9), also=["pin"], party=[{"procedure_id": "slow"}] * 3)
    assert held.extensions_left == 10


async def test_fifty_at_once_do_not_pass_the_ceiling_together(city: City) -> None:
    async def one(number: int) -> str:
        day = DAY if number % 2 else NEXT_DAY
        for _ in range(200):
            try:
                await hold(city, starts(day)[number % 16], office_id=("here", "there")[number % 2])
            except Busy:
                await asyncio.sleep(0.01)
            except Slowed:
                return "slowed"
            else:
                return "held"
        return "busy"

    came = Counter(await asyncio.gather(*(one(number) for number in range(50))))
    cells = await city.pool.fetchval("SELECT sum(cells) FROM origin_time")
    assert came == {"held": FREE_CELLS // 6, "slowed": 50 - FREE_CELLS // 6}
    assert cells == FREE_CELLS
    assert await city.pool.fetchval("SELECT count(*) FROM hold") == FREE_CELLS // 6


async def test_an_origin_that_floods_takes_no_connection_from_others(city: City) -> None:
    """Choices of one origin wait without one."""
    flood = [asyncio.create_task(hold(city, starts()[n % 16])) for n in range(300)]
    await asyncio.sleep(0)
    await asyncio.wait_for(hold(city, at(9), origins=(OTHER,), office_id="there"), timeout=1)
    results = await asyncio.gather(*flood, return_exceptions=True)
    assert {type(result) for result in results} <= {Hold, Slowed, Busy}


async def test_a_figure_shows_the_origins_that_are_over_the_ceiling(city: City) -> None:
    await fill_the_free(city)
    await measure_origins(city.desk.open_store)
    assert OVER._value.get() == 0
    work = solve((await slowed(city, at(9), office_id="there"))["challenge"])
    await hold(city, at(9), office_id="there", work=work)
    await fill(city, 2, origins=(OTHER,))
    await measure_origins(city.desk.open_store)
    assert OVER._value.get() == 1


async def test_counts_that_are_over_are_dropped(city: City) -> None:
    await fill(city, 2)
    async with city.desk.open_store() as store:
        await store.origins.prune_origins()
        assert await store.origins.origins_over() == 0
    assert await city.pool.fetchval("SELECT count(*) FROM origin_time") == 2
    await city.shift_clock(NOON_BEFORE + timedelta(hours=1))
    async with city.desk.open_store() as store:
        await store.origins.prune_origins()
    assert await city.pool.fetchval("SELECT count(*) FROM origin_time") == 0
