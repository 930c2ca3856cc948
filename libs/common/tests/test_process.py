"""A process starts in order, leaves in order, and says in a sentence why it cannot start."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from dev.account import ROOT
from dev.process import free_port

from .parts import eventually


@dataclass
class Tiny:
    """The tiny process and how to ask it."""

    process: asyncio.subprocess.Process
    http: httpx2.AsyncClient
    main: str
    ops: str

    async def status(self, url: str) -> int | None:
        """The status of an answer, or None where nobody listens."""
        try:
            return (await self.http.get(url)).status_code
        except httpx2.TransportError:
            return None

    async def is_ready(self) -> bool:
        return await self.status(f"{self.ops}/readyz") == 200

    async def is_draining(self) -> bool:
        answer = await self.http.get(f"{self.ops}/readyz")
        return answer.status_code == 503 and answer.json() == {"failing": ["draining"]}

    async def refuses(self) -> bool:
        return await self.status(self.main) is None

    async def has_port(self) -> bool:
        return await self.status(f"{self.ops}/healthz") == 200


async def start(**environ: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "libs.common.tests.tiny_app"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "AMQP_URL": "amqp://127.0.0.1:1/", **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def tiny(**environ: str) -> AsyncIterator[Tiny]:
    port, ops_port = free_port(), free_port()
    process = await start(PORT=str(port), OPS_PORT=str(ops_port), **environ)
    try:
        async with httpx2.AsyncClient() as http:
            yield Tiny(process, http, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{ops_port}")
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_process_is_alive_before_it_is_ready_and_ready_when_it_answers() -> None:
    async with tiny(STARTS_IN="1") as process:
        await eventually(process.has_port)
        early = await process.http.get(f"{process.ops}/readyz")
        assert (early.status_code, early.json()) == (503, {"failing": ["started"]})
        await eventually(process.is_ready)
        assert (await process.http.get(process.main)).text == "done"
        assert (
            "oita_http_request_duration_seconds"
            in (await process.http.get(f"{process.ops}/metrics")).text
        )


async def test_on_sigterm_it_says_not_ready_first_and_finishes_what_it_accepted() -> None:
    async with tiny(DRAIN_SECONDS="1.5") as process:
        await eventually(process.is_ready)
        under_way = asyncio.create_task(process.http.get(f"{process.main}/?seconds=3"))
        await asyncio.sleep(0.2)
        process.process.terminate()
        await eventually(process.is_draining)
        late = await process.http.get(process.main)
        assert (late.status_code, late.headers["connection"]) == (200, "close")
        await eventually(process.refuses)
        assert not under_way.done()
        assert (await under_way).text == "done"
        assert await asyncio.wait_for(process.process.wait(), 10) == 0


async def test_an_error_in_a_route_is_logged_without_its_message() -> None:
    async with tiny() as process:
        await eventually(process.is_ready)
        assert await process.status(f"{process.main}/fail") == 500
        process.process.terminate()
        output, errors = await process.process.communicate()
    assert b"ValueError at tiny_app.py:" in output
    assert b"Taro" not in output + errors


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "8001"}, "The setting OPS_PORT is missing: "),
        ({"PORT": "8001", "OPS_PORT": "x"}, "The setting OPS_PORT is wrong: TCP port "),
    ],
)
async def test_without_its_settings_it_ends_with_one_sentence(
    environ: dict[str, str], sentence: str
) -> None:
    process = await start(**environ)
    output, errors = await process.communicate()
    assert process.returncode == 1
    assert output == b""
    assert errors.decode().startswith(sentence)
    assert errors.count(b"\n") == 1


async def test_an_application_that_cannot_start_ends_the_process_without_showing_values() -> None:
    async with tiny(FAILS="by mishap") as process:
        output, errors = await process.process.communicate()
        assert process.process.returncode == 3
        assert b"ConnectionError at tiny_app.py:" in output
        assert b"Taro" not in output + errors


async def test_an_application_that_knows_why_it_cannot_run_says_so_in_a_sentence() -> None:
    async with tiny(FAILS="for a reason") as process:
        output, _ = await process.process.communicate()
        assert process.process.returncode == 3
        assert b"Set it to 'on'." in output


async def test_a_taken_port_ends_the_process() -> None:
    async with tiny() as first:
        await eventually(first.is_ready)
        port = first.main.rsplit(":", 1)[1]
        second = await start(PORT=port, OPS_PORT=str(free_port()))
        output, _ = await asyncio.wait_for(second.communicate(), 20)
        assert second.returncode not in (0, None)
        assert b"address already in use" in output
