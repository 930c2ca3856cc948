"""Many wrong tries from one place, or of everybody: what they cost, through HTTP on PostgreSQL."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from dev.puzzle import solve
from libs.common.tries import HOUR_FREE_TRIES, ORIGIN_FREE_TRIES, PATIENCE
from libs.common.waits import WAIT_SECONDS
from services.eligibility.tests.support import Service, sheet

NUMBER, BORN, WRONG = "OTA-000001", "1950-01-02", "1950-01-03"
ORIGIN, ELSEWHERE = "ab" * 32, "cd" * 32


@pytest.fixture(autouse=True)
async def person(service: Service) -> None:
    await service.take(sheet(f"{NUMBER},{BORN},鶴崎支所"))


async def had(service: Service, tries: int, origin: str = ORIGIN) -> None:
    """So many wrong tries of an origin today, the last one long enough ago."""
    day = (service.clock() + timedelta(hours=9)).date()
    await service.execute(
        "INSERT INTO origin_try (origin, day, tries) VALUES ($1, $2, $3)", origin, day, tries
    )


async def everybody_had(service: Service, tries: int) -> None:
    await service.execute(
        "INSERT INTO miss_minute (minute, misses) VALUES ($1, $2)", service.clock(), tries
    )


async def guess(service: Service, number: int, origin: str = ORIGIN) -> httpx2.Response:
    return await service.check(f"OTA-{100000 + number}", WRONG, origin=origin)


def slug(answer: httpx2.Response) -> str:
    return str(answer.json().get("slug", "found"))


async def test_the_wrong_tries_of_an_origin_have_to_be_further_and_further_apart(
    service: Service,
) -> None:
    await had(service, PATIENCE + 10)
    assert slug(await guess(service, 1)) == "no-match"
    soon = await guess(service, 2)
    assert (soon.status_code, slug(soon)) == (429, "too-soon")
    assert (soon.json()["seconds"], soon.json()["gap"]) == (1.0, 1.1)
    service.clock.forward(seconds=1.0)
    assert slug(await guess(service, 2)) == "no-match"
    service.clock.forward(seconds=1.0)
    assert slug(await guess(service, 3)) == "too-soon"


async def test_a_right_answer_comes_no_sooner_than_a_wrong_one(service: Service) -> None:
    await had(service, PATIENCE + 10)
    await guess(service, 1)
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN)) == "too-soon"
    service.clock.forward(seconds=1.0)
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN)) == "found"
    assert slug(await service.check(NUMBER, BORN, origin=ELSEWHERE)) == "found"


async def test_two_doors_side_by_side_get_one_try_between_them(service: Service) -> None:
    await had(service, PATIENCE + 10)
    answers = await asyncio.gather(*(guess(service, number) for number in range(20)))
    assert sorted(map(slug, answers)) == ["no-match"] + ["too-soon"] * 19


async def test_what_came_too_soon_is_neither_compared_nor_counted(service: Service) -> None:
    await had(service, PATIENCE + 10)
    for _ in range(3):
        await guess(service, 1)
    tries = await service.fetch(
        "SELECT tries FROM wrong_try UNION ALL SELECT tries FROM origin_try"
    )
    assert sorted(row["tries"] for row in tries) == [1, PATIENCE + 11]


async def test_beyond_a_hundred_an_origin_meets_the_puzzle_whatever_the_number(
    service: Service,
) -> None:
    await had(service, ORIGIN_FREE_TRIES - 1)
    last = (await guess(service, 1)).json()
    assert (last["slug"], last["reason"], last["seconds"]) == ("no-match", "many", WAIT_SECONDS)
    service.clock.forward(minutes=1)
    assert slug(await guess(service, 2)) == "locked"
    assert slug(await guess(service, 2, ELSEWHERE)) == "no-match"


async def test_a_hit_from_such_an_origin_costs_the_puzzle_as_well(service: Service) -> None:
    await had(service, ORIGIN_FREE_TRIES)
    locked = await service.check(NUMBER, BORN, origin=ORIGIN)
    assert (locked.status_code, slug(locked)) == (429, "locked")
    service.clock.forward(minutes=1)
    work = solve(locked.json()["challenge"])
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN, work=work)) == "found"


async def test_many_wrong_tries_of_everybody_bring_the_puzzle_before_every_first_check(
    service: Service,
) -> None:
    await everybody_had(service, HOUR_FREE_TRIES - 1)
    assert slug(await service.check(NUMBER, BORN, origin=ELSEWHERE)) == "found"
    assert slug(await guess(service, 1)) == "no-match"
    locked = await service.check(NUMBER, BORN, origin=ELSEWHERE)
    assert (slug(locked), locked.json()["reason"]) == ("locked", "many")
    work = solve(locked.json()["challenge"])
    assert slug(await service.check(NUMBER, BORN, origin=ELSEWHERE, work=work)) == "found"


async def test_checks_are_free_again_an_hour_after_the_wrong_tries_stop(service: Service) -> None:
    await everybody_had(service, HOUR_FREE_TRIES)
    service.clock.forward(minutes=59)
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN)) == "locked"
    service.clock.forward(minutes=1)
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN)) == "found"
    await service.checks.forget_tries()
    assert await service.fetch("SELECT FROM miss_minute") == []


async def test_who_was_identified_before_is_not_asked_to_pay_for_others(service: Service) -> None:
    """A door says no origin when it asks again about a person whom it knows."""
    await everybody_had(service, HOUR_FREE_TRIES)
    assert slug(await service.check(NUMBER, BORN)) == "found"


async def test_a_minute_of_waiting_is_the_way_without_scripts(service: Service) -> None:
    await everybody_had(service, HOUR_FREE_TRIES)
    wait = (await service.check(NUMBER, BORN, origin=ORIGIN)).json()["wait"]
    service.clock.forward(seconds=WAIT_SECONDS - 10)
    early = await service.check(NUMBER, BORN, origin=ORIGIN, work=wait)
    assert (slug(early), early.json()["wait"], early.json()["seconds"]) == ("locked", wait, 10)
    service.clock.forward(seconds=10)
    assert slug(await service.check(NUMBER, BORN, origin=ELSEWHERE, work=wait)) == "locked"
    assert slug(await service.check("OTA-000002", BORN, origin=ORIGIN, work=wait)) == "locked"
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN, work=wait)) == "found"


async def test_a_waited_minute_buys_one_wrong_try(service: Service) -> None:
    await everybody_had(service, HOUR_FREE_TRIES)
    wait = (await service.check(NUMBER, WRONG, origin=ORIGIN)).json()["wait"]
    service.clock.forward(seconds=WAIT_SECONDS)
    tries = [service.check(NUMBER, WRONG, origin=ORIGIN, work=wait) for _ in range(8)]
    slugs = sorted(map(slug, await asyncio.gather(*tries)))
    assert slugs == ["locked"] * 7 + ["no-match"]
    assert slug(await service.check(NUMBER, BORN, origin=ORIGIN, work=wait)) == "locked"


async def test_wrong_tries_of_many_at_once_are_counted_one_by_one(service: Service) -> None:
    origins = [f"{number:064x}" for number in range(12)]
    await asyncio.gather(*(guess(service, n, origin) for n, origin in enumerate(origins)))
    assert (await service.fetch("SELECT misses FROM miss_minute"))[0]["misses"] == 12


async def test_staff_are_not_slowed_down_by_others(service: Service) -> None:
    await everybody_had(service, HOUR_FREE_TRIES)
    assert slug(await service.check(NUMBER, BORN, "lgwan")) == "found"
