"""The running system in real browsers: a phone without scripts, a number tried too often."""

import re
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from dev.walk import Staff, browsing
from tests.window import window

from .city import STAFF
from .crowd import AnyStack
from .ledger import mail_to
from .people import Person
from .test_journeys import card_holder

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
async def holder(running: AnyStack) -> Person:
    """Somebody whose card waits at 鶴崎支所."""
    async with browsing() as session:
        member = Staff(session, running.ports.url("lgwan"))
        await member.sign_in(STAFF, running.keys["staff_password"])
        return await card_holder(member)


@pytest.fixture
def address(running: AnyStack) -> str:
    return running.ports.url("internet")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncIterator[Page]:
    """A browser that runs scripts; the policy of our pages is in force."""
    async with window(browser) as page:
        yield page


async def fill_birth(page: Page, born: date) -> None:
    await page.select_option("#born-era", "showa")
    parts = {"#born": born.year - 1925, "#born-month": born.month, "#born-day": born.day}
    for field, number in parts.items():
        await page.fill(field, str(number))


def full_width(text: str) -> str:
    """As a Japanese keyboard types it."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


async def book(page: Page, address: str, person: Person) -> str:
    """From the entrance to the booking number, in eight taps and six fields."""
    await page.goto(address)
    await page.click("main a[href$='procedure=issuance']")
    await page.fill("#card", full_width(person.card.lower().replace("-", "")))
    await fill_birth(page, person.born)
    await page.click(".work button.button")
    assert "鶴崎支所" in await page.inner_text("main")
    await page.click("button[value=self]")
    await page.click("table a >> nth=0")
    await page.click("button.time >> nth=0")
    await page.fill("#email", person.email)
    await page.click(".work button.button")
    await page.click("text=この内容で予約する")
    assert await page.inner_text("h1") == "予約が完了しました"
    return await page.inner_text(".number")


async def test_a_card_pickup_is_booked_mailed_found_and_cancelled_without_scripts(
    running: AnyStack, address: str, phone: Page, holder: Person
) -> None:
    before = time.time_ns()
    number = await book(phone, address, holder)
    assert re.fullmatch("[0-9A-Z]{5}-[0-9A-Z]{5}", number)
    _, mail = await mail_to(running, holder.email, "ご予約を受け付けました", before)
    assert number in mail.get_content()

    await phone.goto(f"{address}/find")
    await phone.fill("#number", number.lower())
    await fill_birth(phone, holder.born)
    await phone.click(".work button.button")
    assert number in await phone.inner_text("main")
    await phone.click("main a[href='cancel']")
    await phone.click("main button.button-danger")
    assert await phone.inner_text("h1") == "予約を取り消しました"
    await mail_to(running, holder.email, "予約を取り消しました", before)


async def guess(page: Page, address: str, person: Person) -> None:
    """Five wrong dates, after which the page offers the telephone and the puzzle."""
    await page.goto(f"{address}/book")
    await page.click("button[value=issuance]")
    await page.fill("#card", person.card)
    for year in range(1980, 1985):
        await fill_birth(page, person.born.replace(year=year, day=1))
        await page.click("main form button.button")
    assert await page.inner_text("main form button.button") == "もう一度試す"


async def send_right_date(page: Page, person: Person) -> None:
    await fill_birth(page, person.born)
    await page.click("main form button.button")


async def test_a_solved_puzzle_lets_the_right_person_in_and_the_page_stays_alive(
    desk: Page, address: str, holder: Person
) -> None:
    complaints: list[str] = []
    desk.on("console", lambda message: complaints.append(message.text))
    await guess(desk, address, holder)
    await desk.evaluate(WATCH)
    await send_right_date(desk, holder)
    await desk.wait_for_url("**/visitor", timeout=PATIENCE)
    kept: dict[str, Any] = await desk.evaluate("JSON.parse(sessionStorage.getItem('kept'))")
    steps = [f"確認の準備をしています（{n}/4）。このままお待ちください。" for n in range(1, 5)]
    assert kept["said"] == [*steps, "準備ができました。送信しています。"]
    assert kept["pause"] < 500
    assert not [text for text in complaints if "Content Security Policy" in text]


async def test_without_scripts_the_telephone_is_the_way_on(
    phone: Page, address: str, holder: Person
) -> None:
    await guess(phone, address, holder)
    await send_right_date(phone, holder)
    assert await phone.is_visible("main .notice a[href^='tel:']")
    assert await phone.inner_text("main form button.button") == "もう一度試す"
    assert "JavaScriptを使わないブラウザーでは" in await phone.inner_text("main")
