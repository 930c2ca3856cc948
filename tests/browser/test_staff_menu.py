"""The menu of the staff door: one line on a desk, and its group by keyboard."""

import pytest
from playwright.async_api import expect

from .measures import axe_violations, sideways
from .staff import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
ONE_LINE = 60
"""Pixels: an item is 48 high."""
LONG_NAME = "document.querySelector('.who span').firstChild.data = '小野寺 佐知子'"


async def heights(desk: Desk) -> tuple[float, float]:
    """Of the menu and of the bar around it, the border on top left out."""
    menu = await desk.page.locator(".menu").bounding_box()
    bar = await desk.page.locator(".bar .frame").bounding_box()
    assert menu
    assert bar
    return menu["height"], bar["height"]


async def test_all_of_the_menu_is_one_line_on_a_desk(desk: Desk) -> None:
    """For who may do everything and has a long name."""
    await desk.sign_in()
    await desk.page.evaluate(LONG_NAME)
    await desk.page.set_viewport_size({"width": 1280, "height": 900})
    assert max(await heights(desk)) < ONE_LINE
    await desk.page.set_viewport_size({"width": 768, "height": 900})
    assert (await heights(desk))[0] < ONE_LINE


@pytest.mark.parametrize("width", [1280, 768])
async def test_what_is_seldom_used_is_opened_by_keyboard(desk: Desk, width: int) -> None:
    await desk.sign_in()
    await desk.page.set_viewport_size({"width": width, "height": 900})
    await desk.open("/counts")
    await desk.page.focus(".menu > a >> nth=-1")
    for key in ("Tab", "Enter"):
        await desk.page.keyboard.press(key)
    await expect(desk.page.locator(".seldom-box a").first).to_be_visible()
    assert not await sideways(desk.page) + await axe_violations(desk.page, ".bar")
    await desk.page.keyboard.press("Tab")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator("h1")).to_contain_text("集計")
    await expect(desk.page.locator(".seldom .here")).to_have_text("そのほか")
