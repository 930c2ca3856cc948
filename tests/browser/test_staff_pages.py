"""Every page of the staff door in every state: sound HTML, axe-core, no sideways scrolling."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from dev.process import free_port
from dev.testing import Database, Databases
from libs.common.ops import Readiness
from services.gateway.lgwan.app import HERE, create_app
from services.gateway.lgwan.settings import Settings
from services.gateway.lgwan.tests.fakes import (
    FakeBooking,
    FakeEligibility,
    FakeNotify,
    FakeReporting,
    a_booking,
)
from services.gateway.lgwan.tests.support import add_staff, settings_for
from services.gateway.web.testing import Page as Sound

from .measures import axe_violations, sideways
from .served import serving
from .staff import Desk, DeskState
from .staff_states import STATES
from .test_pages import wire

WIDTHS = (1280, 768)
FRAME = "staff.html"


@pytest.fixture(scope="session")
def accounts(databases: Databases) -> Iterator[Database]:
    with databases.fresh("gateway") as made:
        add_staff(made)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def desk(desk_page: Page, accounts: Database) -> AsyncIterator[Desk]:
    """A staff door of its own with one booking, and a browser that is not signed in."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    await desk_page.context.clear_cookies()
    services = FakeBooking([a_booking()]), FakeEligibility(), FakeNotify(), FakeReporting()
    made = Desk(desk_page, origin, *services)

    @asynccontextmanager
    async def connect(_: Settings) -> Any:
        yield made.services

    settings = replace(settings_for(accounts.url), public_url=origin)
    async with serving(create_app(settings, Readiness(), connect), port, lifespan=True):
        yield made
        await desk_page.goto("about:blank")


def test_every_page_of_the_staff_door_is_in_the_registry() -> None:
    pages = {path.name for path in (HERE / "templates").glob("*.html")} - {FRAME}
    assert {state.template for state in STATES} == pages


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.id)
async def test_a_staff_page_is_sound_and_accessible(state: DeskState, desk: Desk) -> None:
    await state.reach(desk)
    assert state.says in await desk.page.inner_text("main")
    Sound(await wire(desk.answer))
    for width in WIDTHS:
        await desk.page.set_viewport_size({"width": width, "height": 900})
        complaints = await sideways(desk.page) + await axe_violations(desk.page)
        assert not complaints, f"at {width} px:\n" + "\n".join(complaints)
