"""The screen of a waiting room as people see it: it renews itself, and all of it fits."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from dev.testing import Databases
from libs.contracts.booking import CalledNumber
from services.gateway.lgwan.tests.support import add_staff

from .staff import Desk
from .staff_counter import display, quiet_display
from .staff_door import StaffDoor

TELEVISIONS: tuple[ViewportSize, ...] = (
    {"width": 1920, "height": 1080},
    {"width": 1280, "height": 720},
)
_OVERFLOW = """() => [document.scrollingElement.scrollHeight - innerHeight,
    document.scrollingElement.scrollWidth - innerWidth]"""
_SMALLEST = """() => Math.min(...[...document.querySelectorAll(".number, .window, .waiting li")]
    .map(e => parseFloat(getComputedStyle(e).fontSize) / innerHeight))"""


@pytest_asyncio.fixture(loop_scope="session")
async def desk(desk_page: Page, door: StaffDoor, databases: Databases) -> AsyncIterator[Desk]:
    with databases.fresh("gateway", add_staff) as accounts:
        async with door.desk(desk_page, accounts) as made:
            yield made


@pytest.mark.asyncio(loop_scope="session")
async def test_a_new_call_appears_is_marked_and_is_said_once(desk: Desk) -> None:
    await quiet_display(desk)
    said = desk.page.locator("#say")
    await expect(said).to_be_empty()
    desk.counter.called = [CalledNumber(reception=12, window=3, calls=1)]
    await expect(desk.page.locator(".called li.new .number")).to_have_text("12")
    await expect(said).to_have_text("受付番号12番の方、3番窓口へお越しください。")
    desk.counter.called.insert(0, CalledNumber(reception=7, window=1, calls=2))
    await expect(said).to_have_text("受付番号7番の方、1番窓口へお越しください。")
    assert await said.get_attribute("aria-live") == "assertive"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_screen_that_was_ended_shows_no_number_any_more(desk: Desk) -> None:
    await display(desk)
    await desk.page.context.clear_cookies()
    await expect(desk.page.locator("h1")).to_have_text("待合の表示は終わりました")
    assert await desk.page.locator(".number").count() == 0


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("size", TELEVISIONS, ids=lambda size: f"{size['height']} lines")
async def test_a_busy_screen_fits_and_its_numbers_are_large(size: ViewportSize, desk: Desk) -> None:
    """A numeral as high as a twentieth of the screen is read from five metres on 40 inches."""
    await desk.page.set_viewport_size(size)
    await display(desk)
    down, sideways = await desk.page.evaluate(_OVERFLOW)
    assert (down <= 0, sideways <= 0) == (True, True)
    assert await desk.page.evaluate(_SMALLEST) >= 0.05


@pytest.mark.asyncio(loop_scope="session")
async def test_nothing_moves_for_who_does_not_want_it(desk: Desk) -> None:
    await desk.page.emulate_media(reduced_motion="reduce")
    await quiet_display(desk)
    desk.counter.called = [CalledNumber(reception=12, window=3, calls=1)]
    fresh = desk.page.locator(".called li.new")
    await expect(fresh).to_have_count(1)
    assert await fresh.evaluate("e => getComputedStyle(e).animationName") == "none"
    await desk.page.emulate_media(reduced_motion="no-preference")
