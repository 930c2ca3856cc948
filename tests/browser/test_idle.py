"""A session that is about to end by itself: a line says so in time, and nothing typed is lost."""

import pytest
from playwright.async_api import expect

from .staff import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
WARNING = "あと2分ほどでサインアウトします"


async def test_two_minutes_before_the_end_a_line_keeps_the_session_at_a_press(desk: Desk) -> None:
    await desk.page.clock.install()
    await desk.sign_in("/notes")
    typed = desk.page.locator("textarea").first
    await typed.fill("書きかけ")
    line = desk.page.locator("#idle")
    await desk.page.clock.fast_forward("27:30")
    await expect(line).to_be_empty()
    await desk.page.clock.fast_forward("01:00")
    await expect(line).to_contain_text(WARNING)
    await line.get_by_role("button", name="サインインしたままにする").click()
    await expect(line).to_be_empty()
    assert await typed.input_value() == "書きかけ"
    await desk.page.clock.fast_forward("28:30")
    await expect(line).to_contain_text(WARNING)


async def test_a_session_that_has_ended_says_what_to_do(desk: Desk) -> None:
    """On a page that asks for nothing by itself: the page of the day leads to the sign-in."""
    await desk.page.clock.install()
    await desk.sign_in("/notes")
    await desk.page.clock.fast_forward("28:30")
    await desk.page.context.clear_cookies()
    await desk.page.locator("#idle").get_by_role("button").click()
    await expect(desk.page.locator("#idle")).to_contain_text("サインアウトしました")
