"""The page of the day with its script: rows stand still, keys press buttons, the end is noticed."""

from datetime import timedelta

import pytest
from playwright.async_api import Route, expect

from dev.testing import Database
from services.gateway.lgwan.tests.fakes import today_at
from services.gateway.lgwan.tests.support import sql

from .staff import Desk
from .staff_today import put

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def open_day(desk: Desk, *minutes: int) -> list[str]:
    """A day with bookings so many minutes after ten; the ids of their rows."""
    desk.booking.kept.clear()
    ids = [
        f"b-{put(desk, starts_at=at(n), number=f'8K2M4{place:05}').booking_id}"
        for place, n in enumerate(minutes)
    ]
    await desk.sign_in()
    await desk.page.set_viewport_size({"width": 1280, "height": 900})
    return ids


def at(minutes: int) -> object:
    return today_at(10) + timedelta(minutes=minutes)


async def stand_at(desk: Desk, terminal: str) -> None:
    """The terminal was chosen before."""
    cookie = {"name": "terminal", "value": terminal, "url": desk.origin}
    await desk.page.context.add_cookies([cookie])  # type: ignore[list-item]


async def deaf(route: Route) -> None:
    """No word comes to this terminal."""
    await route.abort()


async def shown(desk: Desk) -> list[str]:
    ids: list[str] = await desk.page.evaluate(
        "() => [...document.querySelectorAll('#list tr[id]')].map(row => row.id)"
    )
    return ids


async def test_a_visit_is_worked_through_by_single_keys(desk: Desk) -> None:
    """From the reader to the end, without a mouse and without leaving the page."""
    await stand_at(desk, "honcho.3")
    await open_day(desk, 0)
    (booking,) = desk.booking.kept
    page, told = desk.page, desk.page.locator("#told")
    await page.evaluate("() => { window.sameVisit = true; }")
    await page.keyboard.type("0000\n")
    await expect(told).to_contain_text("受付番号 1番")
    assert desk.booking.kept[booking].status == "arrived"
    assert await page.input_value("#number") == ""
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(f"#b-{booking}")).to_be_focused()
    await page.keyboard.press("y")
    await expect(told).to_contain_text("呼出")
    await page.keyboard.press("k")
    await expect(told).to_contain_text("交付済")
    await page.keyboard.press("z")
    await expect(told).to_contain_text("受付済")
    assert [what for what, _, _ in desk.booking.calls] == ["arrive", "call", "finish", "undo"]
    await page.keyboard.press("Escape")
    await expect(page.locator("#number")).to_be_focused()
    assert await page.evaluate("() => window.sameVisit")


async def test_from_the_reception_a_call_asks_for_the_window_in_place(desk: Desk) -> None:
    await stand_at(desk, "honcho.0")
    await open_day(desk, 0)
    (booking,) = desk.booking.kept
    page = desk.page
    await page.fill("#number", "0000")
    await page.keyboard.press("Enter")
    await expect(page.locator("#told")).to_contain_text("受付番号 1番")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(f"#b-{booking}")).to_be_focused()
    await page.keyboard.press("y")
    await expect(page.locator("h1")).to_have_text("どの窓口に呼びますか")
    await expect(page.locator("main button").first).to_be_focused()
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator("#told")).to_contain_text("呼出")
    assert desk.booking.day.stamps[booking].window == 2


async def test_the_change_of_another_terminal_is_shown_where_its_row_stands(desk: Desk) -> None:
    first, second = await open_day(desk, 0, 30)
    page = desk.page
    await page.fill("#number", "8K2")
    await page.focus(f"#{second} [data-key=n]")
    desk.booking.by_another_terminal(next(iter(desk.booking.kept)), "missed")
    desk.hub.tell("honcho")
    await expect(page.locator(f"#{first}")).to_contain_text("来庁なし")
    assert await page.evaluate("() => document.activeElement.dataset.key") == "n"
    assert await page.input_value("#number") == "8K2"
    await expect(page.locator("#counts")).to_contain_text("来庁なし 1", use_inner_text=True)


