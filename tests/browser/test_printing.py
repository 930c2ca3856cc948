"""What comes out of the printer: the list alone, with the word that it is thrown away today."""

from collections.abc import Awaitable, Callable

import pytest

from .staff import Desk
from .staff_counter import cards
from .staff_schedules import on_paper
from .staff_today import busy_day

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEEN = """() => [...document.querySelectorAll("button, .bar, .foot, .back")]
  .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"""
PRINTED = "() => { window.printed = 0; window.print = () => { window.printed += 1; }; }"


@pytest.mark.parametrize("reach", [on_paper, busy_day, cards], ids=lambda reach: reach.__name__)
async def test_a_list_is_printed_by_its_button_without_anything_to_press(
    desk: Desk, reach: Callable[[Desk], Awaitable[None]]
) -> None:
    await reach(desk)
    await desk.page.evaluate(PRINTED)
    await desk.page.click("button.print")
    assert await desk.page.evaluate("window.printed") == 1
    discard = desk.page.locator(".discard")
    assert not await discard.is_visible()
    await desk.page.emulate_media(media="print")
    try:
        assert await discard.inner_text() == "当日廃棄"
        assert await discard.is_visible()
        assert await desk.page.evaluate(SEEN) == []
        assert await desk.page.locator("tbody tr").first.is_visible()
    finally:
        await desk.page.emulate_media(media="screen")
