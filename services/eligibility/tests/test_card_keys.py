"""The key of a card number, for staff who look for its booking: it says nothing of a person."""

import json

import httpx2
import pytest

from services.eligibility.tests.support import INDIVIDUAL_NUMBER, Service, sheet

NUMBER = "OTA-000001"


async def ask(service: Service, number: str, *rights: str, door: str = "lgwan") -> httpx2.Response:
    body = json.dumps({"card_number": number}).encode()
    return await service.ask("POST", "/v1/card-keys", door=door, rights=rights, content=body)


async def test_the_key_is_the_one_that_others_know_the_card_by(service: Service) -> None:
    await service.take(sheet(f"{NUMBER},1950-01-02,鶴崎支所"))
    (row,) = await service.fetch("SELECT card_key FROM person")
    answer = await ask(service, "ｏｔａ０００００１", "bookings.read")
    assert answer.json() == {"card_key": row["card_key"]}


async def test_a_number_that_nobody_has_is_answered_alike(service: Service) -> None:
    answer = await ask(service, "XXX-999999", "bookings.read")
    assert (answer.status_code, len(answer.json()["card_key"])) == (200, 64)


async def test_an_individual_number_is_refused(service: Service) -> None:
    answer = await ask(service, INDIVIDUAL_NUMBER, "bookings.read")
    assert (answer.status_code, answer.json()["slug"]) == (422, "individual-number")
    assert INDIVIDUAL_NUMBER not in answer.text


@pytest.mark.parametrize("door", ["internet", "lgwan"])
async def test_nobody_else_is_answered(service: Service, door: str) -> None:
    rights = ("bookings.read",) if door == "internet" else ("counts.read",)
    assert (await ask(service, NUMBER, *rights, door=door)).status_code == 403
