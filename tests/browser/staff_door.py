"""The staff door at one address for all tests; each has an application and services of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from playwright.async_api import Page
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dev.process import free_port
from dev.testing import Database
from libs.common.ops import Readiness
from services.gateway.lgwan.app import create_app
from services.gateway.lgwan.door.live import Hub
from services.gateway.lgwan.door.settings import Settings
from services.gateway.lgwan.tests.fake_corrections import FakeCorrections
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fake_phone import FakePhone
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import (
    FakeBooking,
    FakeEligibility,
    FakeNotify,
    FakeReporting,
    a_booking,
    procedures,
)
from services.gateway.lgwan.tests.support import files, settings_for

from .served import BLANK, serving
from .staff import Desk, Seats

NOBODY = Response(status_code=503)


class StaffDoor:
    """What browsers keep by address, style sheets and sessions, they keep from test to test."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._seats: Seats = {}
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._app: ASGIApp = NOBODY
        self._state: dict[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = dict(self._state)
        self._under_way += 1
        self._quiet.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    @asynccontextmanager
    async def desk(self, page: Page, accounts: Database) -> AsyncIterator[Desk]:
        """A fresh door with one booking, and a browser that is not signed in."""
        await page.context.clear_cookies()
        booking = FakeBooking([a_booking()])
        schedules = FakeSchedules(booking.kept, booking.series, booking.closures, procedures())
        services = FakeEligibility(), FakeNotify(), FakeReporting(), FakeCounter(booking.kept)
        more = FakeCorrections(booking), FakePhone(booking.kept), schedules
        desk = Desk(page, self.origin, accounts, self._seats, booking, *services, *more)
        async with self._opened(desk):
            try:
                yield desk
            finally:
                await page.goto(self.origin + BLANK)

    @asynccontextmanager
    async def _opened(self, desk: Desk) -> AsyncIterator[None]:
        @asynccontextmanager
        async def connect(_: Settings) -> Any:
            yield desk.services

        @asynccontextmanager
        async def listen(_: Settings, hub: Hub) -> AsyncIterator[None]:
            desk.hub = hub
            yield

        settings = replace(settings_for(desk.accounts.url), public_url=self.origin)
        app = create_app(settings, Readiness(), connect, listen, files(settings.training))
        async with app.router.lifespan_context(app) as state:
            self._app, self._state = app, dict(state or {})
            desk.state = self._state
            yield
            # As where a server stops: nothing new comes in, and what is under way ends first.
            self._app = NOBODY
            await asyncio.wait_for(self._quiet.wait(), 10)


@asynccontextmanager
async def staff_door() -> AsyncIterator[StaffDoor]:
    port = free_port()
    door = StaffDoor(port)
    async with serving(door, port):
        yield door
