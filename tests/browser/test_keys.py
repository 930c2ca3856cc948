"""The keys that are the same on every page of staff, and a queue that is worked with them alone."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from services.gateway.lgwan.tests.fakes import today_at

from .staff import Desk
from .staff_today import put

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUEUE = 20
CHECK_IN, SERVE = 5, 3
"""Keys for a visitor: the end of the number and Enter; 呼出, 完了 and on to the next row."""


async def press(desk: Desk, *keys: str) -> None:
    for key in keys:
        await desk.page.keyboard.press(key)


async def follow(desk: Desk, key: str) -> None:
    async with desk.page.expect_navigation():
        await desk.page.keyboard.press(key)


async def test_a_queue_of_twenty_is_worked_with_keys_alone(desk: Desk) -> None:
    """Each is received, called and served, by keys that do not wait for each other's answers."""
    desk.booking.kept.clear()
    page, count = desk.page, 0
    ids = [
        put(
            desk,
            starts_at=today_at(9) + timedelta(minutes=15 * (place // 2)),
            number=f"8K2M47QX{place:02}",
        ).booking_id
        for place in range(QUEUE)
    ]
    cookie = {"name": "terminal", "value": "honcho.3", "url": desk.origin}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await desk.sign_in()
    await expect(page.locator("#number")).to_be_focused()
    for place in range(QUEUE):
        ending = f"QX{place:02}"
        await page.keyboard.type(ending)
        await press(desk, "Enter")
        count += len(ending) + 1
        await expect(page.locator("#told")).to_contain_text(f"受付番号 {place + 1}番")
    assert count == QUEUE * CHECK_IN
    for booking in ids:
        row = page.locator(f"#b-{booking}")
        await press(desk, "ArrowDown")
        await expect(row).to_be_focused()
        await press(desk, "y", "k")
        count += SERVE
    assert count == QUEUE * (CHECK_IN + SERVE)
    await expect(page.locator("#list .state-finished")).to_have_count(QUEUE)
    assert {desk.booking.kept[booking].outcome for booking in ids} == {"collected"}


async def test_the_list_of_keys_opens_by_a_key_and_by_a_press(desk: Desk) -> None:
    await desk.sign_in(desk.first)
    box = desk.page.locator(".keys-box")
    await expect(box).to_be_hidden()
    await press(desk, "?")
    await expect(box).to_be_visible()
    await expect(box).to_contain_text("来庁なし")
    await press(desk, "Escape")
    await expect(box).to_be_hidden()
    await expect(desk.page.locator("#keys summary")).to_be_focused()
    await desk.page.click("#keys summary")
    await expect(box).to_be_visible()


@pytest.mark.parametrize(
    ("path", "field"), [("/counts", "#bar-term"), ("/bookings", "#term"), ("/phone", "#bar-term")]
)
async def test_one_key_leads_to_the_search_and_is_typed_there(
    desk: Desk, path: str, field: str
) -> None:
    await desk.sign_in(path)
    await press(desk, "/")
    await expect(desk.page.locator(field)).to_be_focused()
    assert await desk.page.locator("[data-search]").count() == 1
    await press(desk, "/", "?", "w")
    assert await desk.page.input_value(field) == "/?w"
    await expect(desk.page.locator(".keys-box")).to_be_hidden()


async def test_keys_of_one_sign_can_be_switched_off(desk: Desk) -> None:
    """Whoever speaks to the browser says signs that are not meant as keys."""
    await desk.sign_in("/counts")
    await desk.page.click("#keys summary")
    await desk.page.check("#no-signs")
    await desk.open("/counts")
    await press(desk, "/", "?")
    await expect(desk.page.locator("#bar-term")).not_to_be_focused()
    await expect(desk.page.locator(".keys-box")).to_be_hidden()
    await desk.page.click("#keys summary")
    await desk.page.uncheck("#no-signs")


async def test_rows_of_a_list_are_gone_through_and_opened(desk: Desk) -> None:
    for place in range(3):
        put(desk, starts_at=today_at(9 + place), number=f"8K2M47QX{place:02}")
    await desk.sign_in("/bookings")
    rows = desk.page.locator("tr[tabindex]")
    await press(desk, "/", "ArrowDown")
    await expect(rows.nth(0)).to_be_focused()
    await press(desk, "ArrowDown", "ArrowDown", "ArrowUp")
    await expect(rows.nth(1)).to_be_focused()
    number = await rows.nth(1).locator("th a").inner_text()
    await press(desk, "Escape")
    await expect(desk.page.locator("#term")).to_be_focused()
    await press(desk, "ArrowDown", "ArrowDown")
    await follow(desk, "Enter")
    await expect(desk.page.locator("main")).to_contain_text(number)


async def test_whoever_comes_without_a_booking_is_one_key_away(desk: Desk) -> None:
    await desk.sign_in()
    await expect(desk.page.locator("#number")).to_be_focused()
    await press(desk, "ArrowDown")
    await follow(desk, "w")
    await expect(desk.page.locator("h1")).to_contain_text("窓口受付")
