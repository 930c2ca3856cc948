"""The whole stack once for all journeys, and a browser before it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from dev.account import ROOT
from dev.stack import Stack, private_stack
from libs.common.assertion import EVERY_OFFICE, Asserter
from libs.contracts.eligibility import ImportReport
from services.gateway.web.clients import EligibilityClient
from services.gateway.web.link import Actor, Link, open_session

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PEOPLE = "製造管理番号,生年月日,交付場所\nABC-123456,昭和35年4月1日,鶴崎支所\n"

OFFICES = 9

AnyStack = Stack[Any, Any]


@pytest.fixture
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


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        await browser.close()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A small screen of somebody who does not run scripts."""
    context = await browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="ja-JP"
    )
    yield await context.new_page()
    await context.close()
