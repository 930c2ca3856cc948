"""A door whose clock is wrong says so, and sells nothing; the others go on."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from dev.process import free_port
from dev.service import Service
from dev.walk import Citizen, browsing

from .crowd import AnyStack
from .ledger import eventually

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
pytestmark = pytest.mark.skipif(FAKETIME is None, reason="faketime is not on this machine")

Shifted = Callable[[str, float], AbstractAsyncContextManager[Service]]


@pytest.fixture
def shifted(stack: AnyStack) -> Shifted:
    """Another process of a door, with a clock that is so many seconds ahead."""

    @asynccontextmanager
    async def start(door: str, ahead: float) -> AsyncIterator[Service]:
        own = stack.services[door]
        port, ops = free_port(), free_port()
        env = {
            **own.env,
            "PORT": str(port),
            "OPS_PORT": str(ops),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME": f"{ahead:+.0f}s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        late = replace(
            own,
            name=f"{door}{ahead:+.0f}",
            env=env,
            log=own.log.with_name(f"{door}-shifted.log"),
            ready_url=f"http://127.0.0.1:{ops}/healthz",
            child=None,
        )
        late.start()
        try:
            await late.wait_ready()
            yield late
        finally:
            late.terminate()

    return start


async def figures(service: Service) -> tuple[list[str], float]:
    """What its readiness misses, and how far ahead it thinks it is."""
    ops = service.ready_url.removesuffix("/healthz")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{ops}/readyz") as answer:
            failing = json.loads(await answer.text())["failing"]
        async with session.get(f"{ops}/metrics") as answer:
            found = re.search(
                r"^oita_clock_offset_seconds (\S+)", await answer.text(), re.MULTILINE
            )
    assert found
    return failing, float(found[1])


@pytest.mark.parametrize(
    ("door", "ahead"),
    [
        ("internet", 90),
        pytest.param("internet", -90, marks=pytest.mark.soak),
        pytest.param("lgwan", 20, marks=pytest.mark.soak),
    ],
)
async def test_a_door_with_another_time_is_not_ready_and_says_why(
    shifted: Shifted, door: str, ahead: float
) -> None:
    async with shifted(door, ahead) as service:

        async def noticed() -> bool:
            return "clock" in (await figures(service))[0]

        await eventually("the door knows that its clock is wrong", noticed, 20)
        assert (await figures(service))[1] == pytest.approx(ahead, abs=2)
        assert "this door's clock differs from booking's" in service.log.read_text()


async def test_a_door_with_the_right_time_is_ready(shifted: Shifted) -> None:
    async with shifted("internet", 3) as service:

        async def ready() -> bool:
            return (await figures(service))[0] == []

        await eventually("the door is ready", ready, 20)
        async with browsing() as session:
            citizen = Citizen(session, service.env["PUBLIC_URL"])
            await citizen.open("/availability/pin/honcho")
            assert citizen.page.all("td")
