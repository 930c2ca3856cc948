"""Background tasks that must not end: each is restarted, counted and logged when it does."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from .logs import fields
from .metrics import TASK_RESTARTS

log = logging.getLogger(__name__)
_LONGEST_PAUSE = 1.5
"""Whatever a task needs may come back at any moment, and is to be used within two seconds."""
_AGAIN_SECONDS = 30.0
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
    pause, failures = 0.1, _Failures(name)
    TASK_RESTARTS.labels(name)  # 0 from the start on: the first restart is an increase
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except asyncio.CancelledError:
            if not stopping.is_set():
                log.warning("task was cancelled from inside", extra=fields(task=name))
        except Exception as error:
            failures.tell(error)
        if stopping.is_set():
            return
        TASK_RESTARTS.labels(name).inc()
        lasted = asyncio.get_running_loop().time() - started
        pause = 0.1 if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(pause)


class _Failures:
    """What the log has been told about a task: the same failure again and again is one line now
    and then."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._said: dict[str, float] = {}

    def tell(self, error: Exception) -> None:
        now, kind = time.monotonic(), type(error).__name__
        if now - self._said.get(kind, -_AGAIN_SECONDS) >= _AGAIN_SECONDS:
            self._said[kind] = now
            log.error("task failed", exc_info=error, extra=fields(task=self._task))


def every(seconds: float, step: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """A task for `supervised` that does `step` again and again with a pause between."""

    async def run() -> None:
        while True:
            await step()
            await asyncio.sleep(seconds)

    return run
