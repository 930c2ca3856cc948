"""The connections of the door: who tries numbers has some of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from aiohttp import web

from libs.contracts.booking import BookingProof, HoldRequest
from libs.contracts.eligibility import Check
from services.gateway.internet.app import TRY_CONNECTIONS, open_clients
from services.gateway.internet.tests.world import settings
from services.gateway.web.clients import BookingClient, EligibilityClient
from services.gateway.web.link import Actor, Unreachable, open_session
from services.gateway.web.skew import Skew

CITIZEN, ORIGIN, BORN = Actor("0" * 32), "a" * 64, date(1960, 4, 1)
GUESS = BookingProof(number="8K2M47QX3P", born=BORN, origin=ORIGIN)
BACK = GUESS.model_copy(update={"origin": None})
CHECK = Check(card_number="ABC123456", born=BORN, origin=ORIGIN)
HOLD = HoldRequest.model_validate(
    {"procedure_id": "pin", "office_id": "honcho", "starts_at": "2026-12-02T09:00:00+09:00"}
)


class Stuck:
    """Services that do not answer a try of a number, and anything else at once."""

    def __init__(self) -> None:
        self.tries = 0
        self.full, self.free = asyncio.Event(), asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("origin"):
            self.tries += 1
            if self.tries == TRY_CONNECTIONS:
                self.full.set()
            await self.free.wait()
        return web.json_response({}, status=200)


@asynccontextmanager
async def door() -> AsyncIterator[tuple[BookingClient, EligibilityClient, Stuck]]:
    stuck = Stuck()
    app = web.Application()
    app.router.add_post("/{path:.*}", stuck.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    config = replace(settings(), booking_url=url, eligibility_url=url)
    try:
        async with open_session() as session, open_session(TRY_CONNECTIONS) as tries:
            yield *open_clients(config, session, tries, Skew()), stuck
    finally:
        await runner.cleanup()


async def test_three_hundred_who_try_numbers_leave_the_connections_of_holds_alone() -> None:
    async with door() as (booking, eligibility, stuck):
        guessing: list[asyncio.Task[Any]] = [
            asyncio.create_task(booking.find(CITIZEN, GUESS)) for _ in range(150)
        ]
        guessing += [asyncio.create_task(eligibility.check(CITIZEN, CHECK)) for _ in range(150)]
        await asyncio.wait_for(stuck.full.wait(), 5)
        async with asyncio.timeout(2):
            # The answers are not the contract's: what matters is that they come.
            for ask in (booking.hold(CITIZEN, "k" * 16, HOLD), booking.find(CITIZEN, BACK)):
                with pytest.raises(Unreachable, match="cannot be read"):
                    await ask
        assert stuck.tries == TRY_CONNECTIONS
        stuck.free.set()
        for task in guessing:
            task.cancel()
        await asyncio.gather(*guessing, return_exceptions=True)
