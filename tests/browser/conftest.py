"""One browser for all tests, the citizens' door before it, and the whole stack for two journeys."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from dev.account import ROOT
from dev.machine import FLAGS, chromium
from dev.process import free_port
from dev.stack import Stack, private_stack
from dev.testing import Database, Databases
from libs.common.assertion import EVERY_OFFICE, Asserter
from libs.contracts.eligibility import ImportReport
from services.gateway.lgwan.tests.support import add_staff
from services.gateway.web.clients import EligibilityClient
from services.gateway.web.link import Actor, Link, open_session

from .scene import Scene
from .served import Town, serving
from .staff import Desk
from .staff_door import StaffDoor, staff_door

DESK: ViewportSize = {"width": 1280, "height": 1024}
PHONE: ViewportSize = {"width": 320, "height": 640}
PATIENCE = 10_000
"""Milliseconds until a step on a page has failed."""
PEOPLE = "製造管理番号,生年月日,交付場所\nABC-123456,昭和35年4月1日,鶴崎支所\n"
OFFICES = 9

AnyStack = Stack[Any, Any]


@pytest_asyncio.fixture(loop_scope="session")
async def stack(tmp_path: Path) -> AsyncIterator[AnyStack]:
    """Every service with the city's offices and times, and one person whose card is ready."""
    async with private_stack(tmp_path) as running:
        await running.command("booking", "seed", str(ROOT / "deploy" / "seed" / "oita.json"))
        await import_people(running)
        await times_are_shown(running)
        yield running


async def times_are_shown(stack: AnyStack) -> None:
    """Until the door has heard of the times that were just laid out."""
    async with open_session() as session:
        for _ in range(200):
            async with session.get(stack.ports.url("internet") + "/availability/issuance") as page:
                if (await page.text()).count("最も早い空き") == OFFICES:
                    return
            await asyncio.sleep(0.1)
    raise AssertionError("the door shows no times")


async def import_people(stack: AnyStack) -> ImportReport:
    key = base64.b64decode(stack.keys["lgwan_door_private"])
    staff = Actor("kakari", frozenset({"persons.import"}), frozenset({EVERY_OFFICE}))
    async with open_session() as session:
        link = Link(session, stack.ports.url("eligibility"), Asserter(key, "lgwan"))
        client = EligibilityClient(link)
        return await client.import_file(staff, "k" * 32, "people.csv", PEOPLE.encode())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    found = chromium()
    if found is None:
        pytest.skip("Chromium is not on this machine (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        yield browser
        await browser.close()


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
    context = await browser.new_context(viewport=DESK, locale="ja-JP", bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    yield await context.new_page()
    await context.close()


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A small screen of somebody who does not run scripts; the policy of our pages is in force."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False, locale="ja-JP")
    context.set_default_timeout(PATIENCE)
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bare(phone: Page, town: Town) -> Scene:
    """A fresh door before a small screen without JavaScript."""
    await phone.context.clear_cookies()
    await town.renew()
    return Scene(phone, town)
