"""Waiting for what other processes do."""

import asyncio
import time
from collections.abc import Callable

PATIENCE = 40.0


async def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return when `holds()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline, "it never came"
        await asyncio.sleep(0.05)
