"""The long count: 500,000 rows from a file of 64 MiB into the list, while checks go on."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import psutil
import pytest

from dev.evidence import Evidence
from services.eligibility.tests.support import Service, found_in, sheet

ROWS = 500_000
PIECE = 256 * 1024
MOST_SECONDS = 120
MOST_MIB = 300
_NOTATIONS = ("1950-01-02", "昭和25年1月2日", "3250102", "S25.1.2", "１９５０/１/２")
_REST = "大分花子,大分県大分市荷揚町２番３１号　" + "市役所" * 8


async def city(rows: int, office_name: str) -> AsyncIterator[bytes]:
    """Made piece by piece, so that it is not in the memory that is measured."""
    yield "製造管理番号,生年月日,受取場所,備考,氏名,住所\r\n".encode("cp932")
    for start in range(0, rows, 2_000):
        numbers = range(start, min(start + 2_000, rows))
        lines = (f"OTA-{n:06},{_NOTATIONS[n % 5]},{office_name},,{_REST}\r\n" for n in numbers)
        yield "".join(lines).encode("cp932")


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


async def take(service: Service, rows: int, office_name: str) -> dict[str, float]:
    """Seconds of each step, and what came of it."""
    key, started = uuid4().hex, time.perf_counter()
    headers = {"x-file-name": "a.csv", "idempotency-key": key}
    body = city(rows, office_name)
    answer = await service.ask("POST", "/v1/drafts", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    uploaded = time.perf_counter()
    draft = await service.stage(answer.json(), key)
    staged = time.perf_counter()
    report = await service.apply(draft)
    assert (report["rows"], report["rejected"]) == (rows, 0)
    done = time.perf_counter()
    steps = {"upload": uploaded - started, "stage": staged - uploaded, "apply": done - staged}
    return {**steps, "seconds": done - started, "mib": draft["size"] / 2**20}


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_500000_rows_are_taken_in_two_minutes_with_flat_memory_while_checks_are_answered(
    service: Service, evidence: Evidence
) -> None:
    await service.take(sheet("WAI-000001,1950-01-02,明野支所"))
    await take(service, 2_000, "鶴崎")
    done, figures = asyncio.Event(), dict[str, float]()
    checking = asyncio.create_task(check_on(service, done))
    measuring = asyncio.create_task(most_memory(done))
    for office_name, effect in (("鶴崎", "added"), ("鶴崎", "unchanged")):
        taken = await take(service, ROWS, office_name) if effect == "added" else None
        if taken is None:
            key, started = uuid4().hex, time.perf_counter()
            headers = {"idempotency-key": key}
            body = city(ROWS, office_name)
            answer = await service.ask("POST", "/v1/drafts", content=body, headers=headers)
            draft = await service.stage(answer.json(), key, found_in(answer.json()))
            assert draft["counts"]["unchanged"] == ROWS
            taken = {"seconds": time.perf_counter() - started}
        figures |= {f"{effect}_{name}": round(value, 1) for name, value in taken.items()}
    done.set()
    took, most = sorted(await checking), await measuring
    p95 = round(took[len(took) * 95 // 100] * 1000)
    figures |= {"most_mib": round(most), "checks": len(took), "p95_ms": p95}
    print(figures)
    evidence("import", ["services/eligibility"], rows=ROWS, **figures)
    assert figures["added_seconds"] <= MOST_SECONDS
    assert most <= MOST_MIB
