"""Unknown numbers and wrong dates take the same time: the same work, measured pair by pair.

Each pair is an unknown number and a wrong date for a known one, in random order, one right after
the other, so that whatever slows the machine down slows both.
"""

import random
import time
from dataclasses import asdict

import pytest

from dev.evidence import Evidence
from dev.likeness import Pairs, assert_alike, likeness
from services.eligibility.tests.support import Service, sheet

WRONG = "1950-01-03"


async def seconds(service: Service, number: str) -> float:
    started = time.perf_counter()
    answer = await service.check(number, WRONG)
    took = time.perf_counter() - started
    assert (answer.status_code, answer.json()["slug"]) == (404, "no-match")
    return took


async def measure(service: Service, pairs: int) -> Pairs:
    """(unknown number, wrong date) of each pair. Every number is tried once."""
    rows = (f"OTA-{number:06},1950-01-02,鶴崎支所" for number in range(pairs))
    await service.take(sheet(*rows))
    for number in range(20):
        await seconds(service, f"WAR-{number:06}")
    found = []
    for number in random.sample(range(pairs), pairs):
        asked = {"unknown": f"NOP-{number:06}", "wrong": f"OTA-{number:06}"}
        order = random.sample(sorted(asked), 2)
        took = {which: await seconds(service, asked[which]) for which in order}
        found.append((took["unknown"], took["wrong"]))
    return found


async def test_an_unknown_number_takes_as_long_as_a_wrong_date(service: Service) -> None:
    assert_alike(await measure(service, 300))


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_ten_thousand_unknown_numbers_take_as_long_as_wrong_dates(
    service: Service, evidence: Evidence
) -> None:
    pairs = await measure(service, 10_000)
    assert_alike(pairs)
    evidence(
        "alike-eligibility", ["services/eligibility"], pairs=len(pairs), **asdict(likeness(pairs))
    )
