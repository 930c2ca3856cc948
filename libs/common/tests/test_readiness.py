"""Readiness while a process still starts."""

import asyncio

from libs.common.ops import Readiness


async def test_a_check_that_is_added_while_others_are_asked_breaks_no_answer() -> None:
    readiness, asked, go_on = Readiness(), asyncio.Event(), asyncio.Event()

    async def database() -> bool:
        asked.set()
        await go_on.wait()
        return False

    async def broker() -> bool:
        return True

    readiness.require("database", database)
    answer = asyncio.create_task(readiness.failing())
    await asked.wait()
    readiness.require("broker", broker)
    go_on.set()
    assert await answer == ["database"]
