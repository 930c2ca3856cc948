"""A program that ends under `make dev` comes back, with a word about it, until it is hopeless."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.errors import CannotStart
from dev.revival import Revival
from dev.service import Service
from dev.tests.test_process import sink


async def until(truth: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not truth():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_killed_program_is_started_again_with_a_word(tmp_path: Path) -> None:
    service, words = sink(tmp_path), list[str]()
    service.start()
    await service.wait_ready()
    first = service.pid
    watching = asyncio.create_task(Revival(service, words.append, pauses=(0.0,)).run())
    try:
        service.signal(signal.SIGKILL)
        await until(lambda: len(words) == 2)
        assert words[0] == "mail ended (signal 9); it starts again in 0 s."
        assert words[1].startswith("mail is back (")
        assert service.alive
        assert service.pid != first
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        service.terminate()


async def test_a_program_that_cannot_run_is_given_up_with_its_log(tmp_path: Path) -> None:
    words: list[str] = []
    service = Service("ghost", "dev.nowhere", {}, tmp_path / "ghost.log", "http://127.0.0.1:1/")
    service.start()
    with pytest.raises(CannotStart, match=r"ghost ended 3 times[\s\S]*No module named"):
        await Revival(service, words.append, pauses=(0.0, 0.01)).run()
    assert len(words) == 2
