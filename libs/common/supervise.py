"""Background tasks that must not end: each is restarted, counted and logged when it does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from .logs import fields
from .metrics import TASK_RESTARTS

log = logging.getLogger(__name__)
_LONGEST_PAUSE = 5.0
STOP_SECONDS = 15.0
"""Longer than a consumer takes to drain."""


@asynccontextmanager
async def supervised(
    name: str, run: Callable[[], Awaitable[None]], stop_seconds: float = STOP_SECONDS
) -> AsyncIterator[None]:
    """Keep `run` going while the block lasts, then cancel it and wait for its end.

    A library may swallow a cancellation: whatever has not ended after `stop_seconds` gets another.

    A stray CancelledError from inside a library ends `run` but not the supervision: only leaving
    the block does.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_going(name, run, stopping), name=name)
    try:
        yield
    finally:
        stopping.set()
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=stop_seconds)


async def _keep_going(
    name: str, run: Callable[[], Awaitable[None]], stopping: asyncio.Event
) -> None:
    pause = 0.1
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except asyncio.CancelledError:
            if not stopping.is_set():
                log.warning("task was cancelled from inside", extra=fields(task=name))
        except Exception:
            log.exception("task failed", extra=fields(task=name))
        if stopping.is_set():
            return
        TASK_RESTARTS.labels(name).inc()
        lasted = asyncio.get_running_loop().time() - started
        pause = 0.1 if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(pause)


def every(seconds: float, step: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A task for `supervised` that does `step` again and again with a pause between."""

    async def run() -> None:
        while True:
            await step()
            await asyncio.sleep(seconds)

    return run
