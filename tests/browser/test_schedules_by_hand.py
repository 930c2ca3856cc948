"""Times of offices set up by keyboard alone, and by mouse; the count while one types."""

from datetime import timedelta

import pytest
from playwright.async_api import Page

from libs.contracts.booking import PutSeries
from services.gateway.lgwan.tests.schedule_scene import furnish, monday

from .staff import Desk
from .staff_schedules import week

in_one_loop = pytest.mark.asyncio(loop_scope="session")
FOCUSED = "() => document.activeElement.innerText || document.activeElement.id"


@pytest.fixture
def furnished(desk: Desk) -> Desk:
    furnish(desk.booking, desk.schedules)
    return desk


async def keys(page: Page, *names: str) -> None:
    for name in names:
        await page.keyboard.press(name)


async def tab_to(page: Page, selector: str) -> None:
    """As somebody without a mouse gets there; fails after a hundred steps."""
    for _ in range(100):
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


async def chosen(page: Page) -> list[str]:
    names = ("first", "last", "begin", "end")
    return [await page.eval_on_selector(f"#{name}", "e => e.value") for name in names]


@in_one_loop
async def test_a_series_is_made_from_the_grid_by_keyboard_alone(furnished: Desk) -> None:
    page = furnished.page
    await furnished.sign_in(week())
    await tab_to(page, "td")
    await keys(page, "ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown")
    days = [(monday() + timedelta(days=n)).isoformat() for n in (1, 2)]
    assert await chosen(page) == [*days, "9:30", "10:30"]
    assert "9:30〜10:30を選んでいます" in await page.inner_text("[role=status]:not(#idle)")
    assert await page.locator("td[aria-selected=true]").count() == 4
    await keys(page, "Enter")
    assert await page.evaluate(FOCUSED) == "この曜日と時間に枠を作る"
    async with page.expect_navigation():
        await keys(page, "Enter")
    await tab_to(page, "#windows")
    await page.keyboard.type("11-12")
    await tab_to(page, "#procedure-1")
    await keys(page, "Space")
    await tab_to(page, ".sheet-end .button")
    async with page.expect_navigation():
        await keys(page, "Enter")
    assert await page.inner_text("h1") == "反映する前の確認"
    await tab_to(page, "form.confirm .button")
    async with page.expect_navigation():
        await keys(page, "Enter")
    (step,) = furnished.schedules.applied[0].steps
    assert isinstance(step, PutSeries)
    assert step.series.weekdays == (1, 2)
    assert step.series.windows == (11, 12)
    assert f"{step.series.opens}-{step.series.closes}" == "09:30:00-10:30:00"


@in_one_loop
async def test_one_cell_is_a_stop_of_the_tab_key_and_the_edges_hold(furnished: Desk) -> None:
    page = furnished.page
    await furnished.sign_in(week())
    await tab_to(page, "td")
    await keys(page, "ArrowUp", "ArrowLeft", "End", "ArrowRight", "PageDown", "ArrowDown")
    assert await page.locator("td[tabindex='0']").count() == 1
    sunday = (monday() + timedelta(days=6)).isoformat()
    assert await chosen(page) == [sunday, sunday, "16:30", "17:00"]
    await keys(page, "Tab")
    assert not await page.evaluate("() => document.activeElement.matches('td')")


@in_one_loop
async def test_a_span_is_chosen_by_dragging_the_mouse(furnished: Desk) -> None:
    page = furnished.page
    await furnished.sign_in(week())
    cells = page.locator("table[data-grid] tbody td")
    start, end = cells.nth(7 * 4), cells.nth(7 * 7 + 2)
    await start.hover()
    await page.mouse.down()
    await end.hover()
    await page.mouse.up()
    await cells.nth(0).hover()
    days = [(monday() + timedelta(days=n)).isoformat() for n in (0, 2)]
    assert await chosen(page) == [*days, "11:00", "13:00"]


@in_one_loop
async def test_the_number_of_places_follows_what_is_typed(furnished: Desk) -> None:
    page = furnished.page
    await furnished.sign_in("/schedules/series?office=honcho")
    counted = "text => document.querySelector('output').value.includes(text)"
    await page.fill("#windows", "1")
    await page.wait_for_function(counted, arg="手続きを、1つ以上選んでください")
    await page.check("#procedure-1")
    await page.wait_for_function(counted, arg="1日16枠・合計")
    await page.fill("#windows", "1-8")
    await page.wait_for_function(counted, arg="1日128枠・合計")
    assert not furnished.schedules.applied
