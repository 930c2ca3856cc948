"""A family on the phone without a mouse: people more and less, and nothing typed is lost."""

import pytest

from libs.contracts.booking import CounterBooking

from .staff import Desk
from .staff_family import SECOND
from .staff_phone import PERSON
from .test_phone_by_keyboard import pin_at

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_family_is_booked_by_keyboard(desk: Desk) -> None:
    keys = await pin_at(desk)
    await keys.send("Enter")
    await keys.is_at("#kana")
    await keys.type(PERSON["#kana"])
    await keys.to("#born")
    await keys.type(PERSON["#born"])
    await keys.leave("Alt+p")
    assert "（2人分）の枠を" in await keys.page.inner_text("#held")
    await keys.is_at("#p2-procedure-1")
    await keys.send("3")
    await keys.is_at("#p2-procedure-3")
    for selector, text in SECOND.items():
        await keys.to(selector)
        await keys.type(text)
    await keys.leave("Control+Enter")
    assert "2人分を予約しました" in await keys.page.inner_text("h1")
    booked = desk.phone.wishes[-1]
    assert isinstance(booked, CounterBooking)
    assert booked.procedure_ids == ("pin",)
    assert [one.procedure_ids for one in booked.party] == [("pin", "certificate")]
    assert [one.kana for one in (booked, *booked.party)] == ["オオイタ ハナコ", "オオイタ ケン"]


async def test_how_they_come_is_chosen_without_losing_what_is_typed(desk: Desk) -> None:
    await desk.sign_in("/phone")
    page = desk.page
    await desk.press("button[name=more]")
    await page.fill("#p2-kana", "オオイタ")
    async with page.expect_response(lambda answer: answer.request.method == "POST"):
        await page.check("#arrangement-in-turn")
    await page.wait_for_selector("form[data-live]:not([aria-busy])")
    assert await page.is_checked("#arrangement-in-turn")
    assert not await page.is_checked("#arrangement")
    assert await page.input_value("#p2-kana") == "オオイタ"
    await desk.press("button[name=without][value='1']")
    assert await page.input_value("#kana") == "オオイタ"
    assert await page.locator("button[name=more]:focus").count()
