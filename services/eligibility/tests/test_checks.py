"""Checks through HTTP on a real PostgreSQL: tickets, one answer for every miss, the daily lock."""

import asyncio
import json
import logging

import asyncpg
import pytest

from dev.puzzle import solve
from libs.common.signing import BadSignature, Verifier
from libs.common.tries import FREE_TRIES
from libs.common.work import STEPS
from libs.contracts.eligibility import TICKET_PURPOSE, TICKET_SECONDS, TicketClaims
from services.eligibility.tests.support import (
    INDIVIDUAL_NUMBER,
    TICKET_KEY,
    Service,
    finished,
    public_key,
    sheet,
)

NUMBER, BORN, WRONG = "OTA-000001", "1950-01-02", "1950-01-03"
ORIGIN = "ab" * 32


async def lock(service: Service, number: str, **more: str) -> None:
    """Use up the free tries of today."""
    for _ in range(FREE_TRIES):
        assert (await service.check(number, WRONG, **more)).status_code == 404


async def challenge_of(service: Service, number: str) -> str:
    """What a locked number asks for."""
    answer = await service.check(number, WRONG)
    assert (answer.status_code, answer.json()["slug"]) == (429, "locked")
    return str(answer.json()["challenge"])


@pytest.fixture(autouse=True)
async def person(service: Service) -> str:
    """One person whose card waits in Tsurusaki; the key."""
    await service.take(sheet(f"{NUMBER},{BORN},鶴崎支所"))
    (row,) = await service.fetch("SELECT card_key FROM person")
    return str(row["card_key"])


@pytest.mark.parametrize("door", ["internet", "lgwan"])
async def test_number_and_date_give_the_office_and_a_ticket(
    service: Service, person: str, door: str
) -> None:
    answer = await service.check("ｏｔａ－０００００１", BORN, door)
    reply = answer.json()
    assert (answer.status_code, reply["office_id"], reply["state"]) == (200, "tsurusaki", "ready")
    verifier = Verifier(public_key(TICKET_KEY), TICKET_PURPOSE)
    now = service.clock().timestamp()
    claims = TicketClaims.model_validate(verifier.read(reply["ticket"], now=now))
    assert (claims.card_key, claims.born.isoformat()) == (person, BORN)
    with pytest.raises(BadSignature):
        verifier.read(reply["ticket"], now=now + TICKET_SECONDS + 1)


