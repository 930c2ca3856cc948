"""A citizen with a phone and no JavaScript: books a card pickup, gets the mail, cancels again."""

import asyncio
import re

import pytest
from playwright.async_api import Page

from .conftest import AnyStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def fill_birth(page: Page) -> None:
    await page.select_option("#born-era", "showa")
    for field, text in (("#born", "35"), ("#born-month", "4"), ("#born-day", "1")):
        await page.fill(field, text)


async def book(page: Page, address: str) -> str:
    """From the entrance to the booking number, in eight taps and six fields."""
    await page.goto(address)
    await page.click("main a[href='/book']")
    await page.click("button[value=issuance]")
    await page.fill("#card", "ａｂｃ１２３４５６")
    await fill_birth(page)
    await page.click("main button.button")
    assert "鶴崎支所" in await page.inner_text("main")
    await page.click("button[value=self]")
    await page.click("table a >> nth=0")
    await page.click("button.time >> nth=0")
    await page.fill("#email", "hanako@example.jp")
    await page.click("main button.button")
    await page.click("text=この内容で予約する")
    assert await page.inner_text("h1") == "予約が完了しました"
    return await page.inner_text(".number")


async def mail_with(stack: AnyStack, subject: str) -> str:
    for _ in range(100):
        for mail in stack.mails():
            if subject in str(mail["subject"]):
                return str(mail.get_content())
        await asyncio.sleep(0.1)
    raise AssertionError(f"no mail: {subject}")


async def test_a_card_pickup_is_booked_mailed_found_and_cancelled(
    phone: Page, stack: AnyStack
) -> None:
    address = stack.ports.url("internet")
    number = await book(phone, address)
    assert re.fullmatch("[0-9A-Z]{5}-[0-9A-Z]{5}", number)
    assert number in await mail_with(stack, "ご予約を受け付けました")

    await phone.goto(f"{address}/find")
    await phone.fill("#number", number.lower())
    await fill_birth(phone)
    await phone.click("main button.button")
    assert number in await phone.inner_text("main")
    await phone.click("main a[href='cancel']")
    await phone.click("main button.button-danger")
    assert await phone.inner_text("h1") == "予約を取り消しました"
    assert await mail_with(stack, "予約を取り消しました")
