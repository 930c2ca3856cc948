"""A staff door of its own before a browser, its services in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from playwright.async_api import Page

from dev.process import free_port
from dev.testing import Database
from libs.common.ops import Readiness
from services.gateway.lgwan.app import create_app
from services.gateway.lgwan.live import Hub
from services.gateway.lgwan.settings import Settings
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
)
from services.gateway.lgwan.tests.support import files, settings_for

from .served import serving
from .staff import Desk


@asynccontextmanager
async def desk_before(page: Page, accounts: Database) -> AsyncIterator[Desk]:
    """A door with one booking, and a browser that is not signed in."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    await page.context.clear_cookies()
    booking = FakeBooking([a_booking()])
    schedules = FakeSchedules(booking.kept, booking.series, booking.closures)
    services = FakeEligibility(), FakeNotify(), FakeReporting(), FakeCounter(booking.kept)
    more = FakeCorrections(booking), FakePhone(booking.kept), schedules
    made = Desk(page, origin, booking, *services, *more)

    made.accounts = accounts

    @asynccontextmanager
    async def connect(_: Settings) -> Any:
        yield made.services

    @asynccontextmanager
    async def listen(_: Settings, hub: Hub) -> AsyncIterator[None]:
        made.hub = hub
        yield

    settings = replace(settings_for(accounts.url), public_url=origin)
    app = create_app(settings, Readiness(), connect, listen, files())
    async with serving(app, port, lifespan=True):
        yield made
        await page.goto("about:blank")