async def test_an_unknown_number_and_a_wrong_date_get_the_same_answer(service: Service) -> None:
    answers = [
        await service.check(NUMBER, WRONG),
        await service.check("OTA-999999", BORN),
        await service.check("なにか", BORN),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["slug"] == "no-match"
    assert len({frozenset(answer.headers.items()) for answer in answers}) == 1


@pytest.mark.parametrize("number", [NUMBER, "OTA-999999"])
async def test_after_five_wrong_tries_a_number_is_locked_until_the_next_day_in_japan(
    service: Service, number: str
) -> None:
    statuses = [(await service.check(number, WRONG)).status_code for _ in range(6)]
    assert statuses == [404] * 5 + [429]
    right = await service.check(number, BORN)
    assert (right.status_code, right.json()["slug"]) == (429, "locked")
    service.clock.forward(hours=11, minutes=59)
    assert (await service.check(number, BORN)).status_code == 429
    service.clock.forward(minutes=1)
    assert (await service.check(number, BORN)).status_code == (200 if number == NUMBER else 404)


async def test_right_answers_do_not_count_and_do_not_forgive(service: Service) -> None:
    for _ in range(4):
        assert (await service.check(NUMBER, WRONG)).status_code == 404
        assert (await service.check(NUMBER, BORN)).status_code == 200
    assert (await service.check(NUMBER, WRONG)).status_code == 404
    assert (await service.check(NUMBER, BORN)).status_code == 429


async def test_others_wrong_tries_cost_whoever_was_right_nothing(service: Service) -> None:
    opened = (await service.check(NUMBER, BORN)).json()["opened"]
    await lock(service, NUMBER)
    assert (await service.check(NUMBER, BORN)).status_code == 429
    assert (await service.check(NUMBER, BORN, opened=opened)).status_code == 200
    assert (await service.check(NUMBER, WRONG, opened=opened)).status_code == 429
    await lock(service, "OTA-999999")
    assert (await service.check("OTA-999999", BORN, opened=opened)).status_code == 429


@pytest.mark.parametrize("number", [NUMBER, "OTA-999999"])
async def test_a_solved_puzzle_buys_one_more_try_and_the_next_is_harder(
    service: Service, number: str
) -> None:
    await lock(service, number)
    challenges = [await challenge_of(service, number)]
    for _ in range(3):
        wrong = await service.check(number, WRONG, work=solve(challenges[-1]))
        assert (wrong.status_code, wrong.json()["slug"]) == (404, "no-match")
        challenges.append(wrong.json()["challenge"])
    difficulties = [int(challenge.split(".")[1]) for challenge in challenges]
    assert difficulties == [2, 3, 4, 5]


async def test_nobody_can_lock_a_citizen_out_for_good(service: Service) -> None:
    """Others use up as many tries as they like while the citizen's browser computes."""
    await lock(service, NUMBER)
    for _ in range(STEPS + 1):
        wrong = await service.check(NUMBER, WRONG, work=solve(await challenge_of(service, NUMBER)))
        assert wrong.status_code == 404
    own = solve(await challenge_of(service, NUMBER))
    for _ in range(7):
        wrong = await service.check(NUMBER, WRONG, work=solve(await challenge_of(service, NUMBER)))
        assert wrong.status_code == 404
    assert (await service.check(NUMBER, BORN, work=own)).status_code == 200


async def test_an_answer_serves_one_wrong_try(service: Service) -> None:
    await lock(service, NUMBER)
    for _ in range(STEPS):
        await service.check(NUMBER, WRONG, work=solve(await challenge_of(service, NUMBER)))
    work = solve(await challenge_of(service, NUMBER))
    tries = [service.check(NUMBER, f"1951-01-{day:02}", work=work) for day in range(1, 9)]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert sorted(statuses) == [404] + [429] * 7
    assert (await service.check(NUMBER, BORN, work=work)).status_code == 429


async def test_an_answer_serves_its_own_number_on_its_own_day(service: Service) -> None:
    await lock(service, NUMBER)
    await lock(service, "OTA-999999")
    foreign = solve(await challenge_of(service, "OTA-999999"))
    assert (await service.check(NUMBER, BORN, work=foreign)).status_code == 429
    service.clock.forward(hours=11, minutes=59)
    yesterdays = solve(await challenge_of(service, NUMBER))
    service.clock.forward(minutes=2)
    await lock(service, NUMBER)
    assert (await service.check(NUMBER, BORN, work=yesterdays)).status_code == 429


async def test_the_fifth_wrong_try_brings_the_puzzle_of_the_sixth(service: Service) -> None:
    answers = [await service.check(NUMBER, WRONG) for _ in range(5)]
    assert ["challenge" in answer.json() for answer in answers] == [False] * 4 + [True]
    work = solve(answers[-1].json()["challenge"])
    assert (await service.check(NUMBER, BORN, work=work)).status_code == 200


async def test_staff_are_neither_counted_nor_locked_out(service: Service) -> None:
    await lock(service, NUMBER)
    statuses = [(await service.check(NUMBER, WRONG, "lgwan")).status_code for _ in range(7)]
    assert statuses == [404] * 7
    assert (await service.check(NUMBER, BORN, "lgwan")).status_code == 200
    (count,) = await service.fetch("SELECT tries FROM wrong_try")
    assert count["tries"] == 5


@pytest.mark.parametrize("origin", ["192.0.2.1", "", "A" * 64])
async def test_an_origin_is_a_digest_and_nothing_that_names_a_place(
    service: Service, origin: str
) -> None:
    answer = await service.check(NUMBER, BORN, origin=origin)
    assert (answer.status_code, answer.json()["slug"]) == (400, "malformed")


async def test_other_numbers_are_not_locked(service: Service) -> None:
    for _ in range(6):
        await service.check("OTA-999999", WRONG)
    assert (await service.check(NUMBER, BORN)).status_code == 200


@pytest.mark.parametrize("number", [NUMBER, "OTA-999999"])
async def test_of_twenty_wrong_tries_at_once_five_are_compared(
    service: Service, number: str
) -> None:
    tries = [service.check(number, f"1951-01-{day:02}") for day in range(1, 21)]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert (statuses.count(404), statuses.count(429)) == (5, 15)


async def test_a_collected_card_is_named_as_such_only_with_the_right_date(
    service: Service, person: str
) -> None:
    await service.hear(finished(person, "collected"))
    right = await service.check(NUMBER, BORN)
    assert (right.status_code, right.json()["slug"]) == (409, "already-collected")
    assert (await service.check(NUMBER, WRONG)).json()["slug"] == "no-match"


@pytest.mark.parametrize("typed", [INDIVIDUAL_NUMBER, "1234-5678-9012", "１２３４５６７８９０１２"])
async def test_twelve_digits_are_refused_and_neither_kept_nor_logged(
    service: Service, typed: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await service.check(typed, BORN)
    assert (answer.status_code, answer.json()["slug"]) == (422, "individual-number")
    assert answer.json()["detail"] == "12桁のマイナンバーは入力しないでください。"
    assert await service.fetch("SELECT card_key FROM wrong_try") == []
    assert typed not in caplog.text


@pytest.mark.parametrize("table", ["wrong_try", "origin_try", "miss_minute"])
async def test_tries_that_cannot_be_counted_are_not_answered(service: Service, table: str) -> None:
    connection = await asyncpg.connect(service.database.admin_url)
    await connection.execute(f"ALTER TABLE eligibility.{table} RENAME TO gone")
    answers = [await service.check(NUMBER, born, origin=ORIGIN) for born in (BORN, WRONG)]
    await connection.close()
    assert [(a.status_code, a.json()["slug"]) for a in answers] == [(503, "unavailable")] * 2


async def test_the_tries_of_past_days_are_forgotten(service: Service) -> None:
    await lock(service, NUMBER, origin=ORIGIN)
    await service.check(NUMBER, WRONG, work=solve(await challenge_of(service, NUMBER)))
    service.clock.forward(days=1)
    await service.check("OTA-999999", WRONG)
    await service.checks.forget_tries()
    kept = [
        await service.fetch(f"SELECT day FROM {table}")
        for table in ("wrong_try", "origin_try", "spent_work")
    ]
    assert [[row["day"].isoformat() for row in rows] for rows in kept] == [["2026-12-02"], [], []]
    assert len(await service.fetch("SELECT FROM miss_minute")) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"card_number": "OTA-000001"}', b'{"card_number": 1, "born": "x"}']
)
async def test_a_check_that_cannot_be_read_is_refused_without_its_values(
    service: Service, body: bytes
) -> None:
    answer = await service.ask("POST", "/v1/checks", door="internet", content=body)
    assert (answer.status_code, answer.json()["slug"]) == (400, "malformed")
    assert "OTA" not in json.dumps(answer.json())
