"""Background tasks go on whatever happens inside them, and end when they are told to."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from libs.common.metrics import TASK_RESTARTS
from libs.common.supervise import every, supervised


def fails_first(error: BaseException | None) -> tuple[Callable[[], Awaitable[None]], asyncio.Event]:
    """A task whose first run ends with `error` (or just ends), and the moment of its second run."""
    again = asyncio.Event()
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1 and error:
            raise error
        if runs > 1:
            again.set()
            await asyncio.Event().wait()

    return run, again


@pytest.mark.parametrize("error", [ValueError("x"), asyncio.CancelledError(), None])
async def test_a_task_that_ended_for_any_reason_runs_again(error: BaseException | None) -> None:
    run, again = fails_first(error)
    before = TASK_RESTARTS.labels("test")._value.get()
    async with supervised("test", run), asyncio.timeout(2):
        await again.wait()
    assert TASK_RESTARTS.labels("test")._value.get() == before + 1


async def test_leaving_the_block_ends_the_task_and_waits_for_it() -> None:
    ended = False
    started = asyncio.Event()

    async def run() -> None:
        nonlocal ended
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.1)
            ended = True

    async with supervised("test", run):
        await started.wait()
    assert ended


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again() -> None:
    cancelled = 0
    started = asyncio.Event()

    async def run() -> None:
        nonlocal cancelled
        started.set()
        while cancelled < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1

    async with asyncio.timeout(2), supervised("test", run, stop_seconds=0.1):
        await started.wait()
    assert cancelled == 2


async def test_an_error_while_ending_does_not_start_the_task_again() -> None:
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    async with supervised("test", run):
        await asyncio.sleep(0)
    assert runs == 1


async def test_the_body_s_own_error_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        async with supervised("test", asyncio.Event().wait):  # type: ignore[arg-type]
            raise ZeroDivisionError


async def test_a_task_that_goes_on_failing_is_started_soon_and_said_now_and_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    starts: list[float] = []
    enough = asyncio.Event()

    async def run() -> None:
        starts.append(asyncio.get_running_loop().time())
        if len(starts) == 8:
            enough.set()
        raise ConnectionRefusedError

    async with supervised("test", run), asyncio.timeout(20):
        await enough.wait()
    assert max(later - one for one, later in pairwise(starts)) < 2
    assert [record.message for record in caplog.records] == ["task failed"]


async def test_every_does_its_step_again_and_again() -> None:
    steps = 0
    enough = asyncio.Event()

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            enough.set()

    async with supervised("test", every(0.01, step)), asyncio.timeout(2):
        await enough.wait()
    assert steps >= 3