async def test_no_row_moves_under_the_cursor(desk: Desk) -> None:
    first, second = await open_day(desk, 0, 30)
    page = desk.page
    row = page.locator(f"#{second}")
    await row.hover()
    before = await row.bounding_box()
    new = put(desk, starts_at=at(-30), number="8K2M400009")
    gone = desk.booking.kept.pop(next(iter(desk.booking.kept)))
    desk.hub.tell("honcho")
    await expect(page.locator("#sort")).to_have_text("並べ替える（新しい予約 1件）")
    after = await row.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 1
    assert await shown(desk) == [first, second]
    await expect(page.locator(f"#b-{gone.booking_id}")).to_contain_text("外れました")
    await page.mouse.move(5, 5)
    await expect(page.locator(f"#b-{new.booking_id}")).to_be_visible()
    assert await shown(desk) == [f"b-{new.booking_id}", second]
    await expect(page.locator("#sort")).to_be_hidden()


async def test_rows_are_put_in_order_at_a_press(desk: Desk) -> None:
    (first,) = await open_day(desk, 0)
    await desk.page.focus(f"#{first} [data-key=u]")
    new = put(desk, starts_at=at(-30), number="8K2M400009")
    desk.hub.tell("honcho")
    await expect(desk.page.locator("#sort")).to_be_visible()
    await desk.page.evaluate("() => document.getElementById('sort').click()")
    assert await shown(desk) == [f"b-{new.booking_id}", first]


async def test_a_second_click_does_not_press_what_came_under_the_pointer(desk: Desk) -> None:
    (first,) = await open_day(desk, 0)
    await desk.page.dblclick(f"#{first} [data-key=u]")
    await expect(desk.page.locator(f"#{first}")).to_contain_text("受付済")
    box = await desk.page.locator(f"#{first} [data-key=y]").bounding_box()
    assert box
    await desk.page.mouse.click(box["x"] + 5, box["y"] + 5)
    await desk.page.wait_for_timeout(300)
    assert [what for what, _, _ in desk.booking.calls] == ["arrive"]


async def test_somebody_faster_with_the_same_is_told_in_a_line(desk: Desk) -> None:
    await desk.page.route("**/live?**", deaf)
    (first,) = await open_day(desk, 0)
    desk.booking.by_another_terminal(next(iter(desk.booking.kept)), "arrived")
    await desk.page.click(f"#{first} [data-key=u]")
    await expect(desk.page.locator("#told")).to_contain_text("先に同じ操作がされていました")
    await expect(desk.page.locator(f"#{first}")).to_contain_text("受付済")
    await desk.page.unroute("**/live?**")


async def test_somebody_faster_with_something_else_leaves_a_choice(desk: Desk) -> None:
    await desk.page.route("**/live?**", deaf)
    (first,) = await open_day(desk, 0)
    desk.booking.by_another_terminal(next(iter(desk.booking.kept)), "arrived")
    await desk.page.click(f"#{first} [data-key=k]")
    await expect(desk.page.locator("h1")).to_have_text("ほかの端末で、先に変更されていました")
    await expect(desk.page.locator("main form")).to_be_visible()
    await desk.page.unroute("**/live?**")


async def test_the_page_says_when_it_is_not_what_it_was(desk: Desk) -> None:
    await open_day(desk, 0)
    desk.booking.away = True
    await desk.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 60000; }")
    desk.hub.tell("honcho")
    await expect(desk.page.locator("#as-of")).to_contain_text("最終更新")
    desk.booking.away = False
    desk.hub.tell("honcho")
    await expect(desk.page.locator("#as-of")).to_contain_text("現在")


async def test_a_page_whose_session_has_ended_leads_to_the_sign_in(
    desk: Desk, accounts: Database
) -> None:
    await open_day(desk, 0)
    sql(accounts, "UPDATE staff_session SET last_seen_at = now() - interval '2 hours'")
    desk.hub.tell("honcho")
    await desk.page.wait_for_url("**/login?**")
    assert "why=ended" in desk.page.url


async def test_what_is_no_number_of_the_day_opens_what_it_finds(desk: Desk) -> None:
    """The page of the booking takes the place of this one, with its own address."""
    await open_day(desk, 0)
    (booking,) = desk.booking.kept.values()
    desk.booking.found = [booking]
    await desk.page.fill("#number", "オオイタ ハナコ 1960/4/1")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator("h1")).to_contain_text("8K2M4")
    assert desk.page.url.endswith(f"/bookings/{booking.booking_id}")
    await desk.page.go_back()
    await expect(desk.page.locator("#number")).to_be_visible()
