"""One browser for all tests of pages and of the whole system."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from dev.machine import FLAGS, chromium
from tests.window import window

PHONE: ViewportSize = {"width": 320, "height": 640}


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
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A small screen of somebody who does not run scripts; the policy of our pages is in force."""
    async with window(browser, viewport=PHONE, java_script_enabled=False) as page:
        yield page
