"""A number with too many wrong tries, in a browser that runs scripts: the puzzle lets one in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from .conftest import AnyStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE = 120_000
"""Milliseconds. Half a million hashes take a second or two when nothing else runs."""

WATCH = """() => {
  const kept = {said: [], pause: 0};
  const keep = () => sessionStorage.setItem("kept", JSON.stringify(kept));
  const status = document.querySelector("main form [role=status]");
  new MutationObserver(() => { kept.said.push(status.textContent); keep(); })
    .observe(status, {childList: true});
  let last = performance.now();
  setInterval(() => {
    kept.pause = Math.max(kept.pause, performance.now() - last);
    last = performance.now();
    keep();
  }, 20);
}"""
"""Notes what the page says aloud, and the longest time it let others wait."""


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(locale="ja-JP")
    yield await context.new_page()
    await context.close()


async def send(page: Page, year: int) -> None:
    await page.select_option("#born-era", "showa")
    for field, text in (("#born", str(year)), ("#born-month", "4"), ("#born-day", "1")):
        await page.fill(field, text)
    await page.click("main form button.button")


async def guess(page: Page, address: str) -> None:
    """Five wrong dates, after which the page offers the telephone and the puzzle."""
    await page.goto(f"{address}/book")
    await page.click("button[value=issuance]")
    await page.fill("#card", "ABC-123456")
    for year in range(30, 35):
        await send(page, year)
    assert await page.inner_text("main form button.button") == "もう一度試す"


async def test_a_solved_puzzle_lets_the_right_person_in_and_the_page_stays_alive(
    stack: AnyStack, desk: Page
) -> None:
    complaints: list[str] = []
    desk.on("console", lambda message: complaints.append(message.text))
    await guess(desk, stack.ports.url("internet"))
    await desk.evaluate(WATCH)
    await send(desk, 35)
    await desk.wait_for_url("**/visitor", timeout=PATIENCE)
    kept: dict[str, Any] = await desk.evaluate("JSON.parse(sessionStorage.getItem('kept'))")
    steps = [f"確認の準備をしています（{n}/4）。このままお待ちください。" for n in range(1, 5)]
    assert kept["said"] == [*steps, "準備ができました。送信しています。"]
    assert kept["pause"] < 500
    assert not [text for text in complaints if "Content Security Policy" in text]


async def test_without_scripts_the_telephone_is_the_way_on(stack: AnyStack, phone: Page) -> None:
    await guess(phone, stack.ports.url("internet"))
    await send(phone, 35)
    assert await phone.is_visible("main .notice a[href^='tel:']")
    assert await phone.inner_text("main form button.button") == "もう一度試す"
    assert "JavaScriptを使わないブラウザーでは" in await phone.inner_text("main")
