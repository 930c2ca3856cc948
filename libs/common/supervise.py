"""Background tasks that must not end: each is restarted, counted and logged when it does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from .logs import fields
from .metrics import TASK_RESTARTS

log = logging.getLogger(__name__)
_LONGEST_PAUSE = 5.0


@asynccontextmanager
async def supervised(name: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep `run` going while the block lasts, then cancel it and wait for its end.

    A stray CancelledError from inside a library ends `run` but not the supervision: only leaving
    the block does.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_going(name, run, stopping), name=name)
    try:
        yield
    finally:
        stopping.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_going(
    name: str, run: Callable[[], Awaitable[None]], stopping: asyncio.Event
) -> None:
    pause = 0.1
    while not stopping.is_set():
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except asyncio.CancelledError:
            if stopping.is_set():
                raise
            log.warning("task was cancelled from inside", extra=fields(task=name))
        except Exception:
            log.exception("task failed", extra=fields(task=name))
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
