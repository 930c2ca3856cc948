"""Windows of a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

PATIENCE = 10_000
"""Milliseconds until a step on a page has failed."""


@asynccontextmanager
async def window(browser: Browser, **options: Any) -> AsyncIterator[Page]:
    """One that shares nothing with others. `options` are those of a Playwright context."""
    context = await browser.new_context(locale="ja-JP", **options)
    context.set_default_timeout(PATIENCE)
    yield await context.new_page()
    await context.close()
