"""Card numbers, opened from their seals only for whoever booking vouches for."""

import json
import logging
from collections.abc import Sequence

import httpx2
import pytest

from libs.common.logs import JsonFormatter
from libs.common.signing import Signer
from libs.contracts.eligibility import NUMBERS_PURPOSE, digest_of_cards
from services.eligibility.tests.support import NOON, PASS_KEY, TICKET_KEY, Service, sheet

NUMBERS = ("OTA000001", "OTA000002")
RIGHT = "cards.number"


@pytest.fixture
async def keys(service: Service) -> list[str]:
    """Those of two cards, in the order of NUMBERS."""
    await service.take(sheet(*(f"{number},1950-01-02,鶴崎支所" for number in NUMBERS)))
    return [service.checks.vault.card_key(number) for number in NUMBERS]


def ticket(keys: Sequence[str], use: str = "preparations", signed_by: bytes = PASS_KEY) -> str:
    claims = {"actor": "somebody", "use": use, "digest": digest_of_cards(keys)}
    signer = Signer(signed_by, NUMBERS_PURPOSE)
    return signer.sign(claims, now=NOON.timestamp(), lifetime=300)


async def ask(
    service: Service,
    keys: Sequence[str],
    shown: str,
    right: str = RIGHT,
    path: str = "/v1/card-numbers",
    door: str = "lgwan",
) -> httpx2.Response:
    body = json.dumps({"card_keys": keys, "ticket": shown}).encode()
    return await service.ask("POST", path, door=door, rights=[right], content=body)


async def test_whole_numbers_are_opened_for_a_list(service: Service, keys: list[str]) -> None:
    answer = await ask(service, keys, ticket(keys))
    assert answer.json() == {
        "numbers": dict(zip(keys, NUMBERS, strict=True)),
        "endings": {},
    }


async def test_the_page_of_the_day_gets_the_last_four_signs_and_no_more(
    service: Service, keys: list[str]
) -> None:
    answer = await ask(service, keys, ticket(keys, "today"))
    assert answer.json() == {
        "numbers": {},
        "endings": dict(zip(keys, ("0001", "0002"), strict=True)),
    }
    assert NUMBERS[0] not in answer.text


async def test_what_is_not_in_the_list_is_left_out(service: Service, keys: list[str]) -> None:
    asked = [keys[0], "f" * 64]
    answer = await ask(service, asked, ticket(asked))
    assert answer.json()["numbers"] == {keys[0]: NUMBERS[0]}


async def test_without_bookings_pass_for_exactly_these_cards_nothing_is_opened(
    service: Service, keys: list[str]
) -> None:
    others = Signer(PASS_KEY, NUMBERS_PURPOSE).sign(
        {"actor": "sato", "use": "list", "digest": digest_of_cards(keys)},
        now=NOON.timestamp(),
        lifetime=300,
    )
    for shown in (
        "",
        "x.y",
        ticket(keys[:1]),
        ticket(keys, signed_by=TICKET_KEY),
        ticket(keys, use="everything"),
        others,
    ):
        answer = await ask(service, keys, shown)
        assert (answer.status_code, answer.json()["slug"]) == (403, "no-pass")
    service.clock.forward(seconds=301)
    assert (await ask(service, keys, ticket(keys))).status_code == 403


async def test_the_right_is_needed_beside_the_pass(service: Service, keys: list[str]) -> None:
    for right, path in (
        ("bookings.read", "/v1/card-numbers"),
        ("cards.outage", "/v1/card-numbers"),
        (RIGHT, "/v1/card-numbers/outage"),
    ):
        answer = await ask(service, keys, ticket(keys, "outage"), right, path)
        assert answer.status_code == 403
        assert NUMBERS[0] not in answer.text
    assert (await ask(service, keys, ticket(keys), door="internet")).status_code == 403


async def test_the_machine_for_outages_opens_nothing_else(
    service: Service, keys: list[str]
) -> None:
    path, right = "/v1/card-numbers/outage", "cards.outage"
    opened = await ask(service, keys, ticket(keys, "outage"), right, path)
    assert opened.json()["numbers"][keys[0]] == NUMBERS[0]
    for use in ("preparations", "booking", "list", "file", "today"):
        assert (await ask(service, keys, ticket(keys, use), right, path)).status_code == 403


async def test_the_log_has_one_line_with_who_what_for_and_how_many_and_no_number(
    service: Service, keys: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await ask(service, keys, ticket(keys))
    lines = [JsonFormatter("eligibility").format(record) for record in caplog.records]
    (line,) = (line for line in lines if "card numbers opened" in line)
    read = json.loads(line)
    assert (read["actor"], read["use"], read["cards"]) == ("somebody", "preparations", 2)
    for number in NUMBERS:
        assert not any(number in line or number[-6:] in line for line in lines)


async def test_a_seal_that_cannot_be_opened_holds_up_no_other(
    service: Service, keys: list[str]
) -> None:
    await service.execute("UPDATE person SET sealed = '9.x' WHERE card_key = $1", keys[0])
    answer = await ask(service, keys, ticket(keys))
    assert answer.json()["numbers"] == {keys[1]: NUMBERS[1]}
