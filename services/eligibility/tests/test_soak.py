"""The long count: 500,000 rows from a file of 64 MiB into the list, while checks go on."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import psutil
import pytest

from dev.evidence import Evidence
from services.eligibility.tests.support import Service, sheet

ROWS = 500_000
MOST_SECONDS = 120
MOST_MIB = 300
_NOTATIONS = ("1950-01-02", "昭和25年1月2日", "3250102", "S25.1.2", "１９５０/１/２")
_REST = "大分花子,大分県大分市荷揚町２番３１号　" + "市役所" * 8


def city(rows: int, office_name: str) -> bytes:
    header = "製造管理番号,生年月日,受取場所,備考,氏名,住所"
    lines = (
        f"OTA-{n:06},{_NOTATIONS[n % 5]},{office_name},,{_REST}".encode("cp932")
        for n in range(rows)
    )
    return b"\r\n".join([header.encode("cp932"), *lines, b""])


async def check_on(service: Service, until: asyncio.Event) -> list[float]:
    """Seconds that each check took; every one has to be answered."""
    took = []
    while not until.is_set():
        started = time.perf_counter()
        answer = await service.check("WAI-000001", "1950-01-02")
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200
        await asyncio.sleep(0.05)
    return took


async def most_memory(until: asyncio.Event) -> float:
    """The most MiB that this process had, measured ten times a second."""
    most, process = 0.0, psutil.Process()
    while not until.is_set():
        most = max(most, process.memory_info().rss / 2**20)
        await asyncio.sleep(0.1)
    return most


async def compared(service: Service, body: bytes) -> dict[str, Any]:
    """The draft of a file, with the seconds of each step in `took`."""
    key, started = uuid4().hex, time.perf_counter()
    answer = await service.offer(body, key=key)
    assert answer.status_code == 200, answer.text
    uploaded = time.perf_counter()
    draft = await service.stage(answer.json(), key)
    took = {"upload": uploaded - started, "stage": time.perf_counter() - uploaded}
    return {**draft, "took": took}


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_500000_rows_are_taken_in_two_minutes_with_flat_memory_while_checks_are_answered(
    service: Service, evidence: Evidence
) -> None:
    """The file itself lies in the memory of the test, and does not count."""
    await service.take(sheet("WAI-000001,1950-01-02,明野支所"))
    await service.take(city(2_000, "鶴崎"))
    body, done = city(ROWS, "鶴崎"), asyncio.Event()
    before = psutil.Process().memory_info().rss / 2**20
    checking = asyncio.create_task(check_on(service, done))
    measuring = asyncio.create_task(most_memory(done))
    draft = await compared(service, body)
    started = time.perf_counter()
    report = await service.apply(draft)
    took = {**draft["took"], "apply": time.perf_counter() - started}
    assert (report["rows"], report["rejected"]) == (ROWS, 0)
    again = await compared(service, body)
    assert again["counts"]["unchanged"] == ROWS
    done.set()
    checks, most = sorted(await checking), await measuring
    figures = {f"{name}_seconds": round(value, 1) for name, value in took.items()}
    figures["seconds"] = round(sum(took.values()), 1)
    figures["again_seconds"] = round(sum(again["took"].values()), 1)
    figures["mib"], figures["most_mib"] = round(len(body) / 2**20), round(most - before)
    figures["p95_ms"] = round(checks[len(checks) * 95 // 100] * 1000)
    print(figures)
    evidence("import", ["services/eligibility"], rows=ROWS, checks=len(checks), **figures)
    assert figures["seconds"] <= MOST_SECONDS
    assert most - before <= MOST_MIB
