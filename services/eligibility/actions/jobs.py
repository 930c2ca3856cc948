"""Work that goes on after its request was answered, and the thread in which files are read."""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar

from libs.common.logs import describe_error, fields

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
_NICE = 10


class Jobs:
    """Jobs of this process. One thread reads files for all of them, with less of a right to the
    machine than the answers to citizens."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, "files", _be_nice)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Jobs"]:
        """At the end of the block all jobs are told to end, and have ended."""
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._thread.shutdown(wait=False)

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def idle(self) -> None:
        """When no job is left."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def compute(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """In the thread: no request waits for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error(
                "a job failed", extra=fields(job=task.get_name(), error=describe_error(error))
            )


def _be_nice() -> None:
    """Linux keeps a priority for each thread."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
