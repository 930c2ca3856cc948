"""A workstation for a clerk with a queue: how much is in view at once on the screens they have."""

from datetime import timedelta

import pytest
from playwright.async_api import ViewportSize

from services.gateway.lgwan.tests.fakes import today_at

from .staff import Desk
from .staff_phone import BOOK, held
from .staff_today import put

pytestmark = pytest.mark.asyncio(loop_scope="session")
DAY = 40
_IN_VIEW = """() => [...document.querySelectorAll("#list tbody tr")].filter(row => {
  const box = row.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= window.innerHeight;
}).length"""
_REACHED = """button => {
  const box = button.getBoundingClientRect();
  const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  return box.top >= 0 && box.bottom <= window.innerHeight && button.contains(hit);
}"""


@pytest.mark.parametrize(("width", "height", "rows"), [(1280, 800, 16), (1920, 1080, 22)])
async def test_a_screen_shows_the_rows_of_a_morning(
    desk: Desk, width: int, height: int, rows: int
) -> None:
    desk.booking.kept.clear()
    for place in range(DAY):
        starts_at = today_at(9) + timedelta(minutes=15 * (place // 3))
        put(desk, starts_at=starts_at, number=f"8K2M47QX{place:02}")
    await desk.page.set_viewport_size({"width": width, "height": height})
    await desk.sign_in()
    assert await desk.page.evaluate(_IN_VIEW) >= rows


async def test_a_call_is_booked_without_scrolling_to_the_button(desk: Desk) -> None:
    """In what a browser's own bars leave of a small screen, before a time is held and after."""
    small: ViewportSize = {"width": 1280, "height": 660}
    await desk.page.set_viewport_size(small)
    await desk.sign_in("/phone")
    assert await desk.page.locator(BOOK).evaluate(_REACHED)
    await held(desk)
    await desk.page.set_viewport_size(small)
    await desk.page.focus("#kana")
    assert await desk.page.locator(BOOK).evaluate(_REACHED)
    assert await desk.page.locator("#kana").evaluate(_REACHED)
