"""The doors before the browser, their services in memory."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize

from dev.process import free_port
from dev.testing import Database, Databases
from services.gateway.lgwan.tests.support import add_staff
from tests.window import window

from .scene import Scene
from .served import Town, serving
from .staff import Desk
from .staff_door import StaffDoor, staff_door

DESK: ViewportSize = {"width": 1280, "height": 1024}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town() -> AsyncIterator[Town]:
    """The citizens' door, its services in memory."""
    port = free_port()
    town = Town(port)
    async with serving(town, port):
        yield town


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_page(browser: Browser) -> AsyncIterator[Page]:
    """One window for all tests. It lifts the policy of our pages, for axe-core alone."""
    async with window(browser, viewport=DESK, bypass_csp=True) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def scene(desk_page: Page, town: Town) -> Scene:
    """A fresh door before a desk's screen."""
    await desk_page.context.clear_cookies()
    await desk_page.set_viewport_size(DESK)
    await town.renew()
    return Scene(desk_page, town)


@pytest.fixture(scope="session")
def accounts(databases: Databases) -> Iterator[Database]:
    """The staff door's database, with one account that may do all."""
    with databases.fresh("gateway", add_staff) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def door() -> AsyncIterator[StaffDoor]:
    """The staff door's address."""
    async with staff_door() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def desk(desk_page: Page, door: StaffDoor, accounts: Database) -> AsyncIterator[Desk]:
    """A fresh staff door with one booking, and a browser that is not signed in."""
    async with door.desk(desk_page, accounts) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def bare(phone: Page, town: Town) -> Scene:
    """A fresh door before a small screen without JavaScript."""
    await phone.context.clear_cookies()
    await town.renew()
    return Scene(phone, town)
