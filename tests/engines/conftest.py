"""Both doors before the other engines, their services in memory."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from dev.process import free_port
from dev.testing import Database, Databases
from services.gateway.lgwan.tests.support import add_staff
from tests.browser.scene import Scene
from tests.browser.served import BLANK, Town, serving
from tests.browser.staff import Desk
from tests.browser.staff_door import StaffDoor, staff_door
from tests.window import window

from .drivers import CHROMIUM, ENGINES, Engine, started
from .page import EnginePage

FRESH = 25
"""So many states one window shows; then the engine is started anew, as people do."""

AnyPage = Page | EnginePage


@dataclass
class Opened:
    stack: AsyncExitStack
    page: AnyPage
    shown: int = 0


class Windows:
    """A window of each engine, with and without scripts, opened when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[tuple[Engine, bool], Opened] = {}

    async def page(self, engine: Engine, browser: Browser | None, *, scripts: bool) -> AnyPage:
        opened = self._open.get((engine, scripts))
        if opened and opened.shown >= FRESH:
            await opened.stack.aclose()
            opened = None
        if opened is None:
            stack = AsyncExitStack()
            page = await stack.enter_async_context(self._window(engine, browser, scripts))
            opened = self._open[engine, scripts] = Opened(stack, page)
        opened.shown += 1
        return opened.page

    @asynccontextmanager
    async def _window(
        self, engine: Engine, browser: Browser | None, scripts: bool
    ) -> AsyncIterator[AnyPage]:
        if browser:
            async with window(browser, java_script_enabled=scripts) as page:
                yield page
            return
        with started(engine, self._folder, scripts=scripts) as (driver, resize):
            yield EnginePage(driver, resize)

    async def close(self) -> None:
        for opened in self._open.values():
            await opened.stack.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def windows(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Windows]:
    opened = Windows(tmp_path_factory.mktemp("downloads"))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def engine_page(
    windows: Windows, engine: Engine, scripts: bool, request: pytest.FixtureRequest
) -> AnyPage:
    if engine.missing:
        pytest.skip(f"{engine.name} is not on this machine: {', '.join(engine.missing)}")
    browser = request.getfixturevalue("browser") if engine == CHROMIUM else None
    return await windows.page(engine, browser, scripts=scripts)


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town() -> AsyncIterator[Town]:
    port = free_port()
    town = Town(port)
    async with serving(town, port):
        yield town


@pytest_asyncio.fixture(loop_scope="session")
async def scene(engine_page: AnyPage, town: Town) -> Scene:
    """A fresh citizens' door before a window of the engine."""
    await town.renew()
    await engine_page.goto(town.origin + BLANK)
    await engine_page.context.clear_cookies()
    return Scene(engine_page, town)  # type: ignore[arg-type]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def door() -> AsyncIterator[StaffDoor]:
    async with staff_door() as made:
        yield made


@pytest.fixture(scope="session")
def accounts(databases: Databases) -> Iterator[Database]:
    with databases.fresh("gateway", add_staff) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def desk(engine_page: AnyPage, door: StaffDoor, accounts: Database) -> AsyncIterator[Desk]:
    """A fresh staff door before a window of the engine; nobody is signed in."""
    await engine_page.goto(door.origin + BLANK)
    async with door.desk(engine_page, accounts) as made:  # type: ignore[arg-type]
        yield made
