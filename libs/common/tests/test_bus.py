"""Connections to the broker."""

import asyncio
import gc
import logging

import pytest
from aio_pika.exceptions import AMQPConnectionError

from libs.common.bus import connected


def test_a_connection_that_was_refused_leaves_nothing_to_close(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its error can be collected when no loop runs: what it left open would then be a warning."""
    caplog.set_level(logging.CRITICAL)
    kept: list[BaseException] = []

    async def attempt() -> None:
        with pytest.raises(AMQPConnectionError) as refused:
            async with connected("amqp://127.0.0.1:1"):
                pass
        kept.append(refused.value)

    asyncio.set_event_loop(None)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(attempt())
        kept.clear()
        gc.collect()
    finally:
        loop.close()
